package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one look finds, part by part; and since when, by what the look before has found. */
final class Findings {

  private final Instant now;
  private final Map<String, Part> before = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();
  private final List<String> stuck = new ArrayList<>();

  /**
   * Begins a look.
   *
   * @param before what the last look has found
   */
  Findings(Instant now, List<Part> before) {
    this.now = now;
    before.forEach(part -> this.before.put(part.name(), part));
  }

  Instant now() {
    return now;
  }

  void add(Kind kind, State state, String reason) {
    add(kind, "", state, reason, null);
  }

  /**
   * Notes how well a part does.
   *
   * @param since when it came into this state; null: as the looks have seen it
   */
  void add(Kind kind, String subject, State state, String reason, @Nullable Instant since) {
    Part part = new Part(kind, subject, state, oneLine(reason), since == null ? now : since);
    Part known = before.get(part.name());
    if (since == null && known != null && known.state() == state) {
      part = new Part(kind, subject, state, part.reason(), known.since());
    }
    parts.add(part);
  }

  /** Notes what a restart would mend, in a sentence. */
  void stuck(String why) {
    stuck.add(why);
  }

  private static String oneLine(String reason) {
    return reason.replaceAll("\\s+", " ").strip();
  }

  private boolean works(Kind kind) {
    return parts.stream().noneMatch(part -> part.kind() == kind && part.state() == State.failing);
  }

  /**
   * All that was found.
   *
   * @param captures whether capture streams, or stands by
   */
  HealthReport report(boolean captures) {
    return new HealthReport(
        parts, stuck, captures && works(Kind.capture) && works(Kind.journal), now);
  }
}
