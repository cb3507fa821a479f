package io.rowhook.webhook.dispatch;

import io.rowhook.entity.NamedEntities;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which deliveries of a {@link KeyedQueue} name which entities ({@code order: references}), and so
 * what waits for what in there. Owned by the dispatcher's thread; no larger than the queue.
 *
 * <p>A delivery waits for those of lower sequences only, and what stands for several ({@code
 * latest-only}) names nothing. So there is no circle, and the lowest one in memory waits for
 * nothing in memory. What a person has redelivered neither waits by this nor is waited for; what
 * was attempted before had its turn.
 */
final class NamedInMemory {

  /** A name in its places, about. */
  private static final long NAME_BYTES = 300;

  private final Map<Long, Delivery> all = new HashMap<>();
  private final Map<Long, List<String>> names = new HashMap<>(); // of those that name something
  private final Map<String, NavigableSet<Long>> byEntity = new HashMap<>(); // those that name it
  private final Map<String, NavigableSet<Long>> own = new HashMap<>(); // those of an entity
  private final Map<Long, Set<String>> waiting = new HashMap<>(); // lanes, by what they wait for
  private final Set<String> released = new HashSet<>(); // lanes, of which that has left

  /** Takes one in; returns the bytes that its names take. */
  long add(Delivery delivery) {
    if (delivery.redelivery() > 0) {
      return 0;
    }
    long sequence = delivery.sequence();
    all.put(sequence, delivery);
    own.computeIfAbsent(delivery.entityKey(), _ -> new TreeSet<>()).add(sequence);
    NamedEntities named = delivery.entry().event().named();
    if (named.isNone()) {
      return 0;
    }
    List<String> keys = named.keys();
    names.put(sequence, keys);
    keys.forEach(key -> byEntity.computeIfAbsent(key, _ -> new TreeSet<>()).add(sequence));
    return NAME_BYTES * keys.size();
  }

  /** Lets one go, and those that waited for it; returns the bytes that its names took. */
  long remove(long sequence) {
    Delivery gone = all.remove(sequence);
    if (gone == null) {
      return 0;
    }
    Set<String> waited = waiting.remove(sequence);
    if (waited != null) {
      released.addAll(waited);
    }
    remove(own, gone.entityKey(), sequence);
    List<String> keys = names.remove(sequence);
    if (keys == null) {
      return 0;
    }
    keys.forEach(key -> remove(byEntity, key, sequence));
    return NAME_BYTES * keys.size();
  }

  /** Whether one at the head of its lane has to wait; that lane is {@link #released} then. */
  boolean holds(Delivery head) {
    Optional<Long> blocker = blocker(head);
    blocker.ifPresent(
        one -> waiting.computeIfAbsent(one, _ -> new HashSet<>()).add(head.entityKey()));
    return blocker.isPresent();
  }

  /** The entities whose heads may wait no more, since this was asked. */
  List<String> released() {
    List<String> some = List.copyOf(released);
    released.clear();
    return some;
  }

  private static void remove(Map<String, NavigableSet<Long>> map, String key, long sequence) {
    map.computeIfPresent(
        key,
        (_, some) -> {
          some.remove(sequence);
          return some.isEmpty() ? null : some;
        });
  }

  /** One that a delivery has to wait for, by its sequence; empty: there is none in memory. */
  private Optional<Long> blocker(Delivery delivery) {
    long sequence = delivery.sequence();
    if (!waits(delivery)) {
      return Optional.empty();
    }
    for (String key : names.getOrDefault(sequence, List.of())) {
      NavigableSet<Long> some = key.equals(delivery.entityKey()) ? byEntity.get(key) : own.get(key);
      if (some != null && place(some.getFirst()) < sequence) {
        return Optional.of(some.getFirst());
      }
      Optional<Long> merged = some == null ? Optional.empty() : merged(some);
      if (merged.isPresent()) {
        return merged;
      }
    }
    return Optional.empty();
  }

  /** Only the first one that is not in flight stands for others, and it is sent at once. */
  private Optional<Long> merged(NavigableSet<Long> some) {
    return some.stream().filter(one -> place(one) == 0).findFirst();
  }

  /** The deliveries that wait for one, and what they are blocked behind once it is on disk. */
  List<Follower> followers(Delivery failed) {
    List<Follower> followers = new ArrayList<>();
    if (failed.redelivery() > 0) {
      return followers;
    }
    long place = place(failed.sequence());
    for (long sequence : byEntity.getOrDefault(failed.entityKey(), new TreeSet<>())) {
      Delivery other = all.get(sequence);
      if (other != null && sequence > place && !other.entityKey().equals(failed.entityKey())) {
        add(followers, other, failed.entityKey());
      }
    }
    for (String key : names.getOrDefault(failed.sequence(), List.of())) {
      for (long sequence : own.getOrDefault(key, new TreeSet<>()).tailSet(place, false)) {
        Delivery other = all.get(sequence);
        if (other != null && names.getOrDefault(sequence, List.of()).contains(key)) {
          add(followers, other, DeliveryState.Blocked.ALL);
        }
      }
    }
    return followers;
  }

  private static void add(List<Follower> followers, Delivery delivery, String behind) {
    if (waits(delivery)) {
      followers.add(new Follower(delivery, behind));
    }
  }

  /** Not what had its turn, nor what stands for several. */
  private static boolean waits(Delivery delivery) {
    return delivery.coalesced() == null
        && delivery.redelivery() == 0
        && switch (delivery.state()) {
          case DeliveryState.Pending _, DeliveryState.Blocked _ -> true;
          case DeliveryState.InFlight _,
              DeliveryState.Retrying _,
              DeliveryState.Delivered _,
              DeliveryState.Failed _ ->
              false;
        };
  }

  /** Where it stands among all: one that stands for others too, before all that name its entity. */
  private long place(long sequence) {
    Delivery delivery = all.get(sequence);
    return delivery == null || delivery.coalesced() == null ? sequence : 0;
  }
}
