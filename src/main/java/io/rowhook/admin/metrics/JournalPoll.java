package io.rowhook.admin.metrics;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the journal when a scrape wants it, and not more often than is cheap; a journal that does
 * not answer holds up no scrape for long, which then shows what was read last, and how old that is.
 * Any thread.
 */
final class JournalPoll {

  /** Whoever scrapes more often is shown the same again. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** A scrape that has begun a reading waits so long for it. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Between two readings passes so many times what the last one took. */
  private static final int REST = 20;

  private static final Logger log = LoggerFactory.getLogger(JournalPoll.class);

  private final Supplier<JournalReading> read;
  private volatile JournalReading newest = JournalReading.NEVER;

  // guarded by this
  private @Nullable Thread reading;
  private long due = System.nanoTime();

  JournalPoll(Supplier<JournalReading> read) {
    this.read = read;
  }

  /** What was read last; read anew where it is time. Waits no longer than {@link #PATIENCE}. */
  JournalReading newest() {
    Thread begun = begin();
    if (begun != null) {
      try {
        begun.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return newest;
  }

  private synchronized @Nullable Thread begin() {
    if (reading != null || System.nanoTime() - due < 0) {
      return null;
    }
    reading = Thread.ofVirtual().name("metrics").start(this::run);
    return reading;
  }

  private void run() {
    long begin = System.nanoTime();
    try {
      newest = read.get();
    } catch (RuntimeException e) {
      log.debug("the journal cannot be read for metrics", e); // they show how old the last is
    } finally {
      ended(begin, System.nanoTime());
    }
  }

  private synchronized void ended(long begin, long now) {
    reading = null;
    due = now + Math.max(FRESH.toNanos() - (now - begin), REST * (now - begin));
  }
}
