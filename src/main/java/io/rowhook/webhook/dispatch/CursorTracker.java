package io.rowhook.webhook.dispatch;

import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How far a {@link RecipientDispatcher} has read the journal, and up to where everything it read is
 * settled: the cursor. Owned by the dispatcher's thread; no larger than the window and a page of
 * the journal.
 */
final class CursorTracker {

  /** It is recorded when it is quiet, and at the latest every so many moves. */
  private static final int MOST_MOVES = 256;

  /**
   * At the latest after so long, since what a recipient is told to have is found by it; past what
   * nobody wants not earlier.
   */
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final TreeSet<Long> unsettled = new TreeSet<>();
  private Set<Long> known = Set.of();
  private long lastKnown;
  private long position;
  private long moves;
  private boolean settled; // since it was recorded
  private long recordedAt = System.nanoTime() - EVERY.toNanos();

  /**
   * Starts from the recorded cursor.
   *
   * @param cursor everything up to it is settled or an exception
   * @param lastKnown nothing is so above it
   */
  CursorTracker(long cursor, long lastKnown) {
    this.position = cursor;
    this.lastKnown = lastKnown;
  }

  /** Whether something at or after the position may be settled or an exception already. */
  boolean hasDecidedAhead() {
    return lastKnown > position;
  }

  /** The same is so up to here now: skipped, without having been read. */
  void decidedUpTo(long sequence) {
    lastKnown = Math.max(lastKnown, sequence);
  }

  /** What of the next page is settled or an exception already. */
  void setDecided(Set<Long> ofPage) {
    known = ofPage;
  }

  /** Whether this, of the page, is settled or an exception already. */
  boolean isDecided(long sequence) {
    return known.contains(sequence);
  }

  /** Read, and nothing to do: not wanted, known, or put aside. */
  void advance(long sequence) {
    position = sequence;
    moves++;
  }

  /** Read, and into the window. */
  void buffered(long sequence) {
    position = sequence;
    unsettled.add(sequence);
  }

  /** Into the window before it was read: the cursor waits for it when it is. */
  void bufferedAhead(long sequence) {
    unsettled.add(sequence);
  }

  /** Delivered, failed or an exception now. */
  void settled(long sequence) {
    unsettled.remove(sequence);
    moves++;
    settled = true;
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
    return unsettled.isEmpty() ? position : Math.min(position, unsettled.getFirst() - 1);
  }

  /**
   * Whether it is time to record the cursor: after many moves, after a while, and when it is quiet.
   * Past what nobody wants it is recorded from time to time only: with many recipients each event
   * is that for most of them.
   */
  boolean isToBeRecorded(boolean quiet) {
    return moves >= MOST_MOVES || (moves > 0 && (left() <= 0 || (quiet && settled)));
  }

  /** How long until it is; null: there is nothing to record. */
  @Nullable Duration untilRecorded() {
    return moves == 0 ? null : Duration.ofNanos(Math.max(0, left()));
  }

  private long left() {
    return recordedAt + EVERY.toNanos() - System.nanoTime();
  }

  /** The cursor was recorded. */
  void recorded() {
    moves = 0;
    settled = false;
    recordedAt = System.nanoTime();
  }
}
