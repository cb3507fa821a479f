package io.rowhook.capture;

import java.time.Duration;

/**
 * How patient capture is.
 *
 * @param look how often the slot is looked at
 * @param nudgeBytes how much unconfirmed log is let be before the slot is moved by a message
 * @param firstRetry the wait after a first failure; doubled after each further one
 * @param lastRetry the longest such wait
 * @param start how long an engine may take until the source sends
 * @param stop how long an engine may take to stop
 * @param retainedBytes log kept by the source for the slot from which on it is warned of
 */
public record Timing(
    Duration look,
    long nudgeBytes,
    Duration firstRetry,
    Duration lastRetry,
    Duration start,
    Duration stop,
    long retainedBytes) {

  /** For production. */
  public static final Timing DEFAULT =
      new Timing(
          Duration.ofSeconds(1),
          16 * 1024,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofSeconds(15),
          1L << 30);

  Duration retry(int failures) {
    Duration wait = firstRetry;
    for (int i = 1; i < failures && wait.compareTo(lastRetry) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(lastRetry) < 0 ? wait : lastRetry;
  }
}
