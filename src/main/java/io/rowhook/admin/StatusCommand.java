package io.rowhook.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.cli.Address;
import io.rowhook.admin.cli.AuditLine;
import io.rowhook.admin.cli.ResyncLine;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.cli.TextFormat;
import io.rowhook.admin.cli.TextTable;
import io.rowhook.base.Count;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    footer = {
      "",
      "Exit status: 0 if all is well, 3 if something is degraded, 1 if something fails or the"
          + " service is not running, 2 if the command line is wrong. The first line says what is"
          + " worst."
    },
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

  private static final List<String> COLUMNS =
      List.of(
          "RECIPIENT",
          "STATE",
          "WAITING",
          "BLOCKED",
          "FAILED",
          "BACKLOG",
          "OLDEST",
          "FAILURES",
          "COMPLETE TO");

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ServiceClient service = new ServiceClient();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode status = service.get(Address.of("v1", "status"));
    service.show(status, out, StatusCommand::print);
    return HealthLines.exitStatus(status.path("health"));
  }

  private static void print(JsonNode status, PrintWriter out) {
    Instant now = Instant.now();
    HealthLines.print(status.path("health"), out);
    out.println("capture      " + TextFormat.text(status.path("capture")));
    SlotReport.print(status.path("slot"), now, out);
    if (status.path("takenOver").isTextual()) {
      out.println("taken over   " + TextFormat.body(status.path("takenOver")));
    }
    for (JsonNode table : status.path("suspended")) {
      out.println(
          "suspended    "
              + TextFormat.text(table.path("table"))
              + " since "
              + TextFormat.time(table.path("since"))
              + ", "
              + TextFormat.text(table.path("effect"))
              + ": "
              + TextFormat.text(table.path("why")));
    }
    for (JsonNode range : status.path("missed")) {
      out.println(
          "missed       "
              + TextFormat.text(range.path("table"))
              + ", what was committed after "
              + TextFormat.text(range.path("after"))
              + " and up to "
              + TextFormat.text(range.path("upTo"))
              + " may be missing (noticed "
              + TextFormat.time(range.path("at"))
              + "): "
              + TextFormat.text(range.path("why")));
    }
    JsonNode rejected = status.path("rejected");
    if (rejected.isObject()) {
      out.printf(
          Locale.ROOT,
          "rejected     %s, kept in the journal's table rejected_row; the last, %s of %s committed"
              + " %s: %s%n",
          Count.of(rejected.path("count").asLong(), "row change"),
          TextFormat.text(rejected.path("operation")),
          TextFormat.text(rejected.path("table")),
          TextFormat.time(rejected.path("at")),
          TextFormat.text(rejected.path("why")));
    }
    JsonNode rows = status.path("readBack");
    if (rows.path("statements").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "read back    %s of parts and references, %s, %.1f s in all%n",
          Count.of(rows.path("rows").asLong(), "row"),
          Count.of(rows.path("statements").asLong(), "statement"),
          rows.path("seconds").asDouble());
    }
    if (rows.path("unread").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "             %s could not be read; events name what is missing in 'unavailable'%n",
          Count.of(rows.path("unread").asLong(), "key"));
    }
    for (JsonNode one : rows.path("unreadTables")) {
      out.println("not readable " + TextFormat.text(one));
    }
    said(status, out);
    for (JsonNode one : status.path("resyncs")) {
      out.println("resync       " + ResyncLine.of(one, now));
    }
    for (JsonNode one : status.path("audits")) {
      out.println("audit        " + AuditLine.of(one));
    }
    for (JsonNode one : status.path("toResync")) {
      out.println("to resync    " + ResyncLine.offer(one));
    }
    out.println(
        "journal      newest sequence "
            + status.path("head").asLong()
            + (status.path("journal").isTextual()
                ? "; " + TextFormat.text(status.path("journal"))
                : ""));
    if (status.path("missing").isTextual()) {
      out.println(
          "missing      "
              + TextFormat.text(status.path("missing"))
              + ". Nobody is told to have everything since, until rowhook accept");
    }
    JsonNode kill = status.path("killSwitch");
    if (kill.isObject()) {
      out.println(
          "kill switch  SET since "
              + TextFormat.time(kill.path("at"))
              + ": "
              + TextFormat.text(kill.path("reason"))
              + ". Nothing is sent to anyone");
    }
    for (JsonNode problem : status.path("settings")) {
      out.println("settings     " + TextFormat.text(problem));
    }
    for (JsonNode one : status.path("quarantine")) {
      out.println(
          "quarantine   "
              + TextFormat.text(one.path("template"))
              + " since "
              + TextFormat.time(one.path("since"))
              + ": "
              + TextFormat.text(one.path("why"))
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
    for (JsonNode one : status.path("instances")) {
      out.println("instance     " + instance(one, status.path("instance").asText()));
    }
    out.println();
    boolean shared = !status.path("instances").isEmpty();
    TextTable table = new TextTable(row(shared, COLUMNS, "INSTANCE"));
    for (JsonNode one : status.path("recipients")) {
      Duration within = Duration.parse(one.path("failuresWithin").asText());
      List<String> cells =
          List.of(
              TextFormat.text(one.path("recipient")),
              TextFormat.text(one.path("state")),
              one.path("waiting").asText(),
              one.path("blocked").asText(),
              one.path("failed").asText(),
              TextFormat.bytes(one.path("backlogBytes").asLong()),
              TextFormat.age(one.path("oldest"), now),
              one.path("failures").asText() + " in " + TextFormat.span(within),
              TextFormat.ago(one.path("completeTo"), now));
      table.row(row(shared, cells, TextFormat.text(one.path("instance"))));
    }
    table.print(out);
    for (JsonNode one : status.path("recipients")) {
      notes(one, now, out);
    }
  }

  private static String[] row(boolean shared, List<String> cells, String instance) {
    List<String> all = new ArrayList<>(cells);
    if (shared) {
      all.add(instance);
    }
    return all.toArray(String[]::new);
  }

  /** What one that shares the journal does. */
  private static String instance(JsonNode one, String asked) {
    List<String> does = new ArrayList<>();
    if (one.path("captures").asBoolean()) {
      does.add("captures");
    }
    does.add("serves " + Count.of(one.path("recipients").asLong(), "recipient"));
    if (one.path("name").asText().equals(asked)) {
      does.add("was asked");
    }
    if (one.path("unanswered").isTextual()) {
      does.add("does not answer: " + TextFormat.text(one.path("unanswered")));
    }
    return TextFormat.text(one.path("name"))
        + (one.path("api").isTextual() ? " at " + TextFormat.text(one.path("api")) : "")
        + ": "
        + String.join(", ", does);
  }

  /** What transactions have said to Rowhook, if any did. */
  private static void said(JsonNode status, PrintWriter out) {
    JsonNode muted = status.path("muted");
    if (muted.path("transactions").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "muted        %s that asked for no events, since the start; the last, %s, committed %s%n",
          Count.of(muted.path("transactions").asLong(), "transaction"),
          muted.path("lastTxId").asText(),
          TextFormat.time(muted.path("lastCommittedAt")));
    }
    if (status.path("ignoredMessages").asLong() > 0) {
      out.printf(
          Locale.ROOT,
          "ignored      %s with the prefix rowhook, since the start: the log says by which rule%n",
          Count.of(status.path("ignoredMessages").asLong(), "message"));
    }
  }

  /** What a person should know of a recipient, beside the numbers. */
  private static void notes(JsonNode one, Instant now, PrintWriter out) {
    String name = TextFormat.text(one.path("recipient"));
    if (one.path("unanswered").isTextual()) {
      out.println(name + ": as far as is known here: " + TextFormat.text(one.path("unanswered")));
    }
    JsonNode hold = one.path("pause");
    if (hold.isObject()) {
      JsonNode end = hold.path("until");
      String until;
      if (!end.isTextual()) {
        until = "until rowhook resume " + name;
      } else if (Instant.parse(end.asText()).isAfter(now)) {
        until = "until " + TextFormat.time(end);
      } else {
        until = "until its next delivery is acknowledged, which is tried at once";
      }
      out.println(
          name
              + ": paused since "
              + TextFormat.time(hold.path("at"))
              + " "
              + until
              + " ("
              + hold.path("kind").asText()
              + "): "
              + TextFormat.text(hold.path("reason")));
    }
    if (one.path("lacksFrom").isIntegralNumber()) {
      out.println(
          name
              + ": the limit of its backlog let some go, from sequence "
              + one.path("lacksFrom").asText()
              + ": it is not told to have everything since, until rowhook accept "
              + name);
    }
    if (one.path("failed").asLong() > 0) {
      out.println(
          name
              + ": what has failed for good waits for a person, and it is not told to have everything"
              + " since, until then: rowhook deliveries "
              + name
              + " --state failed");
    }
    if (one.path("trouble").isTextual()) {
      out.println(name + ": stands still: " + TextFormat.text(one.path("trouble")));
    }
    for (JsonNode failure : one.path("lastFailures")) {
      out.println(
          name
              + ": "
              + TextFormat.time(failure.path("at"))
              + " "
              + failure.path("event").asText()
              + " "
              + TextFormat.text(failure.path("error")));
    }
  }
}
