package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalPulse;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.journal.Unread;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How well the journal does, and its disk. Never waits for it. One thread. */
final class JournalHealth {

  /** A commit takes some milliseconds; one that waits for another process's lock, some seconds. */
  static final Duration FROZEN = Duration.ofSeconds(15);

  /** A disk that does not answer for so long may answer a process that opens the file anew. */
  static final Duration STUCK = Duration.ofMinutes(1);

  /** What an instance lacks when it takes over, it has to read first. */
  static final Duration BEHIND = Duration.ofMinutes(1);

  private static final long LITTLE = 1L << 30;
  private static final long HARDLY_ANY = 64L << 20;

  private final SqliteJournal journal;
  private final JournalLooks looks;

  /** Since when this instance has not known whether it may send; null: it may. */
  private @Nullable Instant unsure;

  JournalHealth(SqliteJournal journal, JournalLooks looks) {
    this.journal = journal;
    this.looks = looks;
  }

  void look(Findings found) {
    JournalPulse pulse = journal.pulse();
    journal(found, pulse);
    share(found);
    if (!pulse.alive()) {
      found.stuck("the journal's writer has ended");
    }
    if (pulse.writing().compareTo(STUCK) >= 0) {
      found.stuck(
          "the journal's writer has been at one commit for "
              + CaptureHealth.words(pulse.writing()));
    }
    JournalLooks.Seen seen = looks.seen();
    if (seen != null) {
      disk(found, seen.freeBytes(), seen.totalBytes());
    }
  }

  private void journal(Findings found, JournalPulse pulse) {
    Optional<JournalException> standing = journal.standing();
    Instant lookingSince = looks.lookingSince();
    @Nullable String refused = looks.refused();
    if (!pulse.alive()) {
      found.add(Kind.journal, State.failing, "its writer has ended: restart Rowhook");
    } else if (standing.isPresent()) {
      found.add(Kind.journal, State.failing, String.valueOf(standing.get().getMessage()));
    } else if (pulse.writing().compareTo(FROZEN) >= 0) {
      found.add(
          Kind.journal,
          "",
          State.failing,
          "its writer has been at one commit for %s: the disk does not answer, or another process keeps the file locked"
              .formatted(CaptureHealth.words(pulse.writing())),
          found.now().minus(pulse.writing()));
    } else if (lookingSince != null && lookingSince.plus(FROZEN).isBefore(found.now())) {
      found.add(
          Kind.journal,
          "",
          State.failing,
          "reading it does not come to an end: look at the disk",
          lookingSince);
    } else if (refused != null) {
      found.add(Kind.journal, State.failing, "it cannot be read: " + refused);
    } else {
      Unread unread = journal.sharing().unread();
      Duration behind = unread.behind(found.now());
      if (behind.compareTo(BEHIND) >= 0) {
        found.add(
            Kind.journal,
            State.degraded,
            "its file is %s behind what other instances have written, %,d rows: this one would take over late. Look at its disk and processor"
                .formatted(CaptureHealth.words(behind), unread.rows()));
      } else {
        found.add(Kind.journal, State.ok, "it can be written");
      }
    }
  }

  /** A group that deals out its work anew takes some seconds. */
  private void share(Findings found) {
    if (!journal.sharing().isUnsure()) {
      unsure = null;
      return;
    }
    Instant since = unsure == null ? found.now() : unsure;
    unsure = since;
    if (since.plus(FROZEN).isBefore(found.now())) {
      found.add(
          Kind.journal,
          "share",
          State.failing,
          "Kafka has not said that this instance is still one of its group: it sends nothing, and others may do its work. Look at Kafka's brokers, and at what is between",
          since);
    }
  }

  /** How well the disk does by what is free on it; a small one may be fuller than a large one. */
  static void disk(Findings found, long free, long total) {
    String reason = "%d MiB of %d are free where the journal is".formatted(free >> 20, total >> 20);
    if (free < Math.min(HARDLY_ANY, total / 100)) {
      found.add(
          Kind.disk,
          State.failing,
          reason + ": capture stops when it is full, and the source keeps its log. Free some");
    } else if (free < Math.min(LITTLE, total / 10)) {
      found.add(
          Kind.disk, State.degraded, reason + ": free some, or move the journal to a larger disk");
    } else {
      found.add(Kind.disk, State.ok, reason);
    }
  }
}
