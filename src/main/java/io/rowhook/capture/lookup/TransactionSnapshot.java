package io.rowhook.capture.lookup;

import java.util.HashSet;
import java.util.Set;

/**
 * Which transactions a snapshot of the source shows: {@code pg_current_snapshot()}. Immutable.
 *
 * <p>A commit reaches the log before other sessions see it, and with a synchronous standby that
 * does not answer long before. So a transaction that was streamed need not be shown.
 *
 * @param oldest every transaction before it is over
 * @param next no transaction from here on has begun
 * @param running those between that are not over
 */
public record TransactionSnapshot(long oldest, long next, Set<Long> running) {

  /** Transaction ids in the log have 32 bits; those of a snapshot 64. */
  private static final long EPOCH = 1L << 32;

  public TransactionSnapshot {
    running = Set.copyOf(running);
  }

  /** Reads PostgreSQL's text: {@code 10:20:10,14,15}. */
  static TransactionSnapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a snapshot: " + text);
    }
    Set<Long> running = new HashSet<>();
    if (!parts[2].isEmpty()) {
      for (String id : parts[2].split(",", -1)) {
        running.add(Long.parseUnsignedLong(id));
      }
    }
    return new TransactionSnapshot(
        Long.parseUnsignedLong(parts[0]), Long.parseUnsignedLong(parts[1]), running);
  }

  /**
   * Whether it shows what a committed transaction did: {@code pg_visible_in_snapshot}.
   *
   * @param id 32 bits, as in the log
   */
  boolean shows(long id) {
    long whole = widen(id);
    return whole < oldest || (whole < next && !running.contains(whole));
  }

  /** The same of an id as text. */
  public boolean shows(String id) {
    return shows(Long.parseLong(id));
  }

  /**
   * The 64 bits of an id in the log: those nearest to this snapshot, as PostgreSQL lets no two
   * transactions that matter be further apart than half of all ids.
   */
  long widen(long id) {
    long whole = next - next % EPOCH + id % EPOCH;
    if (whole - next > EPOCH / 2) {
      return whole - EPOCH;
    }
    return next - whole > EPOCH / 2 ? whole + EPOCH : whole;
  }
}
