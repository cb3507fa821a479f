package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.recipient.DeliveryMode;
import java.time.Instant;

/**
 * What a {@link Courier} takes next into its {@link Window}: from the journal, or from what stands
 * on disk as an exception. Owned by the dispatcher's thread.
 */
sealed interface Order permits InParallel, InSequence, Nothing, OneAlone, OnlyAsked {

  /** That of a way, from the recorded cursor. */
  static Order of(Gate.Way way, DeliveryMode processing, Window window, DeliveryStore store) {
    return switch (way) {
      case open ->
          switch (processing) {
            case DeliveryMode.Sequential _ -> new InSequence(window, store);
            case DeliveryMode.Parallel _ -> new InParallel(window, store);
          };
      case trial -> new OneAlone(window, store);
      case asked -> new OnlyAsked(window, store);
      case shut -> new Nothing();
    };
  }

  /** A delivery has ended: delivered or failed; its outcome is queued. */
  void settled(Delivery delivery);

  /** An attempt has failed and another is due; its outcome is queued. */
  void failed(Delivery delivery) throws InterruptedException;

  /** Someone else has changed what stands on disk: a person redelivers or discards. */
  void ledgerChanged();

  /**
   * Takes in what may be attempted now; what was queued and must be read again is durable after it.
   */
  void pull(Instant now) throws InterruptedException;

  /** Whether {@link #pull} has more to take in at once. */
  boolean hungry();

  /** When there is something to take in again, if nothing happens before. */
  Instant nextCheck();
}
