package io.rowhook.admin.http;

import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that requests came which could not be handled: a line a minute at most, since whoever
 * reaches the port can send as many as they like. Any thread.
 */
final class RefusalLog {

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final long PAUSE = Duration.ofMinutes(1).toMillis();

  private final InstantSource clock;
  private long next = Long.MIN_VALUE;
  private long unsaid;

  RefusalLog(InstantSource clock) {
    this.clock = clock;
  }

  /** One came. */
  void note(RuntimeException why) {
    LOG.debug("a request could not be handled", why);
    long now = clock.millis();
    long before;
    synchronized (this) {
      if (now < next) {
        unsaid++;
        return;
      }
      before = unsaid;
      unsaid = 0;
      next = now + PAUSE;
    }
    LOG.warn(
        "a request could not be handled, and {} before it that were not logged: {}."
            + " ROWHOOK_LOG=debug shows where",
        before,
        why.toString().replaceAll("\\p{Cntrl}+", " "));
  }
}
