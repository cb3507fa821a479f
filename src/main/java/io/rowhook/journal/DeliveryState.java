package io.rowhook.journal;

import java.time.Instant;

/**
 * Where a delivery stands. Delivered, Failed (and skipped, which leaves no trace but the cursor)
 * are its ends; there is no fourth. A Failed one starts again only when a person redelivers it.
 */
public sealed interface DeliveryState {

  /** The recipient has acknowledged it. */
  record Delivered() implements DeliveryState {}

  /** An attempt failed; the next one is due. */
  record Waiting(Instant next) implements DeliveryState {}

  /** It waits behind an earlier delivery of the same entity that is Waiting. */
  record Blocked() implements DeliveryState {}

  /**
   * Its retries are used up, or there was no use in retrying: kept, readable, redeliverable.
   *
   * @param reason in words, without values
   */
  record Failed(String reason) implements DeliveryState {}
}
