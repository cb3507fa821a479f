package io.rowhook.admin.alerts;

import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.health.Part;
import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Says of each part once when it is not well any more, when it gets worse, and when it is well
 * again; what does not last is not told. Time comes in with the reports. One thread.
 */
final class Transitions {

  /**
   * How the transitions of a part are told.
   *
   * @param raiseAfter it has not been well for so long
   * @param clearAfter it has been well for so long
   */
  private record Rule(
      EventType raised, EventType cleared, Duration raiseAfter, Duration clearAfter) {}

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration LASTING = Duration.ofSeconds(30);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The others are of no use to who hears of them this way, or cannot be told by the journal. */
  private static final Map<Kind, Rule> RULES =
      Map.of(
          Kind.reading,
          new Rule(EventType.SchemaChanged, EventType.SchemaChanged, SOON, SOON),
          Kind.capture,
          new Rule(EventType.CaptureStalled, EventType.CaptureRecovered, LASTING, SOON),
          Kind.slot,
          new Rule(EventType.SourceAtRisk, EventType.SourceSafe, SOON, MINUTE),
          Kind.disk,
          new Rule(EventType.DiskLow, EventType.DiskNormal, SOON, MINUTE),
          Kind.settings,
          new Rule(EventType.SettingsRefused, EventType.SettingsGood, SOON, SOON),
          Kind.templates,
          new Rule(EventType.TemplateFailing, EventType.TemplateGood, SOON, LASTING),
          Kind.recipient,
          new Rule(EventType.RecipientPaused, EventType.RecipientResumed, SOON, SOON),
          Kind.backlog,
          new Rule(EventType.BacklogNearLimit, EventType.BacklogNormal, AT_ONCE, MINUTE));

  /** Of one part. */
  private static final class Watched {
    private State told = State.ok;
    private State seen = State.ok;
    private boolean toldGone;
    private Instant seenSince;
    private Instant notOkSince;

    Watched(Instant now) {
      seenSince = now;
      notOkSince = now;
    }
  }

  private final Map<String, Watched> watched = new HashMap<>();
  private final Map<String, Part> last = new HashMap<>();

  /**
   * What is to be told after a look.
   *
   * @param pauses of the recipients that are paused, by name
   */
  List<Alert> look(HealthReport report, Map<String, Pause.Kind> pauses) {
    List<Alert> due = new ArrayList<>();
    Set<String> there = new HashSet<>();
    for (Part part : report.parts()) {
      Rule rule = RULES.get(part.kind());
      if (rule != null && isTold(part, pauses)) {
        there.add(part.name());
        Watched its = watched.computeIfAbsent(part.name(), _ -> new Watched(report.at()));
        observe(its, part, rule, report.at(), pauses, due);
        last.put(part.name(), part);
      } else if (rule != null) {
        there.add(part.name());
      }
    }
    for (String gone : Set.copyOf(last.keySet())) {
      if (!there.contains(gone)) {
        gone(gone, report.at(), pauses, due);
      }
    }
    return due;
  }

  /** A backlog that is not named is small; a recipient has no file any more. */
  private void gone(String name, Instant now, Map<String, Pause.Kind> pauses, List<Alert> due) {
    Part before = last.get(name);
    Watched its = watched.get(name);
    if (before != null && its != null && before.kind() == Kind.backlog) {
      Part well =
          new Part(Kind.backlog, before.subject(), State.ok, "what waits for it is little", now);
      Rule rule = Objects.requireNonNull(RULES.get(Kind.backlog));
      observe(its, well, rule, now, pauses, due);
      if (its.told != State.ok) {
        return;
      }
    }
    watched.remove(name);
    last.remove(name);
  }

  /** What keeps a recipient from being sent to without a pause is the journal's. */
  private static boolean isTold(Part part, Map<String, Pause.Kind> pauses) {
    return part.kind() != Kind.recipient || part.isOk() || pauses.containsKey(part.subject());
  }

  private static void observe(
      Watched its,
      Part part,
      Rule rule,
      Instant now,
      Map<String, Pause.Kind> pauses,
      List<Alert> due) {
    State state = part.state();
    if (state != its.seen) {
      its.notOkSince = its.seen == State.ok ? now : its.notOkSince;
      its.seenSince = now;
      its.seen = state;
    }
    if (state == State.ok) {
      if (its.told != State.ok && !its.seenSince.plus(rule.clearAfter).isAfter(now)) {
        due.add(alert(rule.cleared, part, its.told, its.seenSince));
        its.told = State.ok;
        its.toldGone = false;
      }
      return;
    }
    Instant counts = its.told == State.ok ? its.notOkSince : its.seenSince;
    boolean gone = part.kind() == Kind.recipient && pauses.get(part.subject()) == Pause.Kind.gone;
    boolean worse = state.compareTo(its.told) > 0 || (gone && !its.toldGone);
    if (worse && !counts.plus(rule.raiseAfter).isAfter(now)) {
      EventType type = gone ? EventType.RecipientDisabled : rule.raised;
      due.add(alert(type, part, its.told, part.since()));
      its.told = state;
      its.toldGone = gone;
    }
  }

  private static Alert alert(EventType type, Part part, State before, Instant since) {
    return new Alert(
        type, part.kind().name(), part.subject(), part.state(), before, part.reason(), since, null);
  }
}
