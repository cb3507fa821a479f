package io.rowhook.capture;

import java.time.Instant;
import java.util.Optional;
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
 * @param limitBytes the source's {@code max_slot_wal_keep_size}; null: no limit is set
 * @param trend what the looks before add to it
 * @param risk why the slot or the source's disk is at risk, in a sentence; empty: it is not
 * @param at when it was looked at, by this machine's clock
 * @param away whether the source could not be asked since
 */
public record SlotStatus(
    String slot,
    boolean active,
    Lsn confirmed,
    Lsn current,
    long retainedBytes,
    String walStatus,
    @Nullable Long safeBytes,
    @Nullable Long limitBytes,
    SlotTrend trend,
    Optional<String> risk,
    Instant at,
    boolean away) {

  /** The same when the source cannot be asked any more. */
  public SlotStatus gone() {
    return new SlotStatus(
        slot,
        active,
        confirmed,
        current,
        retainedBytes,
        walStatus,
        safeBytes,
        limitBytes,
        trend,
        risk,
        at,
        true);
  }

  /** Bytes of log between what is confirmed and where the log ends. */
  public long behindBytes() {
    return Math.max(0, current.minus(confirmed));
  }
}
