package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.Entry;
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
    boolean onDisk) {

  /** One that comes from the journal for the first time. */
  static Owed fresh(Entry entry) {
    return new Owed(entry, 0, null, null, 0, 0, false);
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
        true);
  }

  long sequence() {
    return entry.sequence();
  }

  String entityKey() {
    return entry.event().entityKey();
  }

  int bytes() {
    return entry.event().json().length;
  }
}
