package io.rowhook.admin.alerts;

import io.rowhook.admin.health.Part.State;
import io.rowhook.entity.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lets so many alerts through within a minute, and tells of the others how many there were. Time
 * comes in as an argument. One thread.
 */
final class AlertLimit {

  /** More than a person reads within a minute. */
  static final int MOST = 20;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private Instant begin = Instant.EPOCH;
  private int passed;
  private final Map<EventType, Long> left = new TreeMap<>();

  /** Those of these that are told; what was left out of the window before comes first. */
  List<Alert> pass(List<Alert> alerts, Instant now) {
    List<Alert> passing = new ArrayList<>();
    if (!begin.plus(WINDOW).isAfter(now)) {
      if (!left.isEmpty()) {
        passing.add(summary());
        left.clear();
      }
      begin = now;
      passed = 0;
    }
    for (Alert alert : alerts) {
      if (passed < MOST) {
        passing.add(alert);
        passed++;
      } else {
        left.merge(alert.type(), 1L, Long::sum);
      }
    }
    return passing;
  }

  private Alert summary() {
    long all = left.values().stream().mapToLong(Long::longValue).sum();
    String words =
        left.entrySet().stream()
            .map(one -> one.getKey() + " " + one.getValue() + " times")
            .collect(Collectors.joining(", "));
    return new Alert(
        EventType.Summary,
        "alerts",
        "",
        State.degraded,
        State.ok,
        "%d more were not told one by one: %s. rowhook status shows how all is"
            .formatted(all, words),
        begin,
        all);
  }
}
