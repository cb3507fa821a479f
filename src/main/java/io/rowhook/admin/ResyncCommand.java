package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.RateConverter;
import io.rowhook.admin.cli.ResyncLine;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.journal.Resync;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowhook resync}: brings one recipient up to date with one entity. */
@Command(
    name = "resync",
    description = {
      "Sends one recipient what is there now of one entity, while changes go on: each once, as event"
          + " Snapshot, and never an older state after a newer one. Nobody else is told anything. The"
          + " recipient needs a subscription of the entity whose events name Snapshot.",
      "It goes on by itself, also after the service was stopped or killed, and waits while the"
          + " recipient has much to take yet."
    },
    footer = {
      "",
      "In a terminal it shows how far it is until it is done; Ctrl-C ends the watching only.",
      "  rowhook resync shop Order",
      "  rowhook resync shop Order --where \"status = 'open'\" --rate 200/s",
      "  rowhook resync shop Order --since changed_at 2026-11-01",
      "  rowhook resync --list",
      "  rowhook resync --cancel 3",
      "",
      "Exit status: 0 if it has begun, or with --wait is done; 1 if not (nothing wants Snapshots, a"
          + " condition that PostgreSQL does not take, one that runs already, the service is not"
          + " running)."
    },
    mixinStandardHelpOptions = true)
public final class ResyncCommand implements Callable<Integer> {

  private static final long BETWEEN_LOOKS = 500;
  private static final Address RESYNCS = Address.of("v1", "resyncs");

  /** Over the line before, and cut off where the terminal ends: a second row would stay. */
  private static final String ONE_ROW = "\r\u001b[K\u001b[?7l";

  private static final String WRAPPED = "\u001b[?7h";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Parameters(index = "0", arity = "0..1", paramLabel = "RECIPIENT", description = "To whom.")
  private @Nullable String recipient;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ENTITY",
      description = "Of what, as entities.yaml names it.")
  private @Nullable String entity;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Only rows of the entity's own table that this condition holds for.")
  private @Nullable String where;

  @Option(
      names = "--since",
      arity = "2",
      paramLabel = "COLUMN VALUE",
      hideParamSyntax = true,
      description = "Only rows whose column (the first) is at least a value (the second).")
  private @Nullable List<String> since;

  @Option(
      names = "--rate",
      converter = RateConverter.class,
      paramLabel = "N/s",
      description = "Read at most so many rows a second (default: " + Resync.DEFAULT_RATE + "/s).")
  private @Nullable Long rate;

  @Option(names = "--wait", description = "Return only once it has ended, in a script too.")
  private boolean wait;

  @Option(names = "--list", description = "Show those that run and ran, the newest first.")
  private boolean list;

  @Option(names = "--cancel", paramLabel = "NUMBER", description = "End one that runs.")
  private @Nullable Long cancel;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = command().commandLine().getOut();
    if (list) {
      JsonNode answer = service.get(RESYNCS);
      service.show(answer, out, ResyncCommand::print);
      return 0;
    }
    Long number = cancel;
    if (number != null) {
      JsonNode answer = service.delete(Address.of("v1", "resyncs", number.toString()));
      service.show(answer, out, (job, to) -> to.println(ResyncLine.of(job, Instant.now())));
      return 0;
    }
    ObjectNode request = request();
    JsonNode job =
        service.post(Address.ofRecipient(Objects.requireNonNull(recipient), "resync"), request);
    boolean terminal = !service.json() && isTerminal();
    if (!terminal && !(wait && service.json())) {
      service.show(job, out, (one, to) -> to.println(begun(one)));
    }
    return wait || terminal ? watch(job, terminal, out) : 0;
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where another console is chosen
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static void print(JsonNode answer, PrintWriter out) {
    if (answer.path("resyncs").isEmpty()) {
      out.println("There are none.");
    }
    answer.path("resyncs").forEach(job -> out.println(ResyncLine.of(job, Instant.now())));
  }

  private static String begun(JsonNode job) {
    return ResyncLine.of(job, Instant.now())
        + ". It has begun: rowhook resync --list shows how far it is";
  }

  private int watch(JsonNode begun, boolean terminal, PrintWriter out) throws InterruptedException {
    Address place = Address.of("v1", "resyncs", begun.path("id").asText());
    while (true) {
      JsonNode job = service.get(place);
      boolean running = job.path("state").asText().equals("running");
      if (terminal) {
        out.print(ONE_ROW + ResyncLine.bar(job, Instant.now()) + WRAPPED);
        out.flush();
      }
      if (!running) {
        if (terminal) {
          out.println();
          out.flush();
        } else {
          service.show(job, out, (one, to) -> to.println(ResyncLine.of(one, Instant.now())));
        }
        return job.path("state").asText().equals("done") ? 0 : 1;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private ObjectNode request() {
    if (recipient == null || entity == null) {
      throw new ParameterException(
          command().commandLine(),
          "to whom, and of what? rowhook resync RECIPIENT ENTITY, or --list, or --cancel NUMBER");
    }
    ObjectNode request = ServiceClient.request().put("entity", entity);
    if (where != null) {
      request.put("where", where);
    }
    List<String> from = since;
    if (from != null) {
      request.putObject("since").put("column", from.get(0)).put("value", from.get(1));
    }
    if (rate != null) {
      request.put("rate", rate);
    }
    return request;
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec);
  }
}
