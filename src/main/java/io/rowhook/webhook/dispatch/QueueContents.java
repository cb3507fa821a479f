package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.webhook.MemoryBudget;
import java.util.HashSet;
import java.util.Set;

/**
 * Which deliveries are in a {@link KeyedQueue}, those in flight included, and what they weigh: they
 * take their part of the {@link MemoryBudget}. Owned by the dispatcher's thread.
 */
final class QueueContents {

  private final MemoryBudget budget;
  private final boolean byReferences;
  private final NamedInMemory named = new NamedInMemory();
  private final Set<Long> sequences = new HashSet<>();
  private long bytes;
  private int fromDisk;

  /**
   * @param byReferences whether what an event names counts
   */
  QueueContents(MemoryBudget budget, boolean byReferences) {
    this.budget = budget;
    this.byReferences = byReferences;
  }

  /** Takes one in. Returns it with the event that all buffers share. */
  Delivery admit(Delivery delivery) {
    Delivery shared = delivery.with(budget.share(delivery.entry()));
    sequences.add(delivery.sequence());
    long names = byReferences ? named.add(shared) : 0;
    budget.take(ownBytes(delivery) + names);
    bytes += MemoryBudget.DELIVERY_BYTES + delivery.bytes() + names;
    fromDisk += delivery.isStored() ? 1 : 0;
    return shared;
  }

  /** Lets one go, if it is there. */
  void forget(Delivery delivery) {
    if (sequences.remove(delivery.sequence())) {
      budget.unshare(delivery.entry());
      long names = named.remove(delivery.sequence());
      budget.release(ownBytes(delivery) + names);
      bytes -= MemoryBudget.DELIVERY_BYTES + delivery.bytes() + names;
      fromDisk -= delivery.isStored() ? 1 : 0;
    }
  }

  private static long ownBytes(Delivery delivery) {
    return MemoryBudget.DELIVERY_BYTES + delivery.bytes() - delivery.entry().event().json().length;
  }

  boolean contains(long sequence) {
    return sequences.contains(sequence);
  }

  int size() {
    return sequences.size();
  }

  /** How many of them the delivery store has as exceptions. */
  int fromDisk() {
    return fromDisk;
  }

  /** Returns what they weigh, as if no other buffer held their events. */
  long bytes() {
    return bytes;
  }

  /** Whether what an event names counts. */
  boolean byReferences() {
    return byReferences;
  }

  /** What they name; nothing where that does not count. */
  NamedInMemory named() {
    return named;
  }
}
