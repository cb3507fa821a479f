package io.rowhook.journal;

import io.rowhook.capture.LogMarks;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceException;
import io.rowhook.entity.ResyncChunks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings recipients up to date: reads what is there, chunk by chunk, each between two marks in the
 * log, see {@link ResyncChunks}. What is durable of a job is done; after a kill it goes on behind
 * it. A {@link JobThread} owns it.
 */
public final class ResyncRunner implements JobThread.Jobs<Resync>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ResyncRunner.class);

  private final Resyncs jobs;
  private final ResyncChunks chunks;
  private final LogMarks marks;
  private final ResyncStep steps;
  private final JobThread<Resync> thread = new JobThread<>("resync", this);

  // the thread's
  private final Map<Long, ResyncMemory> memories = new HashMap<>();

  private final ResyncNotes notes = new ResyncNotes();

  /** What it has to know of the rest of the process. Called on its thread. */
  public interface Surroundings {

    /** Whether another instance is at work, and this one waits to take over. */
    boolean standsBy();

    /** Whether a recipient has a file. */
    boolean isServed(String recipient);

    /** Whether a recipient has a subscription that wants Snapshots of an entity. */
    boolean wants(String recipient, String entity);

    /** Up to which sequence a recipient has settled all, or has it among its exceptions. */
    OptionalLong settled(String recipient);

    /** Whether what waits for a recipient is far from its limit. */
    boolean hasRoom(String recipient);

    /** About how many rows an entity has; empty if the source does not say. */
    OptionalLong estimate(String entity, String condition);
  }

  /** Builds it at rest. */
  public ResyncRunner(Resyncs jobs, ResyncChunks chunks, LogMarks marks, Surroundings around) {
    this.jobs = jobs;
    this.chunks = chunks;
    this.marks = marks;
    this.steps = new ResyncStep(jobs, chunks, marks, around, notes);
  }

  public void start() {
    thread.start();
  }

  /** A job was added. Any thread. */
  public void wake() {
    thread.wake();
  }

  /** What a job waits for, in words; empty: for nothing. Any thread. */
  public Optional<String> note(long job) {
    return notes.of(job);
  }

  @Override
  public List<Resync> running() {
    return jobs.running();
  }

  @Override
  public long number(Resync job) {
    return job.id();
  }

  /** Whatever it meets, the thread goes on. */
  @Override
  public Duration turn(Resync job) throws InterruptedException {
    try {
      return steps.take(job, memories.computeIfAbsent(job.id(), _ -> new ResyncMemory()));
    } catch (RowLookup.RefusedException e) {
      if (e.isPassing()) {
        notes.note(
            job, "waits, since the source does not say which rows there are: " + e.getMessage());
        return ResyncStep.LATER;
      }
      String condition = job.condition().isEmpty() ? "" : ", of the condition " + job.condition();
      return steps.fail(job, e.getMessage() + condition);
    } catch (SourceException | JournalException e) {
      notes.note(job, String.valueOf(e.getMessage()));
      return ResyncStep.LATER;
    } catch (RuntimeException | StackOverflowError e) {
      log.error("a resync has failed", e);
      return steps.fail(
          job, "an internal error, " + e.getClass().getSimpleName() + "; the log has it");
    }
  }

  @Override
  public void rest() {
    chunks.rest();
    marks.close();
    memories.clear();
    notes.clear();
  }

  @Override
  public void close() {
    thread.close();
    marks.close();
  }
}
