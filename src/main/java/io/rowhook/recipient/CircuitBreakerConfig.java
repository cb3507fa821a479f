package io.rowhook.recipient;

import java.time.Duration;
import java.util.List;

/**
 * When a recipient that fails too often is left alone for a while: the rule of a circuit breaker.
 * It is about the recipient, where {@link RetryPolicy} is about one delivery. Pure arithmetic;
 * knows no clock.
 *
 * @param failures so many failed attempts are borne; the next one pauses it. At most {@link
 *     #MOST_FAILURES}, since their times are remembered
 * @param within the time in which they count
 * @param probe how long to wait before each probe, which is one delivery sent alone; the last wait
 *     is repeated. Never empty; each at least as long as the one before
 */
public record CircuitBreakerConfig(int failures, Duration within, List<Duration> probe) {

  public static final int MOST_FAILURES = 10_000;

  /** More than 10 within 10 minutes; probes after seconds, then minutes, then every hour. */
  public static final CircuitBreakerConfig DEFAULT =
      new CircuitBreakerConfig(
          10,
          Duration.ofMinutes(10),
          List.of(
              Duration.ofSeconds(5),
              Duration.ofSeconds(10),
              Duration.ofSeconds(30),
              Duration.ofMinutes(1),
              Duration.ofMinutes(5),
              Duration.ofMinutes(15),
              Duration.ofHours(1)));

  /** Xena's rule: more than 10 failures within 10 minutes, and an hour's rest. */
  public static final CircuitBreakerConfig XENA =
      new CircuitBreakerConfig(10, Duration.ofMinutes(10), List.of(Duration.ofHours(1)));

  public CircuitBreakerConfig {
    probe = List.copyOf(probe);
    if (failures < 0 || failures > MOST_FAILURES) {
      throw new IllegalArgumentException(
          "failures must be from 0 to " + MOST_FAILURES + ", got: " + failures);
    }
    if (probe.isEmpty()) {
      throw new IllegalArgumentException("probe must name at least one wait");
    }
  }

  /**
   * Returns how long to wait before the next probe: the first wait that the pause has not outlasted
   * yet, all waits before it included. Probes that took long, and time in which Rowhook did not
   * run, count as waited.
   *
   * @param paused how long the pause has lasted so far
   */
  public Duration waitAfter(Duration paused) {
    Duration planned = Duration.ZERO;
    for (Duration wait : probe) {
      planned = planned.plus(wait);
      if (planned.compareTo(paused) > 0) {
        return wait;
      }
    }
    return probe.getLast();
  }
}
