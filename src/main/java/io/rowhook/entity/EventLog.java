package io.rowhook.entity;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

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
   * the order of first touch. Forgotten at {@link #discard}, and when the process ends. May return
   * before that is done; what it then meets is thrown by the next call that stages, at the latest
   * by {@link #publishStaged}.
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
   * Makes the events of a transaction that was staged. Run by the journal's own thread, perhaps
   * more than once; what it throws is what {@link #publishStaged} throws.
   */
  interface StagedEvents {

    /**
     * Makes them all.
     *
     * @param events takes them in order
     * @return the rows that no event could be made of
     */
    List<RejectedRow> make(Staged staged, Consumer<Event> events);
  }

  /** Publishes a transaction of which all was staged, streaming; and moves the watermark. */
  void publishStaged(Transaction transaction, StagedEvents events) throws InterruptedException;

  /**
   * Returns once everything published is durable.
   *
   * @throws RuntimeException if it cannot be; then nothing of what was published since the last
   *     commit is visible, and the caller must have it read again
   */
  void commit() throws InterruptedException;
}
