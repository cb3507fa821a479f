package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The order in a {@link RecipientDispatcher}'s window: one lane for each entity, or one for all; of
 * each lane only the head may be in flight, or, of the one for all, as many as one request may
 * have; what is behind waits. By {@code order: references} a head waits as well for what it names.
 * What is in here takes its part of the {@link MemoryBudget}. Owned by the dispatcher's thread.
 * Bounded by {@link DeliveryBuffer}, which alone adds to it.
 */
public final class KeyedQueue {

  private final boolean oneForAll;
  private final int together; // of a lane in flight
  private final QueueContents contents;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> ready = new ArrayDeque<>(); // the next of each may be in flight

  /**
   * Makes an empty one.
   *
   * @param together how many of one request there may be
   */
  KeyedQueue(DeliveryMode processing, int together, MemoryBudget budget) {
    this.oneForAll =
        switch (processing) {
          case DeliveryMode.Sequential _ -> true;
          case DeliveryMode.Parallel _ -> false;
        };
    this.together = oneForAll ? together : 1;
    this.contents = new QueueContents(budget, processing.order() == DeliveryOrder.references);
  }

  private static final class Lane {
    final ArrayDeque<Delivery> waiting = new ArrayDeque<>(1); // there are many, and mostly of one
    final List<Delivery> inFlight = new ArrayList<>(1);
    boolean isReady;
  }

  /** Puts a delivery, which must not be in here yet, at the end of its lane. */
  void add(Delivery one) {
    if (contents.contains(one.sequence())) {
      throw new IllegalStateException("sequence " + one.sequence() + " is in the window already");
    }
    Delivery delivery = contents.admit(one);
    Lane lane = lanes.computeIfAbsent(key(delivery), _ -> new Lane());
    lane.waiting.add(delivery);
    refresh(lane);
  }

  /** Puts a lane among the ready ones, or takes it out. */
  private void refresh(Lane lane) {
    boolean isReady =
        !lane.waiting.isEmpty()
            && lane.inFlight.size() < together
            && !contents.named().holds(lane.waiting.getFirst());
    if (isReady == lane.isReady) {
      return;
    }
    lane.isReady = isReady;
    if (isReady) {
      ready.add(lane);
    } else {
      ready.remove(lane);
    }
  }

  /** Takes the next delivery that may be attempted now; null if there is none. */
  @Nullable Delivery next() {
    for (String key : contents.named().released()) {
      Lane lane = lanes.get(key);
      if (lane != null) {
        refresh(lane);
      }
    }
    Lane lane = ready.poll();
    if (lane == null) {
      return null;
    }
    lane.isReady = false;
    Delivery next = lane.waiting.remove().to(DeliveryState::toInFlight);
    lane.inFlight.add(next);
    refresh(lane);
    return next;
  }

  /** Ends a delivery that was in flight; the one behind it may go. */
  void settled(Delivery delivery) {
    Lane lane = leave(delivery);
    if (lane.waiting.isEmpty() && lane.inFlight.isEmpty()) {
      lanes.remove(key(delivery));
    } else {
      refresh(lane);
    }
  }

  /**
   * Takes a delivery that was in flight out, and all that waits for it, itself or for one that
   * does; those of a lane are returned in order.
   */
  List<Follower> failed(Delivery delivery) {
    List<Follower> gone = new ArrayList<>();
    Lane lane = laneOf(delivery);
    lane.waiting.forEach(waiting -> gone.add(new Follower(waiting, null)));
    lane.waiting.clear();
    takeNaming(delivery, gone);
    for (int i = 0; i < gone.size(); i++) {
      takeNaming(gone.get(i).delivery(), gone);
    }
    gone.forEach(follower -> contents.forget(follower.delivery()));
    leave(delivery);
    refresh(lane);
    if (lane.inFlight.isEmpty()) {
      lanes.remove(key(delivery));
    }
    return gone;
  }

  /** Takes out those that one holds which they name, and what is behind them. */
  private void takeNaming(Delivery holding, List<Follower> gone) {
    for (Follower follower : contents.named().followers(holding)) {
      String key = key(follower.delivery());
      Lane lane = lanes.get(key);
      if (lane == null) {
        continue;
      }
      boolean isBehind = false;
      for (Delivery waiting : List.copyOf(lane.waiting)) {
        boolean isNaming = waiting.sequence() == follower.delivery().sequence();
        isBehind |= isNaming;
        if (isBehind) {
          lane.waiting.remove(waiting);
          gone.add(isNaming ? follower : new Follower(waiting, null));
        }
      }
      refresh(lane);
      if (lane.waiting.isEmpty() && lane.inFlight.isEmpty()) {
        lanes.remove(key);
      }
    }
  }

