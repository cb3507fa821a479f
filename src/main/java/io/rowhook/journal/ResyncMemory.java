package io.rowhook.journal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is remembered of one resync while the process lives; what must not be lost is on disk. One
 * thread's.
 */
final class ResyncMemory {

  /** An entity that is touched in each of so many chunks is told with its next event. */
  private static final int MOST_TRIES = 20;

  /** A row that could not be read so often in turn is left out. */
  private static final int MOST_FAILURES = 5;

  final ResyncPace pace = new ResyncPace();
  boolean estimated;

  /** Whether another instance had the slot while it ran here. */
  boolean stoodBy;

  private final Map<String, Integer> tries = new HashMap<>();
  private int failures;

  /** Keys of those that are touched all the time. */
  Set<String> busy() {
    return tries.entrySet().stream()
        .filter(one -> one.getValue() >= MOST_TRIES)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** A chunk is durable, and these are read again. */
  void durable(List<String> again) {
    failures = 0;
    tries.keySet().retainAll(Set.copyOf(again));
    again.forEach(key -> tries.merge(key, 1, Integer::sum));
  }

  /** Some could not be read; returns whether it is given up to read them. */
  boolean failed() {
    failures++;
    return failures >= MOST_FAILURES;
  }
}
