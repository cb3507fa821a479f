package io.rowhook.webhook;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far a {@link Courier} has read the journal, and up to where everything it read is settled:
 * the cursor. Owned by the courier's thread; no larger than the window, but for what the ledger
 * knew at the start, which is forgotten as the cursor passes it.
 */
final class Progress {

  private final TreeSet<Long> unsettled = new TreeSet<>();
  private final Set<Long> known;
  private long lastKnown;
  private long position;
  private long moves;

  /**
   * Starts where the ledger stands.
   *
   * @param cursor everything up to it is settled or an exception
   * @param known what is so above it
   */
  Progress(long cursor, Set<Long> known) {
    this.position = cursor;
    this.known = new HashSet<>(known);
    this.lastKnown = this.known.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** Whether this was settled, or made an exception, before the start. */
  boolean isKnown(long sequence) {
    return known.contains(sequence);
  }

  /** Read, and nothing to do: not wanted, known, or put aside. */
  void passed(long sequence) {
    position = sequence;
    moves++;
  }

  /** Read, and into the window. */
  void took(long sequence) {
    position = sequence;
    unsettled.add(sequence);
  }

  /** Delivered, failed or an exception now. */
  void settled(long sequence) {
    unsettled.remove(sequence);
    moves++;
  }

  /** Dropped from the window without a trace: it, and all after it, will be read again. */
  void rewind(long sequence) {
    unsettled.remove(sequence);
    position = Math.min(position, sequence - 1);
  }

  long position() {
    return position;
  }

  long cursor() {
    return unsettled.isEmpty() ? position : unsettled.getFirst() - 1;
  }

  /** How much has happened since {@link #told}. */
  long moves() {
    return moves;
  }

  /** The ledger was told the cursor. */
  void told() {
    moves = 0;
    if (cursor() >= lastKnown) {
      known.clear();
      lastKnown = 0;
    }
  }
}
