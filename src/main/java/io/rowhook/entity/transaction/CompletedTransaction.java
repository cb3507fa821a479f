package io.rowhook.entity.transaction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventCollector;
import io.rowhook.entity.NetChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that has ended and whose changes are in memory: between its END and its
 * publication. The capture thread's.
 *
 * @param changes by {@link NetChange#entityKey}, in the order of first touch
 * @param events what comes of them, in the order in which they are made
 * @param rejected rows that no event can be made of
 * @param messages what it says to Rowhook
 * @param weight about how many bytes of heap the changes hold
 * @param isRead whether more than the log is needed for them
 */
public record CompletedTransaction(
    Transaction transaction,
    Map<String, NetChange> changes,
    List<Event> events,
    RejectedRows rejected,
    TransactionMessages messages,
    long weight,
    boolean isRead)
    implements EventCollector {

  public CompletedTransaction(
      Transaction transaction,
      Map<String, NetChange> changes,
      RejectedRows rejected,
      TransactionMessages messages,
      long weight,
      boolean isRead) {
    this(transaction, changes, new ArrayList<>(changes.size()), rejected, messages, weight, isRead);
  }

  /** One whose changes are elsewhere. */
  CompletedTransaction(
      Transaction transaction, RejectedRows rejected, TransactionMessages messages) {
    this(transaction, Map.of(), rejected, messages, 0, true);
  }

  /** The events so far, in the order in which they are published. */
  List<Event> ordered() {
    return ReferenceOrder.of(events);
  }

  /** The same, which are not kept here any longer. */
  List<Event> taken() {
    List<Event> taken = ordered();
    events.clear();
    return taken;
  }

  @Override
  public @Nullable ObjectNode context() {
    return messages.context();
  }

  @Override
  public boolean isMuted() {
    return messages.muted();
  }

  @Override
  public void event(Event event) {
    events.add(event);
  }

  @Override
  public void reject(RejectedRow row) {
    if (!isMuted()) {
      rejected.add(row);
    }
  }
}
