package io.rowhook.webhook.dispatch;

import io.rowhook.journal.DeliveryStore;

/**
 * Counts what a {@link DeliveryBuffer} has written that may not be durable yet, and waits for it
 * where that is too much. Owned by the dispatcher's thread.
 */
final class UnflushedWrites {

  /**
   * Outcomes not known to be durable: at most so many, and those in flight, are sent again after a
   * crash.
   */
  static final int MOST = 500;

  private final DeliveryStore store;
  private int count; // at most so many are not durable
  private boolean flushed;

  UnflushedWrites(DeliveryStore store) {
    this.store = store;
  }

  /** One more was written. */
  void wrote() throws InterruptedException {
    count++;
    if (count >= MOST) {
      count = store.queued(); // mostly less: the journal has gone on meanwhile
      flushed = true;
      if (count >= MOST) {
        flush();
      }
    }
  }

  /** Waits until all that was written is durable, so that the delivery store can be read. */
  void flush() throws InterruptedException {
    if (count > 0) {
      store.flush();
      count = 0;
      flushed = true;
    }
  }

  /** Whether the delivery store has taken anything durably yet. */
  boolean flushed() {
    return flushed;
  }
}
