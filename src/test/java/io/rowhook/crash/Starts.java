package io.rowhook.crash;

import java.util.ArrayList;
import java.util.List;

/** How long Rowhook takes from its start until it reads the source's log. One thread. */
final class Starts {

  private final List<Long> took = new ArrayList<>(); // nanoseconds
  private long begun; // System.nanoTime; 0: it streams

  void begins() {
    begun = System.nanoTime();
  }

  /** Only the first time after a start counts. */
  void streams() {
    if (begun != 0) {
      took.add(System.nanoTime() - begun);
      begun = 0;
    }
  }

  @Override
  public String toString() {
    List<Long> later = took.subList(1, took.size()).stream().sorted().toList();
    return "streams %.1f s after the first start, %.1f s after the others (median of %d)"
        .formatted(
            took.getFirst() / 1e9,
            later.isEmpty() ? 0 : later.get(later.size() / 2) / 1e9,
            later.size());
  }
}
