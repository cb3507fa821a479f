package io.rowhook.journal;

import java.time.Duration;
import java.time.Instant;

/**
 * What other processes have written that a journal's file does not have yet.
 *
 * @param rows how many, about: Kafka counts what ends transactions too
 * @param readTo when the oldest of what was read last was written, by its writer's clock
 */
public record Unread(long rows, Instant readTo) {

  /** It has everything. */
  public static final Unread NOTHING = new Unread(0, Instant.EPOCH);

  /** How long the file is behind, about; zero: it has everything. */
  public Duration behind(Instant now) {
    return rows == 0 || now.isBefore(readTo) ? Duration.ZERO : Duration.between(readTo, now);
  }
}
