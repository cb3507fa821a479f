package io.rowhook.recipient;

import java.time.Duration;

/**
 * How many events a recipient is sent in one request, as a JSON array.
 *
 * @param max events in one request, at least 2
 * @param linger how long the first of them may wait for others; zero: those go that are there
 */
public record BatchConfig(int max, Duration linger) {

  /** At least so many, or it is no batch. */
  public static final int LEAST = 2;

  /**
   * At most so many, so that their ids have room in a header: servers commonly take 8 KB of them.
   */
  public static final int MOST = 100;

  public BatchConfig {
    if (max < LEAST || max > MOST || linger.isNegative()) {
      throw new IllegalArgumentException(
          "a batch has "
              + LEAST
              + " to "
              + MOST
              + " events, got: "
              + max
              + ", lingering "
              + linger);
    }
  }
}
