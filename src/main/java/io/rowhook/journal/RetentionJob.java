package io.rowhook.journal;

import io.rowhook.base.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the journal what everyone has settled once it is older than the retention time, and
 * recipients that have had no file for as long, in small steps, so that nobody waits for it. One
 * daemon thread owns it.
 */
public final class RetentionJob implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final Duration BETWEEN_STEPS = Duration.ofMillis(50);
  private static final int STEP = 500;

  private static final Logger log = LoggerFactory.getLogger(RetentionJob.class);

  private final SqliteJournal journal;
  private final Supplier<Duration> retention;
  private final Supplier<Set<String>> present;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("housekeeping").unstarted(this::run);

  /**
   * Builds it at rest.
   *
   * @param retention how long what is settled is kept
   * @param present names of the recipients that have a file, or are still served
   */
  public RetentionJob(
      SqliteJournal journal, Supplier<Duration> retention, Supplier<Set<String>> present) {
    this.journal = journal;
    this.retention = retention;
    this.present = present;
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        sweep();
      } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
  }

  private void sweep() throws InterruptedException {
    try {
      Instant now = Instant.now();
      Instant before = now.minus(retention.get());
      Set<String> counting = journal.housekeeping().seen(present.get(), now, before);
      journal.housekeeping().forgetUnseenSince(before);
      boolean captures = journal.sharing().captures();
      if (captures) {
        journal.completeness().thin(now);
      }
      if (journal.sharing().isShared()) {
        journal.housekeeping().keepStates(before);
      }
      long removed = captures ? removeSettled(before, counting) : 0;
      if (journal.sharing().isShared()) {
        journal.housekeeping().removeOrphans();
      }
      journal.audit().sweep(now, STEP);
      if (removed > 0) {
        log.info(
            "removed {} events that were settled and older than {}",
            removed,
            Durations.of(retention.get()));
      }
    } catch (JournalException e) {
      log.warn("settled events could not be removed, tried again in a minute: {}", e.getMessage());
    }
  }

  private long removeSettled(Instant before, Set<String> counting) throws InterruptedException {
    if (journal.sharing().isShared()) {
      journal.resyncs().forgetAdmitted(present.get());
    }
    long removed = 0;
    int step;
    do {
      step = journal.housekeeping().removeSettled(before, counting, STEP);
      removed += step;
    } while (step == STEP && !closed.await(BETWEEN_STEPS.toMillis(), TimeUnit.MILLISECONDS));
    return removed;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}
