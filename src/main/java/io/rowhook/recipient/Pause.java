package io.rowhook.recipient;

import java.time.Duration;

/**
 * When a recipient that fails too often is left alone for a while (Xena's rule): it is about the
 * recipient, where {@link Retry} is about one delivery.
 *
 * @param failures so many failed attempts are borne; the next one pauses it. At most {@link
 *     #MOST_FAILURES}, since their times are remembered
 * @param within the time in which they count
 * @param length of the pause; then the oldest delivery owed is tried alone
 */
public record Pause(int failures, Duration within, Duration length) {

  public static final int MOST_FAILURES = 10_000;

  /** More than 10 within 10 minutes: an hour. */
  public static final Pause DEFAULT = new Pause(10, Duration.ofMinutes(10), Duration.ofHours(1));

  public Pause {
    if (failures < 0 || failures > MOST_FAILURES) {
      throw new IllegalArgumentException(
          "failures must be from 0 to " + MOST_FAILURES + ", got: " + failures);
    }
  }
}
