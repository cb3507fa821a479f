package io.rowhook.capture;

import java.util.List;

/**
 * Where capture hands what it reads: BEGIN, rows and END of one transaction after the other, in the
 * order of their commits. All methods are called by one thread, the engine's; what they throw stops
 * the engine, unmarked, and starts a new one, which reads again everything that {@link #commit} did
 * not return for.
 */
public interface ChangeSink {

  /**
   * A new engine: forget what was half seen. Also called before the first.
   *
   * @param tables what the catalog says of the tables whose rows will come
   */
  void restart(List<TableFacts> tables) throws InterruptedException;

  /** A transaction begins; the one before it has ended. */
  void begin(long transactionId);

  /** One row change of the open transaction. */
  void row(RowChange change) throws InterruptedException;

  /** One row change of the open transaction that no event can be made of. */
  void reject(RejectedRow row);

  /** The open transaction is whole. It is not durable until {@link #commit} has returned. */
  void end(Transaction transaction) throws InterruptedException;

  /**
   * Returns once every transaction that has ended is durable; may return at once if there is none.
   */
  void commit() throws InterruptedException;
}
