package io.rowhook.capture.monitor;

import io.rowhook.capture.SlotTrend;
import io.rowhook.capture.catalog.Slot;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges whether the slot, or the source's disk, is at risk, and warns in the log: once when it
 * becomes so, again where another rule holds or the log kept has doubled. Once at risk, it stays so
 * until there is twice as much room. One thread.
 */
final class SlotRisk {

  private static final Logger log = LoggerFactory.getLogger(SlotRisk.class);

  /** The slot is at risk where it is lost within this, as the log grows. */
  private static final Duration SOON = Duration.ofHours(1);

  /** The slot is at risk where less than this part of its limit is left. */
  private static final int PART = 10;

  private enum Rule {
    LOST,
    UNRESERVED,
    LITTLE_LEFT,
    SOON_LOST,
    NO_LIMIT
  }

  private final long unlimitedBytes;
  private @Nullable Rule warned;
  private long warnedAt;

  /**
   * @param unlimitedBytes from so much on, log that nothing limits is a risk for the source's disk
   */
  SlotRisk(long unlimitedBytes) {
    this.unlimitedBytes = unlimitedBytes;
  }

  /** Judges a look, and warns if there is something new to say. Returns why it is at risk. */
  Optional<String> judge(Slot slot, SlotTrend trend) {
    Rule rule = rule(slot, trend, warned == null ? 1 : 2);
    if (rule == null) {
      if (warned != null) {
        log.info("slot {} is out of danger: {} MiB of log are kept for it", slot.name(), mib(slot));
      }
      warned = null;
      return Optional.empty();
    }
    String reason = reason(rule, slot, trend);
    if (rule != warned || slot.retained() >= warnedAt * 2) {
      warned = rule;
      warnedAt = Math.max(1, slot.retained());
      log.warn("slot {} is at risk: {}", slot.name(), reason);
    }
    return Optional.of(reason);
  }

  private @Nullable Rule rule(Slot slot, SlotTrend trend, int room) {
    Long limit = slot.limitBytes();
    Long safe = slot.safeBytes();
    Duration left = trend.left();
    if (slot.lost()) {
      return Rule.LOST;
    }
    if (slot.walStatus().equals("unreserved")) {
      return Rule.UNRESERVED;
    }
    if (limit != null && safe != null && safe < limit / PART * room) {
      return Rule.LITTLE_LEFT;
    }
    if (left != null && left.compareTo(SOON.multipliedBy(room)) < 0) {
      return Rule.SOON_LOST;
    }
    return limit == null && slot.retained() >= unlimitedBytes / room ? Rule.NO_LIMIT : null;
  }

  private static String reason(Rule rule, Slot slot, SlotTrend trend) {
    return switch (rule) {
      case LOST ->
          "it is lost: the source removed log that it needed, by its max_slot_wal_keep_size";
      case UNRESERVED ->
          "the source keeps %d MiB of log for it, more than max_slot_wal_keep_size allows, and removes it at its next checkpoint (wal_status is unreserved). Raise max_slot_wal_keep_size now, which needs no restart, and look why Rowhook does not catch up"
              .formatted(mib(slot));
      case LITTLE_LEFT ->
          "the source may write %d MiB more of log before the slot and row changes are lost, less than a tenth of max_slot_wal_keep_size, %d MiB. Raise it, which needs no restart, and look why Rowhook does not catch up"
              .formatted(
                  Math.max(0, Objects.requireNonNull(slot.safeBytes())) >> 20,
                  Objects.requireNonNull(slot.limitBytes()) >> 20);
      case SOON_LOST ->
          "the log kept for it grows by %d MiB an hour, and the slot and row changes are lost within the hour, as max_slot_wal_keep_size is %d MiB. Raise it, which needs no restart, and look why Rowhook does not catch up"
              .formatted(
                  trend.bytesPerHour() >> 20, Objects.requireNonNull(slot.limitBytes()) >> 20);
      case NO_LIMIT ->
          "the source keeps %d MiB of log for it%s, and its disk fills up unless Rowhook catches up, as max_slot_wal_keep_size is -1"
              .formatted(
                  mib(slot),
                  trend.bytesPerHour() == 0
                      ? ""
                      : ", %d MiB more each hour".formatted(trend.bytesPerHour() >> 20));
    };
  }

  private static long mib(Slot slot) {
    return slot.retained() >> 20;
  }
}
