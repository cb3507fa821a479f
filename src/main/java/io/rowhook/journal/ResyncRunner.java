package io.rowhook.journal;

import io.rowhook.capture.LogMarks;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.ResyncChunks;
import io.rowhook.entity.ResyncChunks.Outcome;
import io.rowhook.entity.ResyncProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings recipients up to date: reads what is there, chunk by chunk, each between two marks in the
 * log, see {@link ResyncChunks}. What is durable of a job is done; after a kill it goes on behind
 * it. One daemon thread owns it.
 */
public final class ResyncRunner implements AutoCloseable {

  /** Rows of one chunk. */
  private static final int CHUNK = 300;

  /** More is not made while so many events wait for the recipient. */
  private static final long MOST_WAITING = 2_000;

  /** An entity that is touched in each of so many chunks is left to its own events. */
  private static final int MOST_TRIES = 20;

  /** A row that could not be read so often in turn is left out. */
  private static final int MOST_FAILURES = 5;

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LATER = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(ResyncRunner.class);

  private final Resyncs jobs;
  private final ResyncChunks chunks;
  private final LogMarks marks;
  private final BiPredicate<String, String> wanted;
  private final Semaphore begun = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().daemon().name("resync").unstarted(this::run);

  // the thread's
  private final Map<String, Integer> tries = new HashMap<>();
  private Set<String> unsure = new HashSet<>();
  private int turn;
  private int failures;

  private volatile Map<Long, String> notes = Map.of();

  /**
   * Builds it at rest.
   *
   * @param wanted whether a recipient has a subscription that wants Snapshots of an entity
   */
  public ResyncRunner(
      Resyncs jobs, ResyncChunks chunks, LogMarks marks, BiPredicate<String, String> wanted) {
    this.jobs = jobs;
    this.chunks = chunks;
    this.marks = marks;
    this.wanted = wanted;
  }

  public void start() {
    thread.start();
  }

  /** A job was added. Any thread. */
  public void wake() {
    begun.release();
  }

  /** What a job waits for, in words; empty: for nothing. Any thread. */
  public Optional<String> note(long job) {
    return Optional.ofNullable(notes.get(job));
  }

  private void run() {
    try {
      while (true) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void step() throws InterruptedException {
    Resync job = null;
    try {
      List<Resync> running = jobs.running();
      if (running.isEmpty()) {
        rest();
        return;
      }
      job = running.get(turn++ % running.size()); // each has its turn
      chunk(job);
    } catch (RowLookup.RefusedException e) {
      fail(job, "the source refuses it: " + e.getMessage());
    } catch (SourceException | JournalException e) {
      note(job, String.valueOf(e.getMessage()));
      pause(LATER);
    } catch (RuntimeException e) {
      log.error("a resync has failed", e);
      fail(job, "an internal error, " + e.getClass().getSimpleName() + "; the log has it");
    }
  }

  private void rest() throws InterruptedException {
    chunks.rest();
    marks.close();
    tries.clear();
    notes = Map.of();
    if (begun.tryAcquire(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
      begun.drainPermits();
    }
  }

  private void fail(@Nullable Resync job, String reason) throws InterruptedException {
    if (job == null) {
      pause(LATER);
      return;
    }
    log.warn(
        "The resync of {} for recipient {} has failed: {}", job.entity(), job.recipient(), reason);
    jobs.end(job.id(), Resync.State.failed, reason);
  }

  private void note(@Nullable Resync job, String words) {
    if (job != null) {
      Map<Long, String> all = new HashMap<>(notes);
      all.put(job.id(), words);
      notes = Map.copyOf(all);
    }
  }

  private void done(Resync job) {
    Map<Long, String> all = new HashMap<>(notes);
    all.remove(job.id());
    notes = Map.copyOf(all);
  }

  private void pause(Duration time) throws InterruptedException {
    if (begun.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
      begun.drainPermits();
    }
  }

  private void chunk(Resync job) throws InterruptedException {
    Set<String> entities = chunks.entities();
    if (entities == null) {
      note(job, "capture has not begun");
      pause(SOON);
      return;
    }
    boolean known = entities.contains(job.entity());
    if (!known || !wanted.test(job.recipient(), job.entity())) {
      fail(
          job,
          !known
              ? "there is no entity " + job.entity() + " in entities.yaml any more"
              : "recipient "
                  + job.recipient()
                  + " has no subscription any more that wants Snapshots of it");
      return;
    }
    if (jobs.waiting(job.recipient()) > MOST_WAITING) {
      note(job, "waits until the recipient has taken what waits for it");
      pause(SOON);
      return;
    }
    if (!isSure()) {
      note(
          job,
          "waits for "
              + unsure.size()
              + " transactions that were under way in the source when it began");
      pause(SOON);
      return;
    }
    long begin = System.nanoTime();
    long rows = read(job);
    long nanos = rows * TimeUnit.SECONDS.toNanos(1) / Math.max(1, job.rate());
    long left = nanos - (System.nanoTime() - begin);
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
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

  private long read(Resync job) throws InterruptedException {
    Set<String> last =
        tries.entrySet().stream()
            .filter(one -> one.getValue() >= MOST_TRIES)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    ResyncProgress progress =
        new ResyncProgress(job.id(), job.lastKey(), job.again(), job.read(), job.sent(), false);
    ResyncChunks.Result result =
        chunks.read(
            new ResyncChunks.Request(
                job.recipient(),
                job.entity(),
                job.condition(),
                progress,
                Math.clamp(job.rate(), 1, CHUNK),
                last),
            marks::write,
            (unread, keys) -> isTaken(job, unread, keys));
    if (result.outcome() == Outcome.NOT_VISIBLE) {
      note(job, "waits for a committed transaction to be visible in the source");
      pause(LATER);
    }
    if (result.outcome() == Outcome.DURABLE) {
      failures = 0;
      Set<String> again = jobs.find(job.id()).map(now -> Set.copyOf(now.again())).orElse(Set.of());
      tries.keySet().retainAll(again);
      again.forEach(key -> tries.merge(key, 1, Integer::sum));
      done(job);
    }
    return result.keys();
  }

  /** Where nothing can be read at all, as behind a lock, it is waited for; a bad row is not. */
  private boolean isTaken(Resync job, int unread, int keys) throws InterruptedException {
    if ((unread == keys && keys > 1) || ++failures < MOST_FAILURES) {
      note(
          job,
          "%d of %d entities cannot be read from the source at present".formatted(unread, keys));
      pause(LATER);
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

  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW) { // a start that was refused leaves it so
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    marks.close();
  }
}
