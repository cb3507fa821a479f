package io.rowhook.capture;

import java.time.Duration;

/**
 * How patient capture is.
 *
 * @param look how often the slot is looked at
 * @param heartbeatBytes how much unconfirmed log is let be before the slot is moved by a message
 * @param firstRetry the wait after a first failure; doubled after each further one
 * @param lastRetry the longest such wait
 * @param start how long an engine may take until the source sends
 * @param stop how long an engine may take to stop
 * @param heartbeat without anything from the source for so long, a message is sent through it
 * @param silence without a sign of life for so long, the connection counts as dead
 * @param retainedBytes log kept by the source for the slot from which on it is warned of
 */
public record CaptureTimeouts(
    Duration look,
    long heartbeatBytes,
    Duration firstRetry,
    Duration lastRetry,
    Duration start,
    Duration stop,
    Duration heartbeat,
    Duration silence,
    long retainedBytes) {

  /** For production. */
  public static final CaptureTimeouts DEFAULT =
      new CaptureTimeouts(
          Duration.ofMillis(500),
          16 * 1024,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          1L << 30);

  /** However often an engine was started in vain, it is given up after so long without a sign. */
  private static final Duration LONGEST_SILENCE = Duration.ofHours(1);

  /**
   * How long an engine may be without a sign of life: doubled for each one that nothing came
   * through at all, since the source may need that long for a large transaction that has nothing
   * for us.
   */
  Duration silence(int inVain) {
    Duration limit = silence;
    for (int i = 0; i < inVain && limit.compareTo(LONGEST_SILENCE) < 0; i++) {
      limit = limit.multipliedBy(2);
    }
    return limit;
  }

  Duration retry(int failures) {
    Duration wait = firstRetry;
    for (int i = 1; i < failures && wait.compareTo(lastRetry) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(lastRetry) < 0 ? wait : lastRetry;
  }
}
