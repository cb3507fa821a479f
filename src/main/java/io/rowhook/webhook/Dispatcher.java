package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.CourierStatus.State;
import io.rowhook.webhook.Mailbox.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One recipient's deliveries, from the journal to their outcomes: the loop "out", from where the
 * ledger stands until the breaker's state or the settings ask for another. {@link Courier} runs one
 * after the other.
 *
 * <p>Its one thread owns all that is to decide: the {@link Window}, the {@link Order}, the delivery
 * store. Attempts run on threads of their own and only report back.
 */
final class Dispatcher {

  /** It looks around at least so often, so that a clock set back or forth is noticed. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** What outlives one loop; owned by the dispatcher's thread. */
  record Parts(
      String recipient,
      Journal journal,
      DispatcherControl control,
      Mailbox mailbox,
      InFlight inFlight,
      Sender sender,
      OwedWatch owedWatch,
      RateLimiter rateLimiter,
      Hindrance hindrance,
      Told told,
      Observer observer,
      InstantSource clock,
      RandomGenerator random) {}

  private final Parts parts;
  private final DeliveryStore store;
  private final Window window;
  private final Gate gate;
  private final Gate.Way way; // while it lasts, this loop does
  private final Order order;
  private boolean ending;
  private boolean hasTooMuch;

  Dispatcher(Parts parts, DeliveryStore store, Window window, Gate gate) {
    this.parts = parts;
    this.store = store;
    this.window = window;
    this.gate = gate;
    this.way = gate.way(now());
    this.order = Order.of(way, recipient().processing(), window, store);
  }

  /** Dispatches until another loop has to go on. */
  void run() throws InterruptedException {
    while (!hasEnded()) {
      refill();
      startReady();
      advance();
      for (Outcome outcome : drain()) {
        record(outcome, decide(outcome));
      }
    }
    parts.inFlight.interrupt();
    window.close();
  }

  /** Whether too much is owed: the next loop begins with less. */
  boolean hasTooMuch() {
    return hasTooMuch;
  }

  private boolean hasEnded() {
    ending = ending || parts.control.isClosing() || !takesSettings() || isAnotherToGoOn();
    return ending && (parts.inFlight.isEmpty() || parts.control.isOutOfTime());
  }

  /** Takes edited settings over; false if they ask for another loop. */
  private boolean takesSettings() {
    DispatcherSettings edited = parts.control.edited();
    if (edited == null) {
      return true;
    }
    if (!edited.continues(parts.control.inForce())) {
      return false;
    }
    parts.control.take(edited);
    window.resize(edited.recipient().processing());
    return true;
  }

  /** Whether the breaker's state is another now, or the backlog is too large. */
  private boolean isAnotherToGoOn() {
    if (parts.control.hasLedgerChanged()) {
      parts.control.readsLedger();
      if (gate.isOther(parts.journal.killSwitch().isPresent(), store.pause())) {
        return true;
      }
      window.recheck();
      order.ledgerChanged();
    }
    hasTooMuch = hasTooMuch || parts.owedWatch.isBeyond(store, recipient().backlog(), now());
    return hasTooMuch || gate.way(now()) != way;
  }

  private void refill() throws InterruptedException {
    if (!ending) {
      order.pull(now());
    }
  }

  private void startReady() throws InterruptedException {
    if (ending) {
      return;
    }
    long each = window.lanes().bytes() / Math.max(1, window.lanes().size());
    int room = parts.inFlight.room(recipient().processing().jobs(), each);
    parts.rateLimiter.limit(recipient().connection().rate());
    for (Delivery delivery : window.next(Math.min(room, parts.rateLimiter.available(now())))) {
      parts.rateLimiter.take();
      parts.inFlight.start(delivery, parts.control.inForce().attempting());
    }
  }

  /** Tells the delivery store how far it has come, and others what it does. */
  private void advance() throws InterruptedException {
    boolean quiet = parts.inFlight.isEmpty() && !order.hungry();
    window.advance(quiet);
    if (quiet || window.hasFlushed()) {
      parts.hindrance.over();
    }
    State resting = way == Gate.Way.open || way == Gate.Way.trial ? State.idle : State.held;
    parts.told.tell(
        quiet ? resting : State.sending, window, parts.inFlight.size(), gate, parts.hindrance);
  }

  /** Waits for something to happen, and returns the outcomes that have come. */
  private List<Outcome> drain() throws InterruptedException {
    List<Message> messages = parts.mailbox.take(ending ? untilEnd() : untilNext());
    if (messages.isEmpty()) {
      parts.sender.closeIdle();
    }
    parts.inFlight.ended(messages); // all of them, before recording one can fail
    List<Outcome> outcomes = new ArrayList<>();
    for (Message message : messages) {
      switch (message) {
        case Message.Wake _ -> window.published();
        case Message.Ended(Outcome outcome) -> outcomes.add(outcome);
      }
    }
    return outcomes;
  }

  private Sequel decide(Outcome outcome) {
    return Sequel.of(outcome, recipient(), gate, way, now(), parts.random.nextDouble());
  }

  private void record(Outcome outcome, Sequel sequel) throws InterruptedException {
    DeliveryState state = sequel.delivery().state();
    parts.told.attempted(outcome.attempt());
    window.record(outcome, sequel.delivery());
    window.change(sequel.change(), now());
    AttemptLog.log(parts.recipient, outcome, state);
    AttemptLog.log(parts.recipient, sequel.change());
    parts.observer.settled(parts.recipient, outcome.delivery().entry(), outcome.attempt(), state);
    if (state instanceof DeliveryState.Retrying) {
      order.failed(outcome.delivery());
    } else {
      order.settled(outcome.delivery());
    }
  }

  private Duration untilNext() {
    Instant now = now();
    Instant opens = way == Gate.Way.asked ? gate.until() : Instant.MAX; // else it is past
    Instant next =
        Collections.min(
            List.of(order.nextCheck(), opens, parts.owedWatch.next(), parts.rateLimiter.next(now)));
    if (order.hungry() || window.hasMore() || !next.isAfter(now)) {
      return Duration.ZERO;
    }
    return next.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, next);
  }

  private Duration untilEnd() {
    return parts.control.isClosing() ? parts.control.timeLeft() : LONGEST_WAIT;
  }

  private Recipient recipient() {
    return parts.control.inForce().recipient();
  }

  private Instant now() {
    return parts.clock.instant();
  }
}
