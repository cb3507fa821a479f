package io.rowhook.recipient;

import java.time.Duration;

/**
 * The most attempts that may start in a time, counted over a recipient's deliveries, retries and
 * probes.
 *
 * @param count how many, from 1
 * @param per in which time: a second, a minute or an hour
 */
public record Rate(int count, Duration per) {

  /** More than one recipient was ever sent. */
  public static final int MAX_COUNT = 1_000_000;

  public Rate {
    if (count < 1 || count > MAX_COUNT || !per.isPositive()) {
      throw new IllegalArgumentException("not a rate: " + count + " in " + per);
    }
  }
}
