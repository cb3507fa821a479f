package io.rowhook.capture;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The replication slot at the last look, for status output and metrics.
 *
 * @param slot its name
 * @param active whether a client streams from it
 * @param confirmed up to where everything is durable in the journal, as the source knows it
 * @param current where the source's log ends
 * @param retainedBytes log that the source keeps for the slot
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * @param safeBytes how much more may be written before the slot is in danger; null: no limit is set
 * @param at when it was looked at, by this machine's clock
 */
public record SlotStatus(
    String slot,
    boolean active,
    Lsn confirmed,
    Lsn current,
    long retainedBytes,
    String walStatus,
    @Nullable Long safeBytes,
    Instant at) {

  /** Bytes of log between what is confirmed and where the log ends. */
  public long behindBytes() {
    return Math.max(0, current.minus(confirmed));
  }
}
