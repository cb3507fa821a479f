package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.admin.cli.TextTable;
import io.rowhook.admin.cli.TimeConverter;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook audit-log}: who has done what. */
@Command(
    name = "audit-log",
    description = {
      "Who has done what, the newest first: settings edited, recipients paused and resumed, the kill"
          + " switch, what was redelivered, replayed, discarded and forgotten, resyncs, accepted"
          + " gaps, starts and stops. Kept for a year."
    },
    footer = {"", "Exit status: 0 if the service told, 1 if it is not running."},
    mixinStandardHelpOptions = true)
public final class AuditLogCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "What was done to this recipient, template or entity; without: to all.")
  private @Nullable String subject;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "Of this kind only: recipient.paused, settings.changed.")
  private @Nullable String action;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "At or after: 2026-05-24T15:20:44Z, or how long ago: 2h.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Before.")
  private @Nullable Instant to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many, up to 1000 (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Option(names = "--next", paramLabel = "PAGE", description = "The page after one that said so.")
  private @Nullable Long next;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Address page =
        Address.of("v1", "audit-log")
            .with("subject", subject)
            .with("action", action)
            .with("from", from)
            .with("to", to)
            .with("limit", limit)
            .with("cursor", next);
    service.show(service.get(page), out, AuditLogCommand::print);
    return 0;
  }

  private static void print(JsonNode answer, PrintWriter out) {
    TextTable table = new TextTable("AT", "WHO", "WHAT", "TO", "MORE");
    for (JsonNode one : answer.path("entries")) {
      table.row(
          TextFormat.time(one.path("at")),
          TextFormat.text(one.path("actor")),
          one.path("action").asText(),
          TextFormat.text(one.path("subject")),
          TextFormat.text(one.path("detail")));
    }
    table.print(out);
    if (!answer.path("next").isNull()) {
      out.println("There are more: --next " + answer.path("next").asText());
    }
  }
}
