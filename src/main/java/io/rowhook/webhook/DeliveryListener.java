package io.rowhook.webhook;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;

/**
 * Told what a {@link RecipientDispatcher} does, as it does it: by metrics, and by tests that stop
 * the process at the worst moment. Must not throw, and must return at once.
 */
public interface DeliveryListener {

  /** Looks away. */
  DeliveryListener NONE = new DeliveryListener() {};

  /**
   * A reply has come, or has failed to come, and nothing of it is recorded yet. On the attempt's
   * thread.
   */
  default void posted(String recipient, JournalEntry entry) {}

  /** The outcome of an attempt is queued for the journal. On the dispatcher's thread. */
  default void settled(
      String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {}

  /**
   * The same, with the delivery and its place in the request. This is what is called; it tells
   * {@link #settled}.
   *
   * @param state where the attempt has led: Delivered, Retrying or Failed
   */
  default void attempted(String recipient, AttemptOutcome outcome, DeliveryState state) {
    settled(recipient, outcome.delivery().entry(), outcome.attempt(), state);
  }

  /**
   * One is not sent, since the recipient has acknowledged the same already; that is queued for the
   * journal. On the dispatcher's thread.
   */
  default void unchanged(String recipient, JournalEntry entry) {}

  /** Returns one that tells this one, and then another. */
  default DeliveryListener and(DeliveryListener next) {
    DeliveryListener first = this;
    return new DeliveryListener() {
      @Override
      public void posted(String recipient, JournalEntry entry) {
        first.posted(recipient, entry);
        next.posted(recipient, entry);
      }

      @Override
      public void attempted(String recipient, AttemptOutcome outcome, DeliveryState state) {
        first.attempted(recipient, outcome, state);
        next.attempted(recipient, outcome, state);
      }

      @Override
      public void unchanged(String recipient, JournalEntry entry) {
        first.unchanged(recipient, entry);
        next.unchanged(recipient, entry);
      }
    };
  }
}
