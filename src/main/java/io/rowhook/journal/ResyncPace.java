package io.rowhook.journal;

import java.time.Duration;

/**
 * How many entities are read at once for a recipient: as many as it takes in about the time of a
 * chunk, so that its own changes never wait long behind what is sent to bring it up to date. One
 * resync's, one thread's; time comes in.
 */
final class ResyncPace {

  /** Entities of one chunk: more at once would be a wave that changes wait behind. */
  static final int MOST = 50;

  static final int FIRST = 25;
  static final int LEAST = 10;

  /** Waited for so long, a chunk was too large. */
  private static final long LONG = Duration.ofSeconds(1).toNanos();

  /** What waits of a recipient's own changes in good times. */
  private static final int FEW = 50;

  /** Twice as long as a chunk takes nothing is read: two thirds of the time are for changes. */
  private static final int REST = 2;

  private int size = FIRST;
  private boolean blocked;
  private long blockedAt;

  /** Whether it has waited for so long that a person may wonder. */
  boolean isLong(long nanos) {
    return blocked && nanos - blockedAt > LONG;
  }

  /**
   * How long to rest after a chunk. It takes longer where source, processor or journal have more to
   * do, and then the rest is longer too.
   *
   * @param took the chunk's time, from its low mark until it was durable
   */
  static long rest(long took) {
    return REST * took;
  }

  /** How many to read at once. */
  int size() {
    return size;
  }

  /**
   * Whether there may be more.
   *
   * @param waiting events that wait for the recipient
   */
  boolean mayGoOn(long waiting, long nanos) {
    if (waiting > Math.max(FEW, size)) {
      blockedAt = blocked ? blockedAt : nanos;
      blocked = true;
      return false;
    }
    if (blocked && nanos - blockedAt > LONG) {
      size = Math.max(LEAST, size / 2);
    } else {
      size = Math.min(MOST, size * 2);
    }
    blocked = false;
    return true;
  }
}
