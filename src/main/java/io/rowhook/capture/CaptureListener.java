package io.rowhook.capture;

import java.time.Duration;

/**
 * Told what happens in capture, for status and metrics; and the places at which the crash tests
 * halt the process. Called by capture's own threads; must return at once and not throw.
 */
public interface CaptureListener {

  /** The source really sends. */
  default void streaming() {}

  /** A slot is about to be made, and that is durable. */
  default void makingSlot() {}

  /** A slot was made, and no epoch begun with it. */
  default void madeSlot() {}

  /** The engine failed or could not start; the next try comes after {@code next}. */
  default void failed(String reason, Duration next) {}

  /** Capture has ended and tries nothing more by itself. */
  default void stopped(String reason) {}

  /** A batch was handed on that ends inside a transaction. */
  default void insideTransaction(String transactionId) {}

  /** Everything up to here is durable, and nothing of it marked. */
  default void committed(Transaction last) {}

  /** Marked in the engine; the source does not know it yet. */
  default void marked(Transaction last) {}

  /** The source knows: the slot's confirmed position has moved to here. */
  default void flushed(Position confirmed) {}
}
