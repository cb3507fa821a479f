package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.base.Durations;
import io.rowhook.capture.CapturePulse;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.UnreadTable;
import io.rowhook.entity.EntityMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How well the loop in does: capture, slot, publication, captured tables, and what is read back.
 * Looks at what the others keep in memory, and never waits. One thread.
 */
final class CaptureHealth {

  /** Two heartbeats; the server's answers come every other second. */
  static final Duration SILENT = Duration.ofSeconds(20);

  /** A batch has a few hundred rows; a statement that reads rows back is given up by then. */
  static final Duration STILL = Duration.ofSeconds(20);

  /** By then whatever has a limit of its own has reached it. */
  static final Duration STUCK = Duration.ofMinutes(5);

  private static final int NAMED = 3;

  private final CaptureSupervisor supervisor;
  private final JdbcRowLookup rows;
  private final EntityMetrics counts;

  private long progress;
  private Instant progressAt = Instant.MIN;
  private Instant startingSince = Instant.MAX;

  CaptureHealth(CaptureSupervisor supervisor, JdbcRowLookup rows, EntityMetrics counts) {
    this.supervisor = supervisor;
    this.rows = rows;
    this.counts = counts;
  }

  /** Looks. Returns whether capture streams, or stands by. */
  boolean look(Findings found) {
    CaptureState state = supervisor.state();
    CapturePulse pulse = supervisor.pulse();
    JdbcRowLookup.Counts read = rows.counts();
    Duration still = still(pulse, read, found.now());
    startingSince =
        !(state instanceof CaptureState.Starting)
            ? Instant.MAX
            : startingSince.equals(Instant.MAX) ? found.now() : startingSince;
    capture(found, state, pulse, still);
    if (!pulse.alive() && !(state instanceof CaptureState.Stopped)) {
      found.stuck("capture's thread has ended");
    }
    if (still.compareTo(STUCK) >= 0) {
      found.stuck("capture has not got on with what it has read for " + words(still));
    }
    if (state instanceof CaptureState.Starting
        && startingSince.plus(STUCK.multipliedBy(2)).isBefore(found.now())) {
      found.stuck("capture has been starting since " + startingSince);
    }
    slot(found, state, pulse);
    publication(found, state, pulse);
    tables(found, supervisor.suspended());
    reading(found, UnreadTable.all(supervisor.unread(), read.tables()));
    return state instanceof CaptureState.Streaming || state instanceof CaptureState.Standby;
  }

  /** For how long it has not got on with one batch. */
  private Duration still(CapturePulse pulse, JdbcRowLookup.Counts read, Instant now) {
    long sum = counts.progress() + read.statements() + read.rows();
    if (sum != progress || pulse.busy().isZero()) {
      progress = sum;
      progressAt = now;
    }
    Duration seen = Duration.between(progressAt, now);
    return seen.compareTo(pulse.busy()) < 0 ? seen : pulse.busy();
  }

  private void capture(Findings found, CaptureState state, CapturePulse pulse, Duration still) {
    if (!pulse.alive() && !(state instanceof CaptureState.Stopped)) {
      found.add(Kind.capture, State.failing, "its thread has ended: restart Rowhook");
      return;
    }
    if (still.compareTo(STILL) >= 0) {
      found.add(
          Kind.capture,
          "",
          State.failing,
          "it has not got on with what it has read for "
              + words(still)
              + ": look at the journal below, and for locks in the source; if neither is why,"
              + " restart Rowhook",
          found.now().minus(still));
      return;
    }
    switch (state) {
      case CaptureState.Starting() ->
          found.add(
              Kind.capture,
              "",
              startingSince.plus(SILENT).isBefore(found.now()) ? State.failing : State.degraded,
              "it is starting, and the source does not send yet; the log says what it waits for",
              startingSince);
      case CaptureState.Streaming(Instant since) -> {
        if (pulse.silence().compareTo(SILENT) >= 0) {
          found.add(
              Kind.capture,
              "",
              State.degraded,
              "nothing has come from the source for "
                  + words(pulse.silence())
                  + ", not even a heartbeat: look at the network between, and at"
                  + " pg_stat_replication",
              found.now().minus(pulse.silence()));
        } else {
          found.add(Kind.capture, "", State.ok, "the source streams", since);
        }
      }
      case CaptureState.Standby(Instant since, String holder) ->
          found.add(Kind.capture, "", State.ok, "it stands by for " + holder, since);
      case CaptureState.Stalled(Instant since, String reason) ->
          found.add(Kind.capture, "", State.failing, reason, since);
      case CaptureState.Waiting(String reason, Instant until) ->
          found.add(
              Kind.capture, State.failing, reason + " (next try at " + until + ", by itself)");
      case CaptureState.Stopped(String reason, _) ->
          found.add(Kind.capture, State.failing, "stopped: " + reason);
    }
    if (state instanceof CaptureState.Standby(Instant since, String holder)) {
      found.add(Kind.standby, "", State.ok, "the slot is held by " + holder, since);
    }
  }

