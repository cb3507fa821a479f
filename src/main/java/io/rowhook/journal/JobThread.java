package io.rowhook.journal;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that goes on with long jobs of one kind, a step of one at a time, the one first
 * whose turn is due first: what one waits for holds up no other.
 */
public final class JobThread<J> implements AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(1);

  /** How long the journal is left alone that does not say which jobs run. */
  private static final Duration LATER = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(JobThread.class);

  /** The jobs of one kind. All is asked on the thread. */
  public interface Jobs<J> {

    /**
     * Those that run.
     *
     * @throws JournalException if the journal does not say
     */
    List<J> running();

    /** What tells one from the others. */
    long number(J job);

    /**
     * Goes on with one, and lets nothing but an interruption through.
     *
     * @return after which time it may have its next turn
     */
    Duration turn(J job) throws InterruptedException;

    /** None runs. */
    void rest();
  }

  private final Jobs<J> jobs;
  private final Semaphore begun = new Semaphore(0);
  private final Thread thread;
  private final long began = System.nanoTime();

  /** When each has its next turn, by the thread's clock. The thread's. */
  private final Map<Long, Long> turns = new HashMap<>();

  /** Builds it at rest. */
  public JobThread(String name, Jobs<J> jobs) {
    this.jobs = jobs;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** A job was added. Any thread. */
  public void wake() {
    begun.release();
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
    List<J> running;
    try {
      running = jobs.running();
    } catch (JournalException e) {
      LOG.debug("which jobs run", e);
      pause(LATER);
      return;
    }
    long now = System.nanoTime() - began;
    Set<Long> numbers = new HashSet<>();
    running.forEach(one -> numbers.add(jobs.number(one)));
    turns.keySet().retainAll(numbers);
    numbers.forEach(one -> turns.putIfAbsent(one, now));
    if (running.isEmpty()) {
      jobs.rest();
      pause(IDLE);
      return;
    }
    J next = Collections.min(running, Comparator.comparingLong(this::due));
    if (due(next) > now) {
      pause(Duration.ofNanos(due(next) - now));
      return;
    }
    Duration wait = jobs.turn(next);
    turns.put(jobs.number(next), System.nanoTime() - began + wait.toNanos());
  }

  private long due(J job) {
    return turns.getOrDefault(jobs.number(job), 0L);
  }

  /** One that is new ends it. */
  private void pause(Duration time) throws InterruptedException {
    if (begun.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
      begun.drainPermits();
    }
  }

  /** Waits for the step that is under way, at most five seconds. */
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
  }
}
