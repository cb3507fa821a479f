package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.Journal;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A recipient of a {@link NamedLoad}, and what its dispatchers need. One thread. */
final class ReferencesRig implements AutoCloseable {

  static final int JOBS = 16;

  final NamedLoad load;
  MemoryBudget budget = MemoryBudget.ofHeap();
  private Journal journal;
  private RecipientDispatcher dispatcher;
  private Recipient recipient;

  /** Starts at the journal's beginning. */
  ReferencesRig(NamedLoad load, Journal journal, Recipient recipient) {
    this.load = load;
    this.journal = journal;
    this.recipient = recipient;
    if (journal.epoch().isEmpty()) {
      journal.begin(Samples.EPOCH, Position.START, Map.of());
    }
    journal.deliveries(recipient.name());
    this.dispatcher = start();
  }

  /** A shop that fails as often as it likes, and wants the latest of articles only, if asked to. */
  static Recipient shop(
      Receiver receiver, DeliveryOrder order, RetryPolicy retry, boolean latestOnly) {
    return shop(receiver, order, retry, latestOnly, Outbound.SELDOM);
  }

  static Recipient shop(
      Receiver receiver,
      DeliveryOrder order,
      RetryPolicy retry,
      boolean latestOnly,
      CircuitBreakerConfig breaker) {
    return new Recipient(
        "shop",
        receiver.url("/"),
        Authentication.NONE,
        new Parallel(JOBS, order),
        Duration.ofSeconds(30),
        AcknowledgementRule.ANY_2XX,
        retry,
        breaker,
        new BacklogLimit(Duration.ofDays(36500), 1L << 40),
        EgressPolicy.NOTHING,
        TlsConfig.DEFAULT,
        BodyFormat.json,
        List.of(
            wanted("Order", latestOnly),
            wanted("Customer", latestOnly),
            wanted("Article", latestOnly)));
  }

  private static Subscription wanted(String entity, boolean latestOnly) {
    return new Subscription(
        entity,
        Set.of(EventType.values()),
        Optional.empty(),
        Set.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        latestOnly);
  }

  private RecipientDispatcher start() {
    RecipientDispatcher starting =
        new RecipientDispatcher(
            recipient,
            journal,
            new PlainSets(),
            new WebhookClient(AddressPolicy.ANY),
            InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"),
            new DeliveryListener() {
              @Override
              public void attempted(String name, AttemptOutcome outcome, DeliveryState state) {
                load.ended(outcome.delivery().entry(), state);
              }

              @Override
              public void unchanged(String name, JournalEntry entry) {
                load.ended(entry.event().id());
              }
            },
            TraceHeaders.NONE,
            budget);
    starting.start();
    return starting;
  }

  /** All at once, or what of it comes next, in transactions of 500. */
  void publish(int from, int to) {
    List<Event> events = load.events().subList(from, to);
    if (journal instanceof MemoryJournal memory) {
      memory.append(events);
      return;
    }
    for (int i = 0; i < events.size(); i += 500) {
      List<Event> some = events.subList(i, Math.min(events.size(), i + 500));
      Event last = some.getLast();
      try {
        journal.publish(
            new Transaction(last.position(), "tx" + last.id(), last.committedAt()),
            some,
            List.of());
        journal.commit();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  void publish() {
    publish(0, load.events().size());
  }

  /** Ends this life, and begins another; by a kill that loses what was queued where it can. */
  void restart(SqliteReopening reopening) {
    if (journal instanceof MemoryJournal memory) {
      MemoryJournal after = memory.crashed();
      dispatcher.close();
      journal = after;
    } else {
      dispatcher.close();
      journal.close();
      journal = reopening.open();
    }
    dispatcher = start();
  }

  /** Opens a journal again. */
  interface SqliteReopening {
    SqliteJournal open();
  }

  void reconfigure(Recipient next) {
    recipient = next;
    dispatcher.reconfigure(next);
  }

  Journal journal() {
    return journal;
  }

  DispatcherStatus status() {
    return dispatcher.status();
  }

  /** Waits until nothing waits any more. */
  void settled(Duration limit) {
    Eventually.within(
        limit,
        "all settled",
        () ->
            journal.head() >= load.events().size()
                && journal.deliveries("shop").cursor() == journal.head()
                && journal.deliveries("shop").open() == 0);
  }

  @Override
  public void close() {
    dispatcher.close();
    journal.close();
    assertThat(budget.used()).as("what the buffers have not given back").isZero();
  }
}
