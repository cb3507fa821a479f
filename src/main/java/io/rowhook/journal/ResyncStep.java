package io.rowhook.journal;

import io.rowhook.capture.LogMarks;
import io.rowhook.capture.RowLookup;
import io.rowhook.entity.ResyncChunks;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.journal.ResyncRunner.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One turn of a resync: whether it may go on, what it waits for, and the next chunk. The thread of
 * {@link ResyncRunner}.
 */
final class ResyncStep {

  private static final Duration AT_ONCE = Duration.ofMillis(20);
  private static final Duration SOON = Duration.ofMillis(200);

  /** Where something has to change first. */
  static final Duration LATER = Duration.ofSeconds(2);

  /**
   * Who is at work for so long after an instance on standby has read a new recipient's file has
   * read it too, and begun what it asks for.
   */
  private static final Duration OTHERS = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(ResyncRunner.class);

  private final Resyncs jobs;
  private final ResyncChunks chunks;
  private final LogMarks marks;
  private final Surroundings around;
  private final ResyncNotes notes;
  private Set<String> unsure = new HashSet<>();

  ResyncStep(
      Resyncs jobs, ResyncChunks chunks, LogMarks marks, Surroundings around, ResyncNotes notes) {
    this.jobs = jobs;
    this.chunks = chunks;
    this.marks = marks;
    this.around = around;
    this.notes = notes;
  }

  /**
   * Reads the next chunk of one that runs, if it may.
   *
   * @return after which time it may have its next turn
   * @throws RowLookup.RefusedException if the source refuses it
   * @throws io.rowhook.capture.SourceException if the source cannot be reached
   * @throws JournalException if the journal does not take it
   */
  Duration take(Resync job, ResyncMemory memory) throws InterruptedException {
    if (around.standsBy()) {
      memory.stoodBy = true;
      notes.note(job, "on standby: waits for this instance to take over");
      return LATER;
    }
    Set<String> entities = chunks.entities();
    if (entities == null) {
      notes.note(job, "capture has not begun");
      return SOON;
    }
    chunks.settle(marks::running); // whatever it waits for, what has ended is not kept
    if (memory.stoodBy && isOthers(job)) {
      return end(
          job,
          Resync.State.cancelled,
          "is not done here",
          "it was left to the instance that was at work until now. If that one has not done it:"
              + " rowhook resync "
              + job.recipient()
              + " "
              + job.entity());
    }
    memory.stoodBy = false;
    if (!around.isServed(job.recipient()) && jobs.knownSince(job.recipient()).isPresent()) {
      notes.note(job, "waits for the recipient's file, which is not there any more");
      return LATER;
    }
    if (jobs.isShared()
        && around.isServed(job.recipient())
        && jobs.knownSince(job.recipient()).isEmpty()) {
      notes.note(job, "waits until an instance of Rowhook serves the recipient");
      return SOON;
    }
    Optional<String> refusal = refusal(job, entities);
    if (refusal.isPresent()) {
      return fail(job, refusal.get());
    }
    estimate(job, memory);
    long waiting = jobs.waiting(job.recipient(), around.settled(job.recipient()));
    boolean hasRoom = around.hasRoom(job.recipient());
    if (!memory.pace.mayGoOn(waiting, System.nanoTime()) || !hasRoom) {
      boolean isLong = !hasRoom || memory.pace.isLong(System.nanoTime());
      if (isLong) {
        notes.note(job, "waits until the recipient has taken what waits for it");
      }
      return isLong ? SOON : AT_ONCE;
    }
    if (!isSure()) {
      notes.note(
          job,
          "waits for "
              + unsure.size()
              + " transactions that were under way in the source when it began");
      return SOON;
    }
    return read(job, memory);
  }

  /** Whether another instance had long enough to do what began while this one stood by. */
  private static boolean isOthers(Resync job) {
    return job.read() == 0 && job.beganAt().plus(OTHERS).isBefore(Instant.now());
  }

  /** Why it cannot go on with the settings as they are now. */
  private Optional<String> refusal(Resync job, Set<String> entities) {
    if (!entities.contains(job.entity())) {
      return Optional.of("there is no entity " + job.entity() + " in entities.yaml any more");
    }
    return around.wants(job.recipient(), job.entity())
        ? Optional.empty()
        : Optional.of(
            "recipient "
                + job.recipient()
                + " has no subscription any more that wants Snapshots of it");
  }

