package io.rowhook.journal;

/**
 * Takes what becomes of one recipient's deliveries. Everything is queued, in order, and durable
 * with the next group commit; {@link #flush} waits for it. Blocks while the journal's queue is
 * full.
 */
public interface DeliveryOutcomes {

  /** Records an attempt, and where the delivery stands after it. */
  void recordAttempt(Delivery after, Attempt attempt) throws InterruptedException;

  /**
   * Records a state that no attempt led to: Blocked behind an earlier one, or Failed by a limit. A
   * delivery that a person has redelivered, replayed or discarded meanwhile stays as it is.
   */
  void put(Delivery delivery) throws InterruptedException;

  /**
   * Records which subscriptions decide about events up to a sequence. Where they are those that
   * decided last, this takes the place of the earlier note, also with a lower sequence.
   */
  void decide(Matching matching) throws InterruptedException;

  /** Moves the cursor; never backwards. */
  void advance(long cursor) throws InterruptedException;

  /** Returns once all that was queued here is durable. */
  void flush() throws InterruptedException;

  /** How much of what was queued here is not durable yet; at once. */
  int queued();
}
