package io.rowhook.admin.audit;

import io.rowhook.admin.audit.Expectation.Verdict;
import io.rowhook.entity.EntityReader;
import io.rowhook.entity.EntityState;
import io.rowhook.entity.Event;
import io.rowhook.journal.Difference;
import io.rowhook.journal.Difference.Kind;
import io.rowhook.journal.Difference.Why;
import io.rowhook.journal.Held;
import io.rowhook.journal.StateAudit;
import io.rowhook.journal.StateAudits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks again at what seemed to differ: reads it once more, waits until the journal has all that
 * the source had then, and asks what became of it. So nothing counts as different that was merely
 * on its way. The thread of {@link AuditRunner}.
 */
final class AuditSettling {

  /** How often one is looked at again that is on its way to the recipient. */
  private static final int ROUNDS = 15;

  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(100);

  /** Capture is behind if it has not come so far by then. */
  private static final Duration BEHIND = Duration.ofSeconds(30);

  private final StateAudits audits;
  private final EntityReader reader;

  AuditSettling(StateAudits audits, EntityReader reader) {
    this.audits = audits;
    this.reader = reader;
  }

  /**
   * What became of some.
   *
   * @param differences those that do differ, or whose delivery is still under way
   * @param equal ids of those that do not
   * @param unread how many of these could not be read
   */
  record Settled(List<Difference> differences, List<String> equal, long unread) {}

  /** What is known of one. */
  private sealed interface Verdicts {
    /** It does not differ. */
    record Equal() implements Verdicts {}

    /** It cannot be read. */
    record Unread() implements Verdicts {}

    /** It differs. */
    record Differs(Kind kind, Why why) implements Verdicts {}
  }

  /**
   * Settles some.
   *
   * @param patient whether to wait for what is on its way to the recipient
   * @return empty: capture is behind, so that nothing can be said
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   */
  Optional<Settled> settle(
      StateAudit audit, Expectation expected, List<Difference> suspects, boolean patient)
      throws InterruptedException {
    List<Difference> differences = new ArrayList<>();
    List<String> equal = new ArrayList<>();
    long unread = 0;
    List<Difference> open = suspects;
    for (int round = 1; !open.isEmpty(); round++) {
      Optional<Map<String, Verdicts>> found = look(audit, expected, open);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      List<Difference> waiting = new ArrayList<>();
      for (Difference one : open) {
        switch (Objects.requireNonNull(found.get().get(one.id()))) {
          case Verdicts.Equal _ -> equal.add(one.id());
          case Verdicts.Unread _ -> {
            equal.add(one.id());
            unread++;
          }
          case Verdicts.Differs(Kind kind, Why why) -> {
            Difference now = new Difference(one.id(), one.key(), kind, why);
            if (kind == Kind.pending && patient && round < ROUNDS) {
              waiting.add(now);
            } else {
              differences.add(now);
            }
          }
        }
      }
      open = waiting;
      if (!open.isEmpty()) {
        Thread.sleep(BETWEEN);
      }
    }
    return Optional.of(new Settled(differences, equal, unread));
  }

  /** By id; empty: capture is behind. */
  private Optional<Map<String, Verdicts>> look(
      StateAudit audit, Expectation expected, List<Difference> open) throws InterruptedException {
    long before = audits.head();
    String entity = audit.entity();
    List<String> keys = open.stream().map(Difference::key).filter(Objects::nonNull).toList();
    Map<String, Event> now = new HashMap<>();
    for (EntityReader.Found one : reader.these(entity, keys).found()) {
      now.put(one.event().entityId(), one.event());
    }
    List<String> absent =
        open.stream().map(Difference::id).filter(id -> !now.containsKey(id)).toList();
    Set<String> unread = absent.isEmpty() ? Set.of() : reader.existing(entity, absent);
    if (!isCaptured(reader.now())) {
      return Optional.empty();
    }
    List<String> ids = open.stream().map(Difference::id).toList();
    Map<String, Held> held = audits.held(audit.recipient(), entity, ids).orElse(Map.of());
    Map<String, Verdicts> all = new HashMap<>();
    for (String id : ids) {
      Held has = held.getOrDefault(id, Held.NOTHING);
      all.put(
          id,
          unread.contains(id)
              ? new Verdicts.Unread()
              : verdict(audit, expected, id, now.get(id), has, before));
    }
    return Optional.of(all);
  }

  /** Whether the journal has all that the source had at an instant, if need be soon. */
  private boolean isCaptured(Instant at) throws InterruptedException {
    long deadline = System.nanoTime() + BEHIND.toNanos();
    while (audits.capturedTo().filter(captured -> !captured.isBefore(at)).isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }

  /**
   * @param before the newest sequence before it was read
   */
  private Verdicts verdict(
      StateAudit audit,
      Expectation expected,
      String id,
      @Nullable Event now,
      Held held,
      long before) {
    if (now != null && !expected.wants(now)) {
      return new Verdicts.Equal();
    }
    Verdict verdict = expected.judge(now, held);
    if (verdict == Verdict.SAME) {
      return new Verdicts.Equal();
    }
    if (verdict == Verdict.OTHER_TEMPLATE) {
      return new Verdicts.Differs(Kind.stale, Why.template);
    }
    Optional<Why> why =
        audits.unacknowledged(audit.recipient(), audit.entity(), id, held.sequence());
    if (why.isPresent()) {
      return why.get() == Why.waiting
          ? new Verdicts.Differs(Kind.pending, Why.waiting)
          : new Verdicts.Differs(kind(verdict), why.get());
    }
    if (held.sequence() > before) {
      return new Verdicts.Equal(); // it has changed since it was read, and the recipient has that
    }
    Why last =
        verdict == Verdict.MISSING && held.sequence() == 0
            ? Why.before
            : EntityState.isPartial(held.state()) ? Why.partial : Why.untold;
    return new Verdicts.Differs(kind(verdict), last);
  }

  private static Kind kind(Verdict verdict) {
    return switch (verdict) {
      case MISSING -> Kind.missing;
      case SUPERFLUOUS -> Kind.superfluous;
      case SAME, STALE, OTHER_TEMPLATE -> Kind.stale;
    };
  }
}