  /** For one that began without the source. */
  private void estimate(Resync job, ResyncMemory memory) throws InterruptedException {
    if (!memory.estimated && job.estimate() == 0 && job.lastKey() == null) {
      OptionalLong rows = around.estimate(job.entity(), job.condition());
      if (rows.isPresent()) {
        jobs.estimated(job.id(), rows.getAsLong());
      }
    }
    memory.estimated = true;
  }

  /**
   * Whether all that the log had before it was watched is visible: what was under way then, or in
   * the log and not visible, has ended since or came in the log.
   */
  private boolean isSure() {
    if (chunks.watch()) {
      unsure = new HashSet<>(marks.running());
    }
    if (!unsure.isEmpty()) {
      unsure.removeAll(chunks.ended());
      if (!unsure.isEmpty()) {
        unsure.retainAll(marks.running());
      }
    }
    return unsure.isEmpty();
  }

  private Duration read(Resync job, ResyncMemory memory) throws InterruptedException {
    long begin = System.nanoTime();
    ResyncProgress progress =
        new ResyncProgress(
            job.id(), job.lastKey(), job.shape(), job.again(), job.read(), job.sent(), false);
    ResyncChunks.Result result =
        chunks.read(
            new ResyncChunks.Request(
                job.recipient(),
                job.entity(),
                job.condition(),
                job.repair(),
                progress,
                Math.clamp(job.rate(), 1, memory.pace.size()),
                memory.busy()),
            marks::write,
            (unread, keys) -> isTaken(job, memory, unread, keys));
    return switch (result.outcome()) {
      case DURABLE -> {
        memory.durable(jobs.find(job.id()).map(Resync::again).orElse(List.of()));
        notes.done(job);
        long took = System.nanoTime() - begin;
        TimeUnit.NANOSECONDS.sleep(ResyncPace.rest(took));
        long due = result.keys() * TimeUnit.SECONDS.toNanos(1) / Math.max(1, job.rate());
        yield Duration.ofNanos(Math.max(0, due - (System.nanoTime() - begin)));
      }
      case NOT_VISIBLE -> {
        notes.note(job, "waits for a committed transaction to be visible in the source");
        yield LATER;
      }
      case LATE -> {
        notes.note(job, "waits for capture, which is more than a minute behind the source");
        yield Duration.ZERO;
      }
      case OTHER_KEY ->
          fail(
              job,
              "its table or its key is another than when it began, so nobody can tell which rows"
                  + " are left. Begin it anew: rowhook resync "
                  + job.recipient()
                  + " "
                  + job.entity());
      case UNREAD -> LATER;
      case GIVEN_UP -> AT_ONCE;
    };
  }

  /** A table that cannot be read, as behind a lock, is waited for; a bad row is not. */
  private boolean isTaken(Resync job, ResyncMemory memory, int unread, int keys) {
    List<String> tables = chunks.unreadable();
    if (!tables.isEmpty()) {
      notes.note(job, "waits for what cannot be read at present: " + String.join("; ", tables));
      return false;
    }
    if (!memory.failed()) {
      notes.note(
          job,
          "%d of %d entities cannot be read from the source at present".formatted(unread, keys));
      return false;
    }
    log.warn(
        "{} of {} entities could not be read whole from the source in the resync of {} for"
            + " recipient {}; of what could not be read at all there is no event",
        unread,
        keys,
        job.entity(),
        job.recipient());
    return true;
  }

  /** Ends one that cannot go on, and says so in the log. */
  Duration fail(Resync job, String reason) throws InterruptedException {
    return end(job, Resync.State.failed, "has failed", reason);
  }

  private Duration end(Resync job, Resync.State state, String verb, String reason)
      throws InterruptedException {
    log.warn(
        "The resync of {} for recipient {} {}: {}", job.entity(), job.recipient(), verb, reason);
    try {
      jobs.end(job.id(), state, reason);
    } catch (JournalException e) {
      notes.note(job, reason + ". The journal does not take it: " + e.getMessage());
    }
    return LATER;
  }
}
