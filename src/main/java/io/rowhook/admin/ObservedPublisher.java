package io.rowhook.admin;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventPublisher;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.entity.SpilledChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * The journal as capture publishes to it, which tells a {@link PublicationListener} what has become
 * durable. Between the entity room and the journal; the capture thread's.
 */
public final class ObservedPublisher implements EventPublisher {

  private record Published(Transaction transaction, List<Event> events) {}

  private final EventPublisher journal;
  private final PublicationListener listener;

  /** Not durable yet; the journal holds the same events until it commits. */
  private List<Published> published = new ArrayList<>();

  /** Of the open transaction. */
  private Map<EventKind, Long> appended = new HashMap<>();

  public ObservedPublisher(EventPublisher journal, PublicationListener listener) {
    this.journal = journal;
    this.listener = listener;
  }

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    journal.stage(changes, merge);
  }

  @Override
  public void discard() throws InterruptedException {
    published = new ArrayList<>();
    appended = new HashMap<>();
    journal.discard();
  }

  @Override
  public void discardStaged() throws InterruptedException {
    appended = new HashMap<>();
    journal.discardStaged();
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    journal.publish(transaction, events, rejected);
    published.add(new Published(transaction, List.copyOf(events)));
  }

  @Override
  public void publishChunk(Transaction transaction, List<Event> events, ResyncProgress progress) {
    journal.publishChunk(transaction, events, progress);
    published.add(new Published(transaction, List.copyOf(events)));
  }

  @Override
  public SpilledChanges staged() {
    return journal.staged();
  }

  @Override
  public void append(Transaction transaction, List<Event> events) throws InterruptedException {
    commit(); // what was published before is durable before this is written
    journal.append(transaction, events);
    for (Event event : events) {
      appended.merge(EventKind.of(event), 1L, Long::sum);
    }
  }

  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rejected)
      throws InterruptedException {
    List<Published> before = taken();
    Map<EventKind, Long> events = appended;
    appended = new HashMap<>();
    journal.publishStaged(transaction, rejected);
    tell(before);
    listener.journaledLarge(transaction, events);
  }

  @Override
  public void commit() throws InterruptedException {
    List<Published> committed = taken();
    journal.commit();
    tell(committed);
  }

  @Override
  public void complete(Instant committedTo) throws InterruptedException {
    journal.complete(committedTo);
  }

  /** If the commit fails, all of it is read and published again. */
  private List<Published> taken() {
    List<Published> taken = published;
    published = new ArrayList<>();
    return taken;
  }

  private void tell(List<Published> durable) {
    durable.forEach(one -> listener.journaled(one.transaction(), one.events()));
  }
}
