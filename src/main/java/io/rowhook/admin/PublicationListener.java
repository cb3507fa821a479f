package io.rowhook.admin;

import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import java.util.List;
import java.util.Map;

/**
 * Told of each transaction once it is durable in the journal, in their order: by metrics and
 * traces. On the capture thread; must return at once, and not throw.
 */
public interface PublicationListener {

  /**
   * A transaction is durable.
   *
   * @param events those that it made, in their order; none where it changed nothing that is mapped
   */
  default void journaled(Transaction transaction, List<Event> events) {}

  /**
   * The same of one that was too large for memory.
   *
   * @param events how many of each kind it made
   */
  default void journaledLarge(Transaction transaction, Map<EventKind, Long> events) {}

  /** Returns one that tells this one, and then another. */
  default PublicationListener and(PublicationListener next) {
    PublicationListener first = this;
    return new PublicationListener() {
      @Override
      public void journaled(Transaction transaction, List<Event> events) {
        first.journaled(transaction, events);
        next.journaled(transaction, events);
      }

      @Override
      public void journaledLarge(Transaction transaction, Map<EventKind, Long> events) {
        first.journaledLarge(transaction, events);
        next.journaledLarge(transaction, events);
      }
    };
  }
}
