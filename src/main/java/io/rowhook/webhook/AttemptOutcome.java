package io.rowhook.webhook;

import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.webhook.policy.AttemptResult;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt's thread hands back to its {@link RecipientDispatcher}.
 *
 * @param delivery what was attempted, with the match that it went by
 * @param attempt for the attempt log
 * @param result what came of it
 * @param destination where its request went; null: none was made
 * @param place of the delivery in its request, from 0
 * @param size how many deliveries its request had
 * @param digest of what the recipient has of the entity now, where it is sent only what is
 *     different; null: it is not known
 */
public record AttemptOutcome(
    Delivery delivery,
    Attempt attempt,
    AttemptResult result,
    @Nullable Destination destination,
    int place,
    int size,
    @Nullable Digest digest) {

  /** One of a recipient that is sent everything. */
  public AttemptOutcome(
      Delivery delivery,
      Attempt attempt,
      AttemptResult result,
      @Nullable Destination destination,
      int place,
      int size) {
    this(delivery, attempt, result, destination, place, size, null);
  }

  /** Whether it speaks for its request: the recipient has failed once, not for each delivery. */
  public boolean isFirst() {
    return place == 0;
  }

  /** Whether others went with it, so that what came of it is not known to be its own. */
  public boolean isShared() {
    return size > 1;
  }
}
