package io.rowhook.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one recipient has settled of the journal: a cursor, an attempt log, and the exceptions.
 *
 * <p>Every delivery up to the cursor is delivered, skipped, or stands as an exception (Waiting,
 * Blocked, Failed). Above it some may be settled already. Exceptions are few in good times and are
 * kept on disk, indexed, in bad ones.
 *
 * <p>Reads see what has been committed, not what is still queued; so whoever needs to read what it
 * wrote waits with {@link #flush}. One thread at a time, the recipient's own.
 */
public interface Ledger {

  /** The sequence up to which everything is settled or an exception. */
  long cursor();

  /** Above this sequence nothing is settled or an exception. */
  long lastKnown();

  /**
   * Sequences after {@code after} up to {@code through} that are settled, skipped or exceptions
   * already, in no order.
   */
  Set<Long> known(long after, long through);

  /** What is sent instead of an event, if others were skipped in its favour. */
  Optional<Merged> merged(long sequence);

  /**
   * The next events of an entity after this one, in order, up to the first that was attempted or
   * that a person has decided on: at most {@code limit}, and no more than about {@code maxBytes}.
   */
  List<Later> later(Entry entry, int limit, long maxBytes);

  /**
   * Whether the recipient has the entity, by what it was sent before this event: not if the last of
   * these was a Deleted, or if there were none since a Created. An entity of which the journal does
   * not have the beginning counts as one that it has.
   */
  boolean mayHave(Entry entry);

  /** Whether a delivery is Waiting or Blocked, and was redelivered just so often. */
  boolean isOpen(long sequence, int redelivery);

  /** Waiting deliveries that are due, the longest due first. */
  List<Delivery> due(Instant now, int limit);

  /** When the next Waiting delivery is due, if there is one. */
  Optional<Instant> nextDue();

  /**
   * The oldest delivery that is Waiting or Blocked, if there is one: what sequential processing
   * owes first.
   */
  Optional<Delivery> oldestOpen();

  /**
   * Returns the oldest deliveries that are Waiting or Blocked and that no person has redelivered or
   * replayed, in order.
   */
  List<Delivery> oldestUnrequested(int limit);

  /** The oldest delivery of one entity that is Waiting or Blocked. */
  Optional<Delivery> oldestOpen(String entityKey);

  /**
   * Blocked deliveries that nothing earlier of their entity holds back any more: the earlier one
   * was settled just before a crash, or by a person. Whoever starts to dispatch must go on with
   * them, since nobody else will. The oldest first.
   */
  List<Delivery> unheld(int limit);

  /** How many deliveries are Waiting or Blocked. */
  long open();

  /**
   * Waiting deliveries that a person has redelivered and that were not attempted since: they go out
   * during a hold too. The oldest first.
   */
  List<Delivery> asked(int limit);

  /** What keeps this recipient from being sent to; empty: nothing. */
  Optional<Hold> hold();

  /**
   * When attempts failed since an instant, and since the last hold ended: the newest {@code limit}
   * of them, the oldest first. Only those that count against the recipient: one without a POST,
   * because the attribute set failed, does not.
   */
  List<Instant> failures(Instant since, int limit);

  /** How much it is owed. */
  Backlog backlog();

  /**
   * Queues the outcome of an attempt: its entry in the attempt log, and where the delivery now
   * stands. Durable with the next group commit; {@link #flush} waits for it. Blocks while the
   * journal's queue is full.
   *
   * @param redelivery how often a person had redelivered it
   * @param trials how many of its attempts so far, this one included, use up no retry
   */
  void attempted(Entry entry, Attempt attempt, DeliveryState state, int redelivery, int trials)
      throws InterruptedException;

  /**
   * Queues what keeps this recipient from being sent to from now on. Where a person holds it
   * already, that stays.
   */
  void hold(Hold hold) throws InterruptedException;

  /**
   * Queues the end of the hold, if there is one and it is not a person's: that only a person ends
   * ({@code Operations}). What failed before {@code at} is not counted any more.
   */
  void release(Instant at) throws InterruptedException;

  /**
   * Queues a state that no attempt led to: Blocked behind an earlier one, or Failed by a limit. A
   * delivery that a person has redelivered, replayed or discarded meanwhile stays as it is.
   */
  void put(Entry entry, DeliveryState state) throws InterruptedException;

  /**
   * Queues, all of it in one commit, that deliveries are skipped since a newer one of their entity
   * is owed, and what is sent for that one instead. One that a person has decided on meanwhile is
   * not skipped.
   *
   * @param merged null: the event as it is
   */
  void skip(List<Long> skipped, Entry newest, @Nullable Merged merged) throws InterruptedException;

  /** Queues the cursor's move; never backwards. */
  void advance(long cursor) throws InterruptedException;

  /** Returns once all that was queued here is durable. */
  void flush() throws InterruptedException;

  /** How much of what was queued here is not durable yet; at once. */
  int queued();
}
