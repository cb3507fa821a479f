package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
      "Deliveries, the newest first. With a recipient and an event: that one, with all its attempts."
    },
    footer = {
      "",
      "What waits and was not attempted yet is not listed: rowhook status counts it.",
      "Exit status: 0 if the service told, 1 if it is not running or knows no such thing."
    },
    mixinStandardHelpOptions = true)
public final class DeliveriesCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private Target target = new Target();
  @Mixin private Selection selection = new Selection();

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
              + " skipped.")
  private List<String> states = new ArrayList<>();

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
    ObjectNode request = Target.request().put("recipient", recipient).put("event", event);
    if (recipient != null && event != null) {
      target.show(
          target.call("delivery", request.put("body", body)), out, DeliveriesCommand::printOne);
      return 0;
    }
    if (body) {
      throw new IllegalStateException("--body goes with a recipient and an --event");
    }
    selection.into(request, states).put("limit", limit).put("before", next);
    target.show(target.call("deliveries", request), out, DeliveriesCommand::print);
    return 0;
  }

  private static void print(JsonNode answer, PrintWriter out) {
    Table table =
        new Table(
            "SEQUENCE", "EVENT", "RECIPIENT", "ENTITY", "STATE", "ATTEMPTS", "LAST", "NEXT", "WHY");
    for (JsonNode one : answer.path("deliveries")) {
      table.row(
          one.path("sequence").asText(),
          one.path("event").asText(),
          Words.text(one.path("recipient")),
          entity(one),
          one.path("state").asText(),
          attempts(one),
          Words.time(one.path("lastAttempt")),
          Words.time(one.path("next")),
          Words.text(one.path("reason")));
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
    out.println("recipient  " + Words.text(one.path("recipient")));
    out.println("entity     " + entity(one) + " " + one.path("type").asText());
    out.println("committed  " + one.path("committedAt").asText());
    out.println("state      " + one.path("state").asText());
    out.println("why        " + Words.text(one.path("reason")));
    out.println("next       " + Words.time(one.path("next")));
    out.println();
    Table table =
        new Table("ATTEMPT", "REDELIVERY", "AT", "TOOK", "STATUS", "OUTCOME", "ERROR", "ANSWER");
    for (JsonNode attempt : answer.path("attempts")) {
      table.row(
          attempt.path("number").asText(),
          attempt.path("redelivery").asText(),
          Words.time(attempt.path("at")),
          attempt.path("tookMillis").asText() + "ms",
          Words.text(attempt.path("status")),
          attempt.path("outcome").asText(),
          Words.text(attempt.path("error")),
          Words.text(attempt.path("answer")));
    }
    table.print(out);
    if (answer.has("body")) {
      out.println();
      if (!answer.path("bodyIsAsSent").asBoolean()) {
        out.println(
            "The body cannot be shown as it was sent: " + answer.path("bodyTrouble").asText());
      }
      if (answer.path("body").isTextual()) {
        out.println(Words.body(answer.path("body")));
      }
    }
  }

  private static String entity(JsonNode one) {
    return Words.text(one.path("entity")) + " " + Words.text(one.path("id"));
  }

  private static String attempts(JsonNode one) {
    long again = one.path("redelivery").asLong();
    return one.path("attempts").asText() + (again == 0 ? "" : ", redelivered " + again);
  }
}
