package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Where events are published; the journal. Called by the capture thread only.
 *
 * <p>What {@link #publish} was given becomes visible and durable, together with the watermark, in
 * one commit: at the next {@link #commit}.
 */
public interface EventPublisher {

  /**
   * Puts aside, unseen by anyone, what the open transaction has done so far, to free memory. An
   * entity that was put aside before is merged: the earlier change first, the later second. Keeps
   * the order of first touch. Forgotten at {@link #discard}, and when the process ends. Nobody
   * waits for it but its caller.
   */
  void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge);

  /** Forgets what was staged, and what was published and not committed. */
  void discard() throws InterruptedException;

  /**
   * Forgets what was staged, and only that: the transaction it belongs to is in the journal
   * already.
   */
  void discardStaged() throws InterruptedException;

  /**
   * Publishes a transaction that was never staged: its events, in order; and moves the watermark.
   */
  void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected);

  /**
   * Publishes the transaction that ends a chunk of a resync, with the chunk's events, and notes in
   * the same commit how far the resync has come. Publishes none of them where it runs no more.
   */
  default void publishChunk(Transaction transaction, List<Event> events, ResyncProgress progress) {
    throw new UnsupportedOperationException("a resync");
  }

  /** What was staged of the open transaction, all of it; to be read until it is published. */
  SpilledChanges staged();

  /**
   * Writes events of a transaction that are too many for memory: the next ones, in order. Nobody
   * sees them before {@link #publishStaged}; what a crash leaves of them goes. May return before
   * that is done; what it then meets is thrown by the next call.
   */
  void append(Transaction transaction, List<Event> events) throws InterruptedException;

  /**
   * Publishes a transaction of which all events were appended; what was staged of it is forgotten.
   * Moves the watermark. Durable and visible when it returns, with all that was published before
   * it.
   *
   * @param rejected the rows that no event could be made of
   */
  void publishStaged(Transaction transaction, List<RejectedRow> rejected)
      throws InterruptedException;

  /**
   * Returns once everything published is durable.
   *
   * @throws RuntimeException if it cannot be; then nothing of what was published since the last
   *     commit is visible, and the caller must have it read again
   */
  void commit() throws InterruptedException;

  /**
   * Everything that the source had committed by then, by its own clock, has been published and is
   * durable. Returns at once; kept where it can be, and made up for by the next one.
   */
  void complete(Instant committedTo) throws InterruptedException;
}