  /** Takes out all that is not in flight. */
  List<Delivery> clearWaiting() {
    List<Delivery> cleared = new ArrayList<>();
    lanes
        .values()
        .removeIf(lane -> {
          cleared.addAll(lane.waiting);
          lane.waiting.clear();
          lane.isReady = false;
          return lane.inFlight.isEmpty();
        });
    ready.clear();
    cleared.forEach(contents::forget);
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
        contents.forget(waiting);
        kept.add(contents.admit(newest));
      } else if (waiting.sequence() < newest.sequence()
          && waiting.entityKey().equals(delivery.entityKey())) {
        gone.add(waiting);
      } else {
        kept.add(waiting);
      }
    }
    lane.waiting.clear();
    lane.waiting.addAll(kept);
    gone.forEach(contents::forget);
    refresh(lane);
    return gone;
  }

  /** Puts another of its entity, which may wait behind it, in the place of one in flight. */
  Delivery replaceInFlight(Delivery delivery, Delivery newest) {
    Lane lane = leave(delivery);
    if (lane.waiting.removeIf(waiting -> waiting.sequence() == newest.sequence())) {
      contents.forget(newest);
    }
    Delivery instead = contents.admit(newest).to(DeliveryState::toInFlight);
    lane.inFlight.add(instead);
    refresh(lane);
    return instead;
  }

  /** Puts one that was taken, and was not sent, back to the head of its lane. */
  void returnToHead(Delivery delivery) {
    Lane lane = laneOf(delivery);
    lane.inFlight.remove(placeInFlight(lane, delivery));
    lane.waiting.addFirst(delivery.to(DeliveryState::toWhereItStood));
    refresh(lane);
  }

  /** Lets go of some that are not in flight. */
  void dropIf(Predicate<Delivery> which) {
    lanes
        .values()
        .removeIf(lane -> {
          lane.waiting.removeIf(waiting -> {
            boolean goes = which.test(waiting);
            if (goes) {
              contents.forget(waiting);
            }
            return goes;
          });
          refresh(lane);
          return lane.waiting.isEmpty() && lane.inFlight.isEmpty();
        });
  }

  boolean contains(long sequence) {
    return contents.contains(sequence);
  }

  boolean hasLane(String entityKey) {
    return lanes.containsKey(oneForAll ? "" : entityKey);
  }

  /** Whether there is but one. */
  boolean oneForAll() {
    return oneForAll;
  }

  /** Whether what an event names counts. */
  boolean byReferences() {
    return contents.byReferences();
  }

  /** How many are in here, those in flight included. */
  public int size() {
    return contents.size();
  }

  /** How many of them the delivery store has as exceptions. */
  int fromDisk() {
    return contents.fromDisk();
  }

  /** Returns what they weigh, as if no other buffer held their events. */
  long bytes() {
    return contents.bytes();
  }

  /** Takes out all, also what is in flight, for whoever uses this no more. */
  void clear() {
    clearWaiting();
    lanes.values().forEach(lane -> lane.inFlight.forEach(contents::forget));
    lanes.clear();
  }

  private Lane leave(Delivery delivery) {
    Lane lane = laneOf(delivery);
    lane.inFlight.remove(placeInFlight(lane, delivery));
    contents.forget(delivery);
    return lane;
  }

  private Lane laneOf(Delivery delivery) {
    Lane lane = lanes.get(key(delivery));
    if (lane == null || placeInFlight(lane, delivery) < 0) {
      throw new IllegalStateException("sequence " + delivery.sequence() + " was not in flight");
    }
    return lane;
  }

  private static int placeInFlight(Lane lane, Delivery delivery) {
    int place = lane.inFlight.size() - 1;
    while (place >= 0 && lane.inFlight.get(place).sequence() != delivery.sequence()) {
      place--;
    }
    return place;
  }

  private String key(Delivery delivery) {
    return oneForAll ? "" : delivery.entityKey();
  }
}
