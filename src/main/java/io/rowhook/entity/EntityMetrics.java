package io.rowhook.entity;

import io.rowhook.capture.Transaction;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the loop in has seen since the process started; counted by the capture thread, read by any.
 */
public final class EntityMetrics {

  final LongAdder rows = new LongAdder();
  final LongAdder transactions = new LongAdder();
  public final LongAdder events = new LongAdder();
  public final LongAdder unchanged = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  public final LongAdder rejected = new LongAdder();
  final LongAdder ignoredMessages = new LongAdder();
  public final LongAdder steps = new LongAdder();

  private volatile @Nullable Muted muted;

  /**
   * Transactions that asked for no events.
   *
   * @param count how many
   * @param last the last of them
   */
  public record Muted(long count, Transaction last) {}

  /** One more is durable. */
  void muted(Transaction last) {
    Muted before = muted;
    muted = new Muted(before == null ? 1 : before.count() + 1, last);
  }

  /** Transactions that asked for no events; empty: none did. */
  public Optional<Muted> muted() {
    return Optional.ofNullable(muted);
  }

  /** Row changes, replayed ones included. */
  public long rows() {
    return rows.sum();
  }

  /** Transactions published. */
  public long transactions() {
    return transactions.sum();
  }

  /** Events made. */
  public long events() {
    return events.sum();
  }

  /** Entities touched by a transaction that changed nothing that is mapped. */
  public long unchanged() {
    return unchanged.sum();
  }

  /** Transactions that the journal had already. */
  public long duplicates() {
    return duplicates.sum();
  }

  /** Grows for as long as a transaction gets on, whatever its size. */
  public long progress() {
    return rows.sum() + events.sum() + unchanged.sum() + steps.sum();
  }

  /** Row changes that no event could be made of. */
  public long rejected() {
    return rejected.sum();
  }

  /** What transactions said to Rowhook that could not be used. */
  public long ignoredMessages() {
    return ignoredMessages.sum();
  }
}
