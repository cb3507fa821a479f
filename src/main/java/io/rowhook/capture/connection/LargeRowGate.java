package io.rowhook.capture.connection;

import java.time.Duration;

/**
 * Lets one large row change at a time through an engine, from before the driver makes room for it
 * until it has been read: several, in the driver, in the queue and in the engine's batch, would
 * fill a small heap. Any thread: one enters, one leaves.
 */
public final class LargeRowGate {

  /** What counts as large, in bytes as the log has it. */
  static final long LARGE = 1 << 20;

  /** Should one never leave, the next goes on after so long: then memory decides. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  // guarded by this
  private int inside;
  private long since;

  /** One comes; returns whether it may: not while there is another. */
  synchronized boolean enter(long bytes) {
    if (bytes < LARGE) {
      return true;
    }
    long now = System.nanoTime();
    if (inside > 0 && now - since < PATIENCE.toNanos()) {
      return false;
    }
    inside++;
    since = now;
    return true;
  }

  /** It has been read, or nobody will. */
  public synchronized void leave(long bytes) {
    if (bytes >= LARGE) {
      inside = Math.max(0, inside - 1);
    }
  }
}
