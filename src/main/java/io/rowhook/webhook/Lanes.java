package io.rowhook.webhook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order in a {@link Courier}'s window: one lane for each entity, or one for all; of each lane
 * only the head may be in flight, and what is behind it waits. Owned by the courier's thread.
 * Bounded by {@link Window}, which alone adds to it.
 */
final class Lanes {

  private final boolean oneForAll;
  private final Map<String, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> ready = new ArrayDeque<>(); // the head of each is not in flight
  private final Set<Long> sequences = new HashSet<>();
  private long bytes;
  private int fromDisk;

  Lanes(boolean oneForAll) {
    this.oneForAll = oneForAll;
  }

  private static final class Lane {
    final ArrayDeque<Owed> waiting = new ArrayDeque<>();
    @Nullable Owed inFlight;
  }

  /** Puts a delivery, which must not be in here yet, at the end of its lane. */
  void add(Owed owed) {
    if (!sequences.add(owed.sequence())) {
      throw new IllegalStateException("sequence " + owed.sequence() + " is in the window already");
    }
    bytes += owed.bytes();
    fromDisk += owed.onDisk() ? 1 : 0;
    Lane lane = lanes.computeIfAbsent(key(owed), _ -> new Lane());
    lane.waiting.add(owed);
    if (lane.inFlight == null && lane.waiting.size() == 1) {
      ready.add(lane);
    }
  }

  /** Takes the next delivery that may be attempted now; null if there is none. */
  @Nullable Owed next() {
    Lane lane = ready.poll();
    if (lane == null) {
      return null;
    }
    lane.inFlight = lane.waiting.remove();
    return lane.inFlight;
  }

  /** Ends a delivery that was in flight; the one behind it may go. */
  void settled(Owed owed) {
    Lane lane = leave(owed);
    if (lane.waiting.isEmpty()) {
      lanes.remove(key(owed));
    } else {
      ready.add(lane);
    }
  }

  /** Takes a delivery that was in flight out, and all behind it, which are returned in order. */
  List<Owed> failed(Owed owed) {
    Lane lane = leave(owed);
    lanes.remove(key(owed));
    lane.waiting.forEach(this::forget);
    return List.copyOf(lane.waiting);
  }

  /** Takes out all that is not in flight. */
  List<Owed> clearWaiting() {
    List<Owed> cleared = new ArrayList<>();
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

  boolean contains(long sequence) {
    return sequences.contains(sequence);
  }

  boolean hasLane(String entityKey) {
    return lanes.containsKey(oneForAll ? "" : entityKey);
  }

  /** How many are in here, those in flight included. */
  int size() {
    return sequences.size();
  }

  /** How many of them the ledger has as exceptions. */
  int fromDisk() {
    return fromDisk;
  }

  /** What their events weigh. */
  long bytes() {
    return bytes;
  }

  private Lane leave(Owed owed) {
    Lane lane = lanes.get(key(owed));
    if (lane == null || lane.inFlight == null || lane.inFlight.sequence() != owed.sequence()) {
      throw new IllegalStateException("sequence " + owed.sequence() + " was not in flight");
    }
    lane.inFlight = null;
    forget(owed);
    return lane;
  }

  private void forget(Owed owed) {
    sequences.remove(owed.sequence());
    bytes -= owed.bytes();
    fromDisk -= owed.onDisk() ? 1 : 0;
  }

  private String key(Owed owed) {
    return oneForAll ? "" : owed.entityKey();
  }
}
