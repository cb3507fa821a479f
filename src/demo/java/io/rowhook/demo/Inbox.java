package io.rowhook.demo;

import io.rowhook.demo.Step.Awaited;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Where the receivers' threads put what arrives, and the story's thread takes it from. */
final class Inbox {

  private final List<Arrival> arrivals = new ArrayList<>(); // guarded by this; one step's worth
  private final Set<String> seen = new HashSet<>(); // guarded by this
  private int repeated; // guarded by this

  /**
   * Puts it there, unless it repeats one by a later attempt: on a slow machine an answer may come
   * too late for the sender, who then has to send again. Recipients know it by its id.
   */
  synchronized void put(Arrival arrival) {
    boolean known = !seen.add(arrival.recipient() + " " + arrival.request().id());
    if (known && !"1".equals(arrival.request().attempt())) {
      repeated++;
      return;
    }
    arrivals.add(arrival);
    notifyAll();
  }

  /** How many only repeated one. */
  synchronized int repeated() {
    return repeated;
  }

  /** Takes what is there. */
  synchronized List<Arrival> take() {
    List<Arrival> taken = List.copyOf(arrivals);
    arrivals.clear();
    return taken;
  }

  /** Waits until at least this is there, or for this long; says which. */
  synchronized boolean await(Map<Awaited, Integer> expected, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!covers(expected)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }

  /** Waits until nothing has arrived for this long, and takes what did. */
  List<Arrival> quiet(Duration time) throws InterruptedException {
    List<Arrival> all = new ArrayList<>();
    while (awaitAny(time)) {
      all.addAll(take());
    }
    return all;
  }

  /** Waits until something is there, or for this long; says which. */
  synchronized boolean awaitAny(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (arrivals.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }

  /** How many of which topic each recipient got. */
  static Map<Awaited, Integer> count(List<Arrival> arrivals) {
    Map<Awaited, Integer> counts = new TreeMap<>();
    arrivals.forEach(
        one -> counts.merge(new Awaited(one.recipient(), one.topic()), 1, Integer::sum));
    return counts;
  }

  private boolean covers(Map<Awaited, Integer> expected) {
    Map<Awaited, Integer> counts = count(arrivals);
    return expected.entrySet().stream()
        .allMatch(awaited -> counts.getOrDefault(awaited.getKey(), 0) >= awaited.getValue());
  }
}
