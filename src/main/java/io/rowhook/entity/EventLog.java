package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where events are published; the journal. Called by the capture thread only.
 *
 * <p>What {@link #publish} was given becomes visible and durable, together with the watermark, in
 * one commit: at the next {@link #commit}.
 */
public interface EventLog {

  /**
   * Puts aside, unseen by anyone, what the open transaction has done so far, to free memory. An
   * entity that was put aside before is merged: the earlier change first, the later second. Keeps
   * the order of first touch. Forgotten at {@link #discard}, and when the process ends.
   */
  void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge)
      throws InterruptedException;

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
   * Publishes a transaction of which all was staged, streaming; and moves the watermark.
   *
   * @param toEvent the event that a net change makes, or null for none
   */
  void publishStaged(
      Transaction transaction,
      Function<NetChange, @Nullable Event> toEvent,
      List<RejectedRow> rejected)
      throws InterruptedException;

  /**
   * Returns once everything published is durable.
   *
   * @throws RuntimeException if it cannot be; then nothing of what was published since the last
   *     commit is visible, and the caller must have it read again
   */
  void commit() throws InterruptedException;
}
