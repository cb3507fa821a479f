package io.rowhook.webhook.dispatch;

import io.rowhook.recipient.DeliveryMode;
import io.rowhook.webhook.MemoryBudget;

/**
 * How much of a recipient's backlog may be in memory: so many deliveries, so many bytes, and no
 * more than the {@link MemoryBudget} of all recipients has room for. Owned by the dispatcher's
 * thread.
 */
final class BufferRoom {

  /** Deliveries in memory: enough that a page from the journal is worth reading. */
  static final int SMALLEST = 256;

  /** With many jobs, so many for each, so that lanes that wait do not idle the others. */
  static final int FOR_EACH_JOB = 4;

  static final int LARGEST = 4096;

  /** Beyond so many bytes of events nothing more is read. */
  static final long BYTES = 16L << 20;

  private final KeyedQueue queue;
  private final MemoryBudget budget;
  private int capacity;

  BufferRoom(KeyedQueue queue, MemoryBudget budget, DeliveryMode processing) {
    this.queue = queue;
    this.budget = budget;
    this.capacity = capacity(processing);
  }

  static int capacity(DeliveryMode processing) {
    return Math.clamp((long) FOR_EACH_JOB * processing.jobs(), SMALLEST, LARGEST);
  }

  /** Takes another number of jobs into account. */
  void resize(DeliveryMode processing) {
    capacity = capacity(processing);
  }

  /** How many more deliveries there is room for; always for one, if there is none. */
  int left() {
    if (queue.size() == 0) {
      return Math.clamp(budget.free() / MemoryBudget.DELIVERY_BYTES, 1, capacity);
    }
    if (isFull()) {
      return 0;
    }
    long more = (budget.free() - queue.bytes()) / MemoryBudget.DELIVERY_BYTES;
    return Math.clamp(more, 0, Math.max(0, capacity - queue.size()));
  }

  /** True if nothing more may be taken in, by the bytes. */
  boolean isFull() {
    return queue.size() > 0 && queue.bytes() >= Math.min(BYTES, budget.free());
  }

  /** True if another page is worth reading: half is empty. */
  boolean isHalfEmpty() {
    return queue.size() == 0
        || (queue.size() <= capacity / 2
            && queue.bytes() < BYTES
            && queue.bytes() <= budget.free() / 2);
  }
}
