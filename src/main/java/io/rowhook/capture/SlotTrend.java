package io.rowhook.capture;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What several looks at the slot tell that one cannot.
 *
 * @param behind how long ago the log was written that is not confirmed yet; zero: all is
 * @param longer whether it may be longer: it was so already at the first look
 * @param bytesPerHour by how much the log kept for the slot grows; zero: not, or it was not looked
 *     for long enough
 * @param left until the slot is lost if it goes on like that; null: it does not grow, or nothing
 *     limits what is kept, or it was not looked for long enough
 */
public record SlotTrend(
    Duration behind, boolean longer, long bytesPerHour, @Nullable Duration left) {

  /** Of a slot that was looked at once and has nothing unconfirmed. */
  public static final SlotTrend UNKNOWN = new SlotTrend(Duration.ZERO, false, 0, null);
}
