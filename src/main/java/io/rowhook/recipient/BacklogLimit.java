package io.rowhook.recipient;

import io.rowhook.journal.Backlog;
import java.time.Duration;
import java.time.Instant;

/**
 * What may wait for a recipient. Beyond it the oldest deliveries end failed, so that a recipient
 * that nobody mends can never fill the journal and so stop capture. What a person has asked for, by
 * a redelivery or a replay, is not counted and not ended.
 *
 * @param age since it came into the journal
 * @param bytes of events' JSON in the journal
 */
public record BacklogLimit(Duration age, long bytes) {

  public static final BacklogLimit DEFAULT = new BacklogLimit(Duration.ofDays(10), 2L << 30);

  /** From this part of a limit on it is announced. */
  public static final double ANNOUNCED = 0.8;

  /** Returns a backlog as a share of this limit; above 1 it is too much. */
  public double part(Backlog backlog, Instant now) {
    double ofBytes = (double) backlog.bytes() / bytes;
    double ofAge =
        backlog
            .oldest()
            .map(oldest -> (double) Duration.between(oldest, now).toMillis())
            .map(millis -> millis / age.toMillis())
            .orElse(0.0);
    return Math.max(ofBytes, ofAge);
  }
}
