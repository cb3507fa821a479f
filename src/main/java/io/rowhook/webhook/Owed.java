package io.rowhook.webhook;

import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.Entry;
import io.rowhook.journal.Merged;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery in a {@link Courier}'s window: to be attempted, or in flight.
 *
 * @param entry the event owed
 * @param attempts made so far
 * @param firstAttempt when the first of these started; null before it
 * @param attributeSet what the first of these was rendered with, by its hash; null: the current one
 * @param redelivery how often a person has redelivered it; 0 otherwise
 * @param trials how many of the attempts use up no retry
 * @param merged what is sent instead of the event, if others were skipped in its favour; else null
 * @param onDisk whether the ledger has it as an exception, so that it needs no telling if it leaves
 *     the window
 */
record Owed(
    Entry entry,
    int attempts,
    @Nullable Instant firstAttempt,
    @Nullable String attributeSet,
    int redelivery,
    int trials,
    @Nullable Merged merged,
    boolean onDisk) {

  /** One that comes from the journal for the first time. */
  static Owed fresh(Entry entry) {
    return fresh(entry, null);
  }

  /** The same, where others may have been skipped in its favour. */
  static Owed fresh(Entry entry, @Nullable Merged merged) {
    return new Owed(entry, 0, null, null, 0, 0, merged, false);
  }

  /** One that was put aside, and whose time has come. */
  static Owed of(Delivery delivery) {
    return new Owed(
        delivery.entry(),
        delivery.attempts(),
        delivery.firstAttempt(),
        delivery.attributeSet(),
        delivery.redelivery(),
        delivery.trials(),
        delivery.merged(),
        true);
  }

  /** Returns it with another object of the same event. */
  Owed with(Entry same) {
    return new Owed(same, attempts, firstAttempt, attributeSet, redelivery, trials, merged, onDisk);
  }

  /** What the recipient gets. */
  Event event() {
    return merged == null ? entry.event() : merged.in(entry.event());
  }

  long sequence() {
    return entry.sequence();
  }

  String entityKey() {
    return entry.event().entityKey();
  }

  int bytes() {
    return entry.event().json().length + (merged == null ? 0 : merged.json().length);
  }
}
