package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The order in a {@link RecipientDispatcher}'s window: one lane for each entity, or one for all; of
 * each lane only the head may be in flight, and what is behind it waits. What is in here takes its
 * part of the {@link MemoryBudget}. Owned by the dispatcher's thread. Bounded by {@link
 * DeliveryBuffer}, which alone adds to it.
 */
public final class KeyedQueue {

  private final boolean oneForAll;
  private final MemoryBudget budget;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> ready = new ArrayDeque<>(); // the head of each is not in flight
  private final Set<Long> sequences = new HashSet<>();
  private long bytes;
  private int fromDisk;

  KeyedQueue(boolean oneForAll, MemoryBudget budget) {
    this.oneForAll = oneForAll;
    this.budget = budget;
  }

  private static final class Lane {
    final ArrayDeque<Delivery> waiting = new ArrayDeque<>(1); // there are many, and mostly of one
    @Nullable Delivery inFlight;
  }

  /** Puts a delivery, which must not be in here yet, at the end of its lane. */
  void add(Delivery one) {
    if (sequences.contains(one.sequence())) {
      throw new IllegalStateException("sequence " + one.sequence() + " is in the window already");
    }
    Delivery delivery = admit(one);
    Lane lane = lanes.computeIfAbsent(key(delivery), _ -> new Lane());
    lane.waiting.add(delivery);
    if (lane.inFlight == null && lane.waiting.size() == 1) {
      ready.add(lane);
    }
  }

  /** Takes the next delivery that may be attempted now; null if there is none. */
  @Nullable Delivery next() {
    Lane lane = ready.poll();
    if (lane == null) {
      return null;
    }
    lane.inFlight = lane.waiting.remove().to(DeliveryState::toInFlight);
    return lane.inFlight;
  }

  /** Ends a delivery that was in flight; the one behind it may go. */
  void settled(Delivery delivery) {
    Lane lane = leave(delivery);
    if (lane.waiting.isEmpty()) {
      lanes.remove(key(delivery));
    } else {
      ready.add(lane);
    }
  }

  /** Takes a delivery that was in flight out, and all behind it, which are returned in order. */
  List<Delivery> failed(Delivery delivery) {
    Lane lane = leave(delivery);
    lanes.remove(key(delivery));
    lane.waiting.forEach(this::forget);
    return List.copyOf(lane.waiting);
  }

  /** Takes out all that is not in flight. */
  List<Delivery> clearWaiting() {
    List<Delivery> cleared = new ArrayList<>();
    lanes
        .values()
        .removeIf(lane -> {
          cleared.addAll(lane.waiting);
          lane.waiting.clear();
          return lane.inFlight == null;
        });
    ready.clear();
    cleared.forEach(this::forget);
    return cleared;
  }

  /**
   * Lets those behind one in flight go that are of its entity and up to {@code newest}, which takes
   * its own place among them if it is one.
   *
   * @return those that are gone: without the newest
   */
  List<Delivery> skip(Delivery delivery, Delivery newest) {
    Lane lane = laneOf(delivery);
    List<Delivery> gone = new ArrayList<>();
    List<Delivery> kept = new ArrayList<>();
    for (Delivery waiting : lane.waiting) {
      if (waiting.sequence() == newest.sequence()) {
        forget(waiting);
        kept.add(admit(newest));
      } else if (waiting.sequence() < newest.sequence()
          && waiting.entityKey().equals(delivery.entityKey())) {
        gone.add(waiting);
      } else {
        kept.add(waiting);
      }
    }
    lane.waiting.clear();
    lane.waiting.addAll(kept);
    gone.forEach(this::forget);
    return gone;
  }

  /** Puts another of its entity, which may wait behind it, in the place of one in flight. */
  Delivery replaceInFlight(Delivery delivery, Delivery newest) {
    Lane lane = leave(delivery);
    if (lane.waiting.removeIf(waiting -> waiting.sequence() == newest.sequence())) {
      forget(newest);
    }
    lane.inFlight = admit(newest).to(DeliveryState::toInFlight);
    return lane.inFlight;
  }

  /** Puts one that was taken, and is not in flight yet, back to the head of its lane. */
  void returnToHead(Delivery delivery) {
    Lane lane = laneOf(delivery);
    lane.inFlight = null;
    lane.waiting.addFirst(delivery.to(DeliveryState::toWhereItStood));
    ready.add(lane);
  }

  /** Lets go of some that are not in flight. */
  void dropIf(Predicate<Delivery> which) {
    lanes
        .values()
        .removeIf(lane -> {
          lane.waiting.removeIf(waiting -> {
            boolean goes = which.test(waiting);
            if (goes) {
              forget(waiting);
            }
            return goes;
          });
          if (lane.waiting.isEmpty()) {
            ready.remove(lane);
          }
          return lane.waiting.isEmpty() && lane.inFlight == null;
        });
  }

  boolean contains(long sequence) {
    return sequences.contains(sequence);
  }

  boolean hasLane(String entityKey) {
    return lanes.containsKey(oneForAll ? "" : entityKey);
  }

  /** Whether there is but one. */
  boolean oneForAll() {
    return oneForAll;
  }

  /** How many are in here, those in flight included. */
  public int size() {
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

  /** Takes out all, also what is in flight, for whoever uses this no more. */
  void clear() {
    clearWaiting();
    lanes
        .values()
        .forEach(lane -> {
          if (lane.inFlight != null) {
            forget(lane.inFlight);
          }
        });
    lanes.clear();
  }

  private Lane leave(Delivery delivery) {
    Lane lane = laneOf(delivery);
    lane.inFlight = null;
    forget(delivery);
    return lane;
  }

  private Lane laneOf(Delivery delivery) {
    Lane lane = lanes.get(key(delivery));
    if (lane == null || lane.inFlight == null || lane.inFlight.sequence() != delivery.sequence()) {
      throw new IllegalStateException("sequence " + delivery.sequence() + " was not in flight");
    }
    return lane;
  }

  /** Returns it with the event that all buffers share. */
  private Delivery admit(Delivery delivery) {
    Delivery shared = delivery.with(budget.share(delivery.entry()));
    sequences.add(delivery.sequence());
    budget.take(ownBytes(delivery));
    bytes += MemoryBudget.DELIVERY_BYTES + delivery.bytes();
    fromDisk += delivery.isStored() ? 1 : 0;
    return shared;
  }

  private void forget(Delivery delivery) {
    if (sequences.remove(delivery.sequence())) {
      budget.unshare(delivery.entry());
      budget.release(ownBytes(delivery));
      bytes -= MemoryBudget.DELIVERY_BYTES + delivery.bytes();
      fromDisk -= delivery.isStored() ? 1 : 0;
    }
  }

  private static long ownBytes(Delivery delivery) {
    return MemoryBudget.DELIVERY_BYTES + delivery.bytes() - delivery.entry().event().json().length;
  }

  private String key(Delivery delivery) {
    return oneForAll ? "" : delivery.entityKey();
  }
}
