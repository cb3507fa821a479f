package io.rowhook.demo;

import io.rowhook.demo.Step.Awaited;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the demo shows: plain text, in colour only where a person looks at a terminal. */
final class Screen {

  /** More webhooks of one topic than this are shown as one line. */
  private static final int SHOWN_EACH = 3;

  private static final int BODY_CHARS = 150;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final boolean colours =
      System.getenv("NO_COLOR") == null
          && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();

  void title(String text) {
    out.println();
    out.println(colour("1", text));
  }

  void say(String text) {
    out.println(text);
  }

  void field(String name, String value) {
    out.printf("  %-9s %s%n", name, value);
  }

  void sql(List<String> statements) {
    for (String statement : statements) {
      out.println(colour("36", "    " + (statement + ";").replace("\n", "\n    ")));
    }
  }

  void arrivals(List<Arrival> arrivals) {
    Map<Awaited, List<Arrival>> groups = new LinkedHashMap<>();
    for (Arrival arrival : arrivals) {
      groups
          .computeIfAbsent(
              new Awaited(arrival.recipient(), arrival.topic()), awaited -> new ArrayList<>())
          .add(arrival);
    }
    groups.forEach((awaited, group) -> {
      if (group.size() > SHOWN_EACH) {
        line(awaited, group.size() + " times, ", group);
      } else {
        group.forEach(one -> line(awaited, "", List.of(one)));
      }
    });
  }

  private void line(Awaited awaited, String times, List<Arrival> group) {
    Arrival first = group.getFirst();
    long wrong = group.stream().filter(arrival -> !arrival.verified()).count();
    String credentials =
        wrong == 0 ? first.credentials() : wrong + " of " + group.size() + " NOT VERIFIED";
    Duration slowest =
        group.stream().map(Arrival::sinceCommit).max(Duration::compareTo).orElseThrow();
    String head =
        "  -> %-8s %-17s %s%s, %s"
            .formatted(
                awaited.recipient(), awaited.topic(), times, credentials, milliseconds(slowest));
    out.println(colour(wrong == 0 ? "32" : "31", head));
    out.println("     " + shortened(first.request().text()));
  }

  void nothing() {
    out.println("  -> nobody is told anything");
  }

  void check(String words, boolean holds) {
    out.println(holds ? "     ok: " + words : colour("31", "     NOT SO: " + words));
  }

  void problem(String text) {
    out.println(colour("31", "  PROBLEM: " + text));
  }

  /** The closing table. */
  void table(Totals totals) {
    out.println();
    out.println(
        colour(
            "1", "  recipient  changes  deliveries  verified  commit to receipt: median     max"));
    for (String recipient : Recipients.NAMES) {
      List<Duration> times = totals.times(recipient);
      out.printf(
          Locale.ROOT,
          "  %-9s  %7d  %10d  %8s  %25s  %6s%n",
          recipient,
          totals.expected(recipient),
          totals.delivered(recipient),
          totals.verified(recipient),
          times.isEmpty() ? "-" : milliseconds(times.get(times.size() / 2)),
          times.isEmpty() ? "-" : milliseconds(times.getLast()));
    }
    out.println();
  }

  private static String milliseconds(Duration time) {
    return time.toMillis() + " ms";
  }

  /** On one line, without what the line above it says already. */
  private static String shortened(String body) {
    String line =
        body.replaceAll("\\s+", " ")
            .replaceAll("\\p{Cntrl}", "?")
            .replaceFirst(
                "(\"id\":\"evt_)\\w*(\\w{4}\").*?\"entityType\"", "$1…$2,…,\"entityType\"");
    return line.length() <= BODY_CHARS ? line : line.substring(0, BODY_CHARS) + "…";
  }

  private String colour(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
