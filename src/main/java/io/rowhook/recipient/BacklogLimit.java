package io.rowhook.recipient;

import java.time.Duration;

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
}
