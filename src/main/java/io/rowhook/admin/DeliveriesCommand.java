package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.FilterOptions;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.admin.cli.TextTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook deliveries}: lists them, or shows one with all its attempts. */
@Command(
    name = "deliveries",
    description = {
      "Deliveries, the newest first. With a recipient and an event: that one, with all its"
          + " attempts."
    },
    footer = {
      "",
      "What waits and was not attempted yet is pending: listed of one recipient with --state"
          + " pending.",
      "Exit status: 0 if the service told, 1 if it is not running or knows no such thing."
    },
    mixinStandardHelpOptions = true)
public final class DeliveriesCommand implements Callable<Integer> {

  private static final int MOST = 1_000;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPIENT",
      description = "Of this recipient; without: of all.")
  private @Nullable String recipient;

  @Option(
      names = "--event",
      paramLabel = "EVENT",
      description = "Of this event: its id (evt_...) or its sequence.")
  private @Nullable String event;

  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description =
          "Of delivered, waiting, blocked, failed and skipped; may be several. Default: all but"
              + " skipped. Or pending alone, of one recipient: what was not attempted yet.")
  private List<String> states = new ArrayList<>();

  @Option(
      names = "--column",
      paramLabel = "NAME=VALUE",
      description =
          "Whose event has, or had, this value in a column that its entity indexes; may be"
              + " several.")
  private Map<String, String> columns = new TreeMap<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many, up to 1000 (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Option(names = "--next", paramLabel = "PAGE", description = "The page after one that said so.")
  private @Nullable String next;

  @Option(
      names = "--body",
      description = "Also the body that was sent; with a recipient and an event.")
  private boolean body;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (recipient != null && event != null) {
      Address one = Address.ofRecipient(recipient, "deliveries", event);
      service.show(service.get(one.with("body", body)), out, DeliveriesCommand::printOne);
      return 0;
    }
    if (body) {
      throw new IllegalStateException("--body goes with a recipient and an --event");
    }
    Address page =
        filter
            .into(Address.of("v1", "deliveries"))
            .with("recipient", recipient)
            .with("event", event)
            .with("limit", Math.clamp(limit, 1, MOST))
            .with("cursor", next);
    for (String state : states) {
      page = page.with("state", state);
    }
    for (Map.Entry<String, String> column : columns.entrySet()) {
      page = page.with("column[" + column.getKey() + "]", column.getValue());
    }
    service.show(service.get(page), out, DeliveriesCommand::print);
    return 0;
  }

  private static void print(JsonNode answer, PrintWriter out) {
    TextTable table =
        new TextTable(
            "SEQUENCE", "EVENT", "RECIPIENT", "ENTITY", "STATE", "ATTEMPTS", "LAST", "NEXT", "WHY");
    for (JsonNode one : answer.path("deliveries")) {
      table.row(
          one.path("sequence").asText(),
          one.path("event").asText(),
          TextFormat.text(one.path("recipient")),
          entity(one),
          one.path("state").asText(),
          attempts(one),
          TextFormat.time(one.path("lastAttempt")),
          TextFormat.time(one.path("next")),
          TextFormat.text(one.path("reason")));
    }
    table.print(out);
    if (answer.path("next").isTextual()) {
      out.println("There are more: --next " + answer.path("next").asText());
    }
  }

  private static void printOne(JsonNode answer, PrintWriter out) {
    JsonNode one = answer.path("delivery");
    out.println("event      " + one.path("event").asText());
    out.println("sequence   " + one.path("sequence").asText());
    out.println("recipient  " + TextFormat.text(one.path("recipient")));
    out.println("entity     " + entity(one) + " " + one.path("type").asText());
    out.println("committed  " + one.path("committedAt").asText());
    out.println("state      " + one.path("state").asText());
    out.println("why        " + TextFormat.text(one.path("reason")));
    out.println("next       " + TextFormat.time(one.path("next")));
    out.println();
    TextTable table =
        new TextTable(
            "ATTEMPT", "REDELIVERY", "AT", "TOOK", "STATUS", "OUTCOME", "ERROR", "ANSWER");
    for (JsonNode attempt : answer.path("attempts")) {
      table.row(
          attempt.path("number").asText(),
          attempt.path("redelivery").asText(),
          TextFormat.time(attempt.path("at")),
          attempt.path("tookMillis").asText() + "ms",
          TextFormat.text(attempt.path("status")),
          attempt.path("outcome").asText(),
          TextFormat.text(attempt.path("error")),
          TextFormat.text(attempt.path("answer")));
    }
    table.print(out);
    if (answer.has("body")) {
      out.println();
      if (!answer.path("bodyIsAsSent").asBoolean()) {
        out.println(
            "The body cannot be shown as it was sent: " + answer.path("bodyTrouble").asText());
      }
      if (answer.path("body").isTextual()) {
        out.println(TextFormat.body(answer.path("body")));
      }
    }
  }

  private static String entity(JsonNode one) {
    return TextFormat.text(one.path("entity")) + " " + TextFormat.text(one.path("id"));
  }

  private static String attempts(JsonNode one) {
    long again = one.path("redelivery").asLong();
    return one.path("attempts").asText() + (again == 0 ? "" : ", redelivered " + again);
  }
}
