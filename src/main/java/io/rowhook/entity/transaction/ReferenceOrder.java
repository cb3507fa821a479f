package io.rowhook.entity.transaction;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The order of one transaction's events where they name each other: an order's customer before the
 * order, whichever row was written first; but the customer's Deleted after the order, as with
 * {@code ON DELETE CASCADE}. Otherwise they stay as they are, also where they name each other in a
 * circle. Each is of another entity, so that nothing else depends on their order. Pure.
 */
final class ReferenceOrder {

  private ReferenceOrder() {}

  static List<Event> of(List<Event> events) {
    if (events.size() < 2 || events.stream().allMatch(event -> event.named().isNone())) {
      return List.copyOf(events);
    }
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      places.put(events.get(i).entityKey(), i);
    }
    List<List<Integer>> after = new ArrayList<>(); // which come after each
    events.forEach(_ -> after.add(new ArrayList<>(2)));
    int[] before = new int[events.size()]; // how many come before each
    for (int i = 0; i < events.size(); i++) {
      for (String key : events.get(i).named().keys()) {
        int named = places.getOrDefault(key, i);
        if (named != i) {
          boolean isEnd = events.get(named).type() == EventType.Deleted;
          after.get(isEnd ? i : named).add(isEnd ? named : i);
          before[isEnd ? named : i]++;
        }
      }
    }
    return sorted(events, after, before);
  }

  private static List<Event> sorted(List<Event> events, List<List<Integer>> after, int[] before) {
    List<Event> sorted = new ArrayList<>(events.size());
    PriorityQueue<Integer> free = new PriorityQueue<>();
    for (int i = 0; i < before.length; i++) {
      if (before[i] == 0) {
        free.add(i);
      }
    }
    boolean[] done = new boolean[before.length];
    int first = 0; // all in front of it are done
    while (sorted.size() < before.length) {
      Integer next = free.poll();
      if (next == null) { // what is left is a circle, or behind one
        while (done[first]) {
          first++;
        }
        next = first;
      }
      done[next] = true;
      sorted.add(events.get(next));
      for (int one : after.get(next)) {
        before[one]--;
        if (before[one] == 0 && !done[one]) {
          free.add(one);
        }
      }
    }
    return sorted;
  }
}
