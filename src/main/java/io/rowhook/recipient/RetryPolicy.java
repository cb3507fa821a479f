package io.rowhook.recipient;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a delivery is tried again: a list of delays, and then no more. Pure arithmetic; knows no
 * clock.
 *
 * @param delays one for each retry
 * @param from what they count from
 * @param jitter by which part of itself a delay is moved at random, 0 to 1: 0.2 is 20 % to either
 *     side
 */
public record RetryPolicy(List<Duration> delays, From from, double jitter) {

  /** What a delay counts from. */
  public enum From {
    /** The start of the attempt before. */
    previous,
    /**
     * The start of the first attempt. A retry whose time passed while the recipient was paused
     * comes as long after the attempt before as the schedule has between the two.
     */
    first
  }

  /** Standard Webhooks 1.0.0, "Deliverability and reliability", with 20 % jitter. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          List.of(
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)),
          From.previous,
          0.2);

  /** Actindo's schedule: 60, 120, 300 and 600 seconds after the first attempt. */
  public static final RetryPolicy ACTINDO =
      new RetryPolicy(
          List.of(
              Duration.ofSeconds(60),
              Duration.ofSeconds(120),
              Duration.ofSeconds(300),
              Duration.ofSeconds(600)),
          From.first,
          0);

  public RetryPolicy {
    delays = List.copyOf(delays);
    if (jitter < 0 || jitter > 1) {
      throw new IllegalArgumentException("jitter must be from 0 to 1, got: " + jitter);
    }
  }

  /**
   * The delay before the next attempt, from what {@link #from} says; empty when the retries are
   * used up.
   *
   * @param attempts made so far, at least 1
   * @param random from 0 to 1, for the jitter
   */
  public Optional<Duration> delayAfter(int attempts, double random) {
    if (attempts > delays.size()) {
      return Optional.empty();
    }
    return Optional.of(moved(delays.get(attempts - 1), random));
  }

  /**
   * Returns the time between the retry after so many attempts and the one before it, where delays
   * count from the first attempt; between the first retry and the first attempt, if it is that.
   *
   * @param attempts made so far, at least 1 and at most as many as there are delays
   * @param random from 0 to 1, for the jitter
   */
  public Duration gapAfter(int attempts, double random) {
    Duration before = attempts == 1 ? Duration.ZERO : delays.get(attempts - 2);
    return moved(delays.get(attempts - 1).minus(before), random);
  }

  private Duration moved(Duration delay, double random) {
    double factor = 1 + jitter * (2 * random - 1);
    return Duration.ofNanos(Math.round(delay.toNanos() * factor));
  }
}
