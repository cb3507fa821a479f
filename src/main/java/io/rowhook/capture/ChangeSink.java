package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where capture hands what it reads: BEGIN, rows and END of one transaction after the other, in the
 * order of their commits. All methods are called by one thread, the engine's; what they throw stops
 * the engine, unmarked, and starts a new one, which reads again everything that {@link #commit} has
 * not called durable.
 */
public interface ChangeSink {

  /** The most bytes that a transaction may say to Rowhook: they go into each of its events. */
  int MAX_MESSAGE_BYTES = 16 << 10;

  /** What is broken by saying more. */
  String MESSAGE_TOO_LARGE = "it is larger than %d KB".formatted(MAX_MESSAGE_BYTES >> 10);

  /**
   * A new engine: forget what was half seen. Also called before the first.
   *
   * @param tables what the catalog says of the tables whose rows will come
   */
  void restart(List<TableMetadata> tables) throws InterruptedException;

  /** A transaction begins; the one before it has ended. */
  void begin(String transactionId);

  /** One row change of the open transaction. */
  void row(RowChange change) throws InterruptedException;

  /** One row change of the open transaction that no event can be made of. */
  void reject(RejectedRow row);

  /**
   * What the open transaction says to Rowhook itself, by {@code pg_logical_emit_message(true,
   * 'rowhook', '{...}')}: before, between or after its rows, as often as it likes.
   *
   * @param content of one message; keys that begin with {@code rowhook.} are Rowhook's own
   */
  void message(ObjectNode content);

  /**
   * A message of the open transaction to Rowhook that cannot be used.
   *
   * @param rule what it breaks, in words, without its values
   */
  void ignore(String rule);

  /** The open transaction is whole. It is not durable until {@link #commit} has returned. */
  void end(Transaction transaction) throws InterruptedException;

  /**
   * What is durable after {@link #commit}.
   *
   * @param durable every transaction that ends up to here
   * @param awaited the rest waits until all that the log has before this position has been handed
   *     over: then it is to be called again; null: there is no rest
   */
  record Progress(Position durable, @Nullable Position awaited) {}

  /**
   * Makes transactions durable that have ended; all of them, or as many as need not wait for what
   * the log brings next.
   *
   * @param passed all that the log has before this position has been handed over; {@link
   *     Position#START}: nothing is known but the transactions
   * @param now whether none may wait
   */
  Progress commit(Position passed, boolean now) throws InterruptedException;

  /**
   * Every transaction that the source had committed by then, by its own clock, is durable. Returns
   * at once.
   */
  void complete(Instant committedTo) throws InterruptedException;
}
