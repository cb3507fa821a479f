package io.rowhook.entity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import org.jspecify.annotations.Nullable;

/** Takes what comes of one transaction, in order. */
public interface EventCollector {

  Transaction transaction();

  void event(Event event);

  /** What the transaction says of itself to all of its events; null: nothing. */
  default @Nullable ObjectNode context() {
    return null;
  }

  /** Whether nothing is wanted of it, and it is only here since others show what it did. */
  default boolean isMuted() {
    return false;
  }

  /** A row that no event can be made of. */
  void reject(RejectedRow row);
}
