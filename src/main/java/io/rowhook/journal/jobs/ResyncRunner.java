package io.rowhook.journal.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.LogMarks;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.resync.Chunk;
import io.rowhook.entity.resync.ChunkReader;
import io.rowhook.entity.resync.ChunkReader.InvisibleException;
import io.rowhook.entity.resync.ChunkWindow;
import io.rowhook.entity.resync.ChunkWindow.State;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Resync;
import io.rowhook.journal.Resyncs;
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
 * log, see {@link ChunkWindow}. What is durable of a job is done; after a kill it goes on behind
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

  /** A mark that has not come by then is given up, and another written. */
  private static final Duration MARK = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(ResyncRunner.class);

  private final Resyncs jobs;
  private final ChunkWindow window;
  private final LogMarks marks;
  private final ChunkReader reader;
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
   * @param rows a lookup of its own, so that capture never waits for it
   * @param wanted whether a recipient has a subscription that wants Snapshots of an entity
   */
  public ResyncRunner(
      Resyncs jobs,
      ChunkWindow window,
      LogMarks marks,
      RowLookup rows,
      BiPredicate<String, String> wanted) {
    this.jobs = jobs;
    this.window = window;
    this.marks = marks;
    this.reader = new ChunkReader(rows);
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
    } catch (InvisibleException | SourceException | JournalException e) {
      note(job, String.valueOf(e.getMessage()));
      window.close();
      pause(LATER);
    } catch (RuntimeException e) {
      log.error("a resync has failed", e);
      fail(job, "an internal error, " + e.getClass().getSimpleName() + "; the log has it");
    }
  }

  private void rest() throws InterruptedException {
    window.rest();
    marks.close();
    tries.clear();
    notes = Map.of();
    if (begun.tryAcquire(IDLE.toMillis(), TimeUnit.MILLISECONDS)) {
      begun.drainPermits();
    }
  }

  private void fail(@Nullable Resync job, String reason) throws InterruptedException {
    window.close();
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

  private void chunk(Resync job) throws InterruptedException, InvisibleException {
    EntitySchemas schemas = window.schemas();
    if (schemas == null) {
      note(job, "capture has not begun");
      pause(SOON);
      return;
    }
    EntitySchema schema = schemas.byName().get(job.entity());
    if (schema == null || !wanted.test(job.recipient(), job.entity())) {
      fail(
          job,
          schema == null
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
    long rows = read(job, schema);
    done(job);
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
    if (window.watch()) {
      unsure = new HashSet<>(marks.running());
    }
    if (!unsure.isEmpty()) {
      unsure.removeAll(window.ended());
      if (!unsure.isEmpty()) {
        unsure.retainAll(marks.running());
      }
    }
    return unsure.isEmpty();
  }

  private long read(Resync job, EntitySchema schema)
      throws InterruptedException, InvisibleException {
    Set<String> last =
        tries.entrySet().stream()
            .filter(one -> one.getValue() >= MOST_TRIES)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    Optional<ObjectNode> low =
        window.open(
            job.entity(),
            new ChunkWindow.Job(
                job.id(), job.recipient(), job.lastKey(), job.read(), job.sent(), last));
    if (low.isEmpty()) {
      return 0; // a new engine: all of it again
    }
    marks.write(low.get());
    if (window.await(State.AWAITED, MARK) != State.OPEN) {
      window.close();
      return 0;
    }
    Set<String> seen = window.ended();
    List<RowKey> again = job.again().stream().map(RowKey::parse).toList();
    RowKey after = job.lastKey() == null ? null : RowKey.parse(job.lastKey());
    int limit = Math.clamp(job.rate(), 1, CHUNK);
    Chunk chunk = reader.read(schema, job.condition(), after, again, limit, seen);
    window.visible(seen);
    if (chunk.unread() > 0 && isTriedAgain(job, chunk)) {
      window.close();
      pause(LATER);
      return 0;
    }
    failures = 0;
    if (chunk.unread() > 0) {
      log.warn(
          "{} of {} entities could not be read whole from the source in the resync of {} for"
              + " recipient {}; of what could not be read at all there is no event",
          chunk.unread(),
          chunk.keys(),
          job.entity(),
          job.recipient());
    }
    Optional<ObjectNode> high = window.read(chunk);
    if (high.isEmpty()) {
      return 0;
    }
    marks.write(high.get());
    State state = window.await(State.READ, MARK);
    window.close();
    if (state == State.DURABLE) {
      tries.keySet().removeIf(key -> !chunk.drafts().containsKey(key));
      jobs.find(job.id())
          .ifPresent(now -> {
            tries.keySet().retainAll(Set.copyOf(now.again()));
            now.again().forEach(key -> tries.merge(key, 1, Integer::sum));
          });
    }
    return chunk.keys();
  }

  /** Where nothing can be read at all, as behind a lock, it is waited for; a bad row is not. */
  private boolean isTriedAgain(Resync job, Chunk chunk) {
    boolean nothing = chunk.unread() == chunk.keys();
    note(
        job,
        "%d of %d entities cannot be read from the source at present"
            .formatted(chunk.unread(), chunk.keys()));
    return (nothing && chunk.keys() > 1) || ++failures < MOST_FAILURES;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    marks.close();
  }
}
