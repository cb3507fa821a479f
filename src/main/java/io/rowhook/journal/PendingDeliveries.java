package io.rowhook.journal;

import io.rowhook.journal.DeliveryState.Blocked;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is pending for one recipient and stands on disk. Reads see what is durable. */
public interface PendingDeliveries {

  /** Whether a delivery is Retrying or Blocked, and was redelivered just so often. */
  boolean isOpen(long sequence, int redelivery);

  /** Retrying deliveries that are due, the longest due first. */
  List<Delivery> due(Instant now, int limit);

  /** When the next Retrying delivery is due, if there is one. */
  Optional<Instant> nextDue();

  /**
   * The oldest delivery that is Retrying or Blocked, if there is one: what sequential processing
   * sends first.
   */
  Optional<Delivery> oldestOpen();

  /** The oldest delivery of one entity that is Retrying or Blocked. */
  Optional<Delivery> oldestOpen(String entityKey);

  /**
   * Returns the oldest deliveries that are Retrying or Blocked and that no person has redelivered
   * or replayed, in order.
   */
  List<Delivery> oldestUnrequested(int limit);

  /**
   * Blocked deliveries that nothing earlier of their entity holds back any more: the earlier one
   * was settled just before a crash, or by a person. Whoever starts to dispatch must go on with
   * them, since nobody else will. The oldest first.
   */
  List<Delivery> waitingNotBlocked(int limit);

  /**
   * From which sequence on events have to wait that name an entity: after that of its oldest
   * delivery that is Retrying or Blocked and that no person has redelivered, and so from 0 on if
   * that one stands for earlier ones too; empty if there is none.
   */
  OptionalLong holdsFrom(String entityKey);

  /** Keys of entities of which a delivery is Retrying or Blocked, in no order. */
  List<String> openEntities(int limit);

  /**
   * Deliveries that are Blocked behind this ({@link Blocked#behind}) after a sequence, in order.
   */
  List<Delivery> waitingBehind(String entityKey, long after, int limit);

  /**
   * As {@link #waitingNotBlocked}, but without those that are Blocked behind an entity that still
   * holds them.
   */
  List<Delivery> waitingBehindNone(int limit);

  /**
   * Retrying deliveries that a person has redelivered and that were not attempted since: they go
   * out during a pause too. The oldest first.
   */
  List<Delivery> requested(int limit);

  /** How many deliveries are Retrying or Blocked. */
  long open();

  /** The recipient's backlog, what is not dispatched yet included. */
  Backlog backlog();
}