  private void slot(Findings found, CaptureState state, CapturePulse pulse) {
    Optional<SlotStatus> last = supervisor.slot();
    if (last.isEmpty()) {
      found.add(Kind.slot, State.ok, "not looked at yet");
      return;
    }
    SlotStatus slot = last.get();
    if (slot.risk().isPresent()) {
      boolean lost = slot.walStatus().equals("lost");
      found.add(Kind.slot, "", lost ? State.failing : State.degraded, slot.risk().get(), null);
    } else if (slot.at().plus(SILENT).isBefore(found.now())
        && state instanceof CaptureState.Streaming
        && pulse.silence().compareTo(SILENT) < 0) { // else that is why
      found.add(
          Kind.slot,
          "",
          State.degraded,
          "it cannot be looked at, so how much log the source keeps is not known: look at the"
              + " source, and at the log",
          slot.at());
    } else {
      found.add(
          Kind.slot,
          State.ok,
          "the source keeps %d MiB of log".formatted(slot.retainedBytes() >> 20));
    }
  }

  private static void publication(Findings found, CaptureState state, CapturePulse pulse) {
    Optional<Instant> altered = pulse.publicationAltered();
    if (altered.isEmpty()) {
      found.add(Kind.publication, State.ok, "it is as it must be");
    } else if (state instanceof CaptureState.Stopped(String reason, boolean gap) && gap) {
      found.add(Kind.publication, "", State.failing, reason, altered.get());
    } else {
      found.add(
          Kind.publication,
          "",
          State.degraded,
          "it was altered, and is looked at anew: the log says what is missing",
          altered.get());
    }
  }

  private static void tables(Findings found, List<SuspendedTable> suspended) {
    if (suspended.isEmpty()) {
      found.add(Kind.tables, State.ok, "all that are captured can be told");
      return;
    }
    SuspendedTable first = suspended.getFirst();
    found.add(
        Kind.tables,
        "",
        State.degraded,
        "%s is suspended, and %s: %s%s"
            .formatted(first.table(), first.effect(), first.reason(), more(suspended.size() - 1)),
        first.since());
  }

  private static void reading(Findings found, List<UnreadTable> unreadable) {
    if (unreadable.isEmpty()) {
      found.add(Kind.reading, State.ok, "rows of parts and references can be read");
      return;
    }
    found.add(
        Kind.reading,
        State.degraded,
        "not all rows of parts and references can be read, and events name what is missing in"
            + " 'unavailable': "
            + unreadable.stream()
                .limit(NAMED)
                .map(UnreadTable::text)
                .collect(Collectors.joining("; "))
            + more(unreadable.size() - NAMED)
            + ". Once they can, rowhook resync RECIPIENT ENTITY sends what was missing: rowhook"
            + " status lists it under 'to resync'");
  }

  private static String more(int count) {
    return count <= 0 ? "" : "; and " + count + " more, see rowhook status";
  }

  static String words(Duration duration) {
    return Durations.of(duration);
  }
}
