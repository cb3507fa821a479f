package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowhook status}: what flows, waits and fails. */
@Command(
    name = "status",
    description = "What flows, waits and fails: capture, and each recipient.",
    footer = {"", "Exit status: 0 if the service told, 1 if it is not running."},
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private Target target = new Target();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    target.show(target.call("status", Target.request()), out, StatusCommand::print);
    return 0;
  }

  private static void print(JsonNode status, PrintWriter out) {
    Instant now = Instant.now();
    out.println("capture      " + Words.text(status.path("capture")));
    for (JsonNode table : status.path("suspended")) {
      out.println(
          "suspended    "
              + Words.text(table.path("table"))
              + " since "
              + Words.time(table.path("since"))
              + ", "
              + Words.text(table.path("effect"))
              + ": "
              + Words.text(table.path("why")));
    }
    for (JsonNode range : status.path("missed")) {
      out.println(
          "missed       "
              + Words.text(range.path("table"))
              + ", what was committed after "
              + Words.text(range.path("after"))
              + " and up to "
              + Words.text(range.path("upTo"))
              + " may be missing (noticed "
              + Words.time(range.path("at"))
              + "): "
              + Words.text(range.path("why")));
    }
    JsonNode rejected = status.path("rejected");
    if (rejected.isObject()) {
      out.printf(
          Locale.ROOT,
          "rejected     %,d row changes, kept in the journal's table rejected_row; the last, %s of %s committed %s: %s%n",
          rejected.path("count").asLong(),
          Words.text(rejected.path("operation")),
          Words.text(rejected.path("table")),
          Words.time(rejected.path("at")),
          Words.text(rejected.path("why")));
    }
    JsonNode rows = status.path("readBack");
    if (rows.path("statements").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "read back    %,d rows of parts and references, %,d statements, %.1f s in all%n",
          rows.path("rows").asLong(),
          rows.path("statements").asLong(),
          rows.path("seconds").asDouble());
    }
    if (rows.path("unread").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "             %,d keys could not be read; events name what is missing in 'unavailable'%n",
          rows.path("unread").asLong());
    }
    for (JsonNode one : rows.path("unreadTables")) {
      out.println("not readable " + Words.text(one));
    }
    out.println(
        "journal      newest sequence "
            + status.path("head").asLong()
            + (status.path("journal").isTextual()
                ? "; " + Words.text(status.path("journal"))
                : ""));
    JsonNode kill = status.path("killSwitch");
    if (kill.isObject()) {
      out.println(
          "kill switch  SET since "
              + Words.time(kill.path("at"))
              + ": "
              + Words.text(kill.path("reason"))
              + ". Nothing is sent to anyone");
    }
    for (JsonNode problem : status.path("settings")) {
      out.println("settings     " + Words.text(problem));
    }
    for (JsonNode one : status.path("quarantine")) {
      out.println(
          "quarantine   "
              + Words.text(one.path("template"))
              + " since "
              + Words.time(one.path("since"))
              + ": "
              + Words.text(one.path("why"))
              + ". Its deliveries fail until it is edited");
    }
    int lost = status.path("templateThreadsLost").asInt();
    if (lost > 0) {
      out.println(
          "templates    "
              + lost
              + " threads run without an end, of the 16 that there may be. Restart Rowhook once the"
              + " templates above are mended");
    }
    out.println();
    Table table =
        new Table(
            "RECIPIENT", "STATE", "WAITING", "BLOCKED", "FAILED", "BACKLOG", "OLDEST", "FAILURES");
    for (JsonNode one : status.path("recipients")) {
      Duration within = Duration.parse(one.path("failuresWithin").asText());
      table.row(
          Words.text(one.path("recipient")),
          one.path("pause").isObject() ? "paused" : Words.text(one.path("state")),
          one.path("waiting").asText(),
          one.path("blocked").asText(),
          one.path("failed").asText(),
          Words.bytes(one.path("backlogBytes").asLong()),
          Words.age(one.path("oldest"), now),
          one.path("failures").asText() + " in " + Words.span(within));
    }
    table.print(out);
    for (JsonNode one : status.path("recipients")) {
      notes(one, out);
    }
  }

  /** What a person should know of a recipient, beside the numbers. */
  private static void notes(JsonNode one, PrintWriter out) {
    String name = Words.text(one.path("recipient"));
    JsonNode hold = one.path("pause");
    if (hold.isObject()) {
      String until =
          hold.path("until").isTextual()
              ? "until " + Words.time(hold.path("until"))
              : "until rowhook resume " + name;
      out.println(
          name
              + ": paused since "
              + Words.time(hold.path("at"))
              + " "
              + until
              + " ("
              + hold.path("kind").asText()
              + "): "
              + Words.text(hold.path("reason")));
    }
    if (one.path("trouble").isTextual()) {
      out.println(name + ": stands still: " + Words.text(one.path("trouble")));
    }
    for (JsonNode failure : one.path("lastFailures")) {
      out.println(
          name
              + ": "
              + Words.time(failure.path("at"))
              + " "
              + failure.path("event").asText()
              + " "
              + Words.text(failure.path("error")));
    }
  }
}
