package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.policy.CircuitBreaker;
import java.time.Instant;

/**
 * What a {@link RecipientDispatcher} takes next into its {@link DeliveryBuffer}: from the journal,
 * or from what stands on disk as an exception. Owned by the dispatcher's thread.
 */
sealed interface DeliverySelector
    permits ParallelSelector, SequentialSelector, NoSelector, ProbeSelector, ManualSelector {

  /** That of a way, from the recorded cursor. */
  static DeliverySelector of(
      CircuitBreaker.State breakerState,
      DeliveryMode processing,
      DeliveryBuffer buffer,
      DeliveryStore store) {
    return switch (breakerState) {
      case CLOSED ->
          switch (processing) {
            case DeliveryMode.Sequential _ -> new SequentialSelector(buffer, store);
            case DeliveryMode.Parallel _ -> new ParallelSelector(buffer, store);
          };
      case HALF_OPEN -> new ProbeSelector(buffer, store);
      case OPEN -> new ManualSelector(buffer, store);
      case KILLED -> new NoSelector();
    };
  }

  /** A delivery has ended: delivered or failed; its outcome is queued. */
  void settled(Delivery delivery);

  /** An attempt has failed and another is due; its outcome is queued. */
  void failed(Delivery delivery) throws InterruptedException;

  /** Someone else has changed what stands on disk: a person redelivers or discards. */
  void deliveriesChanged();

  /**
   * Takes in what may be attempted now; what was queued and must be read again is durable after it.
   */
  void refill(Instant now) throws InterruptedException;

  /** Whether {@link #refill} has more to take in at once. */
  boolean wantsMore();

  /** When there is something to take in again, if nothing happens before. */
  Instant nextCheck();
}
