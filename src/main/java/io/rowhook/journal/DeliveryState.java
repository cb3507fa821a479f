package io.rowhook.journal;

import java.time.Instant;

/**
 * Where a delivery stands. Delivered, Failed (and skipped, which leaves no trace but the cursor, or
 * a note where a newer one was sent in its place) are its ends; there is no fourth. A Failed one
 * starts again only when a person redelivers it.
 */
public sealed interface DeliveryState {

  /** The recipient has acknowledged it. */
  record Delivered() implements DeliveryState {}

  /** An attempt failed; the next one is due. */
  record Waiting(Instant next) implements DeliveryState {}

  /**
   * It waits for its turn: behind an earlier delivery of the same entity, or, where a person
   * replays a range, in its place among all of them.
   */
  record Blocked() implements DeliveryState {}

  /**
   * Its retries are used up, or there was no use in retrying: kept, readable, redeliverable.
   *
   * @param reason in words, without values
   */
  record Failed(String reason) implements DeliveryState {

    /**
     * Begins the reason of one that ended because its recipient was owed too much. It does not hold
     * its event from retention: else a recipient that nobody mends could fill the journal.
     */
    public static final String OWED_LIMIT = "owed limit";

    /**
     * Begins the reason of one that a person has let go. It does not hold its event from retention
     * either, and a late outcome of an attempt under way opens it no more.
     */
    public static final String DISCARDED = "discarded by a person";
  }
}
