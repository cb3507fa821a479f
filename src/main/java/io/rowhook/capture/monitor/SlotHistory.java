package io.rowhook.capture.monitor;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.SlotTrend;
import io.rowhook.capture.catalog.Slot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The looks at the slot of the last minutes, and what they tell together: how old the unconfirmed
 * log is, and how fast the log that is kept grows. Knows no clock. One thread.
 */
final class SlotHistory {

  /** Growth is told from this much on. */
  static final Duration ENOUGH = Duration.ofMinutes(1);

  /** Growth is told from the looks of so long. */
  static final Duration WINDOW = Duration.ofMinutes(10);

  /** And from those of so long, in which a burst shows at once; the greater of both counts. */
  static final Duration BURST = Duration.ofMinutes(1);

  /** Looks that come sooner after the one before are not kept. */
  private static final Duration APART = Duration.ofMillis(900);

  /** With so many, every second one of them is forgotten. */
  private static final int MOST = 4_096;

  private record Look(Duration at, Lsn current, long retained) {}

  private Deque<Look> looks = new ArrayDeque<>();

  /**
   * Adds a look, and says what is known with it.
   *
   * @param at when it was, on a clock that only goes on
   */
  SlotTrend add(Slot slot, Duration at) {
    forget(slot.confirmed(), at);
    if (looks.isEmpty() || at.minus(looks.getLast().at()).compareTo(APART) >= 0) {
      looks.addLast(new Look(at, slot.current(), slot.retained()));
      thin();
    }
    boolean behind = slot.current().isAfter(slot.confirmed());
    Look since = behind ? unconfirmed(slot.confirmed()) : null;
    double perSecond = Math.max(growth(at, WINDOW), growth(at, BURST));
    Long safe = slot.safeBytes();
    return new SlotTrend(
        since == null ? Duration.ZERO : at.minus(since.at()),
        since != null && since.equals(looks.getFirst()),
        Math.round(perSecond * 3_600),
        safe == null || perSecond <= 0
            ? null
            : Duration.ofSeconds((long) (Math.max(0, safe) / perSecond)));
  }

  /** Forgets old looks, but for the last one of which everything is confirmed. */
  private void forget(Lsn confirmed, Duration now) {
    while (looks.size() > 1 && now.minus(looks.getFirst().at()).compareTo(WINDOW) > 0) {
      Look first = looks.removeFirst();
      if (looks.getFirst().current().isAfter(confirmed)) {
        looks.addFirst(first);
        return;
      }
    }
  }

  /** The first look whose log was not confirmed yet; null: it was written since the last one. */
  private @Nullable Look unconfirmed(Lsn confirmed) {
    for (Look look : looks) {
      if (look.current().isAfter(confirmed)) {
        return look;
      }
    }
    return null;
  }

  /**
   * Bytes a second; zero where it does not grow. What is kept falls in steps and grows between: so
   * the least of the earlier half is held against the least of the later one.
   */
  private double growth(Duration now, Duration window) {
    List<Look> recent = new ArrayList<>(looks);
    recent.removeIf(look -> now.minus(look.at()).compareTo(window) > 0);
    if (recent.size() < 2 || now.minus(looks.getFirst().at()).compareTo(ENOUGH) < 0) {
      return 0;
    }
    Duration first = recent.getFirst().at();
    Duration half = now.minus(first).dividedBy(2);
    long before = Long.MAX_VALUE;
    long after = Long.MAX_VALUE;
    for (Look look : recent) {
      if (look.at().minus(first).compareTo(half) < 0) {
        before = Math.min(before, look.retained());
      } else {
        after = Math.min(after, look.retained());
      }
    }
    return after == Long.MAX_VALUE ? 0 : Math.max(0, after - before) * 1_000.0 / half.toMillis();
  }

  private void thin() {
    if (looks.size() < MOST) {
      return;
    }
    Deque<Look> kept = new ArrayDeque<>();
    boolean keep = true;
    for (Look look : looks) {
      if (keep) {
        kept.addLast(look);
      }
      keep = !keep;
    }
    looks = kept;
  }
}
