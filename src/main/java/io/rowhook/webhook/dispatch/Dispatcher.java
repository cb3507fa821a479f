package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Unchanged;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.dispatch.OutcomeQueue.Message;
import io.rowhook.webhook.policy.AttemptResult;
import io.rowhook.webhook.policy.CircuitBreaker;
import io.rowhook.webhook.policy.DeliveryDecision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One recipient's deliveries, from the journal to their outcomes: the loop "out", from where its
 * cursor stands until the breaker's state or the settings ask for another. {@link
 * RecipientDispatcher} runs one after the other.
 *
 * <p>Its one thread owns all that is to decide: the {@link DeliveryBuffer}, the {@link
 * DeliverySelector}, the delivery store. Attempts run on threads of their own and only report back.
 */
public final class Dispatcher {

  /** It looks around at least so often, so that a clock set back or forth is noticed. */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** What outlives one loop; owned by the dispatcher's thread. */
  public record Parts(
      String recipient,
      Journal journal,
      DispatcherControl control,
      OutcomeQueue outcomes,
      InFlightDeliveries inFlightDeliveries,
      WebhookClient client,
      BacklogLimiter limiter,
      RateLimiter rateLimiter,
      FailureBackoff backoff,
      StatusReporter reporter,
      AttemptLogger attemptLogger,
      DeliveryListener listener,
      InstantSource clock,
      RandomGenerator random) {}

  private final Parts parts;
  private final DeliveryStore store;
  private final DeliveryBuffer buffer;
  private final CircuitBreaker breaker;
  private final CircuitBreaker.State breakerState; // while it lasts, this loop does
  private final DeliverySelector selector;
  private final RequestCollector requests;
  private boolean ending;
  private boolean hasTooMuch;
  private boolean hasRoom; // more requests may start

  public Dispatcher(
      Parts parts, DeliveryStore store, DeliveryBuffer buffer, CircuitBreaker breaker) {
    this.parts = parts;
    this.store = store;
    this.buffer = buffer;
    this.breaker = breaker;
    this.breakerState = breaker.state(now());
    this.selector = DeliverySelector.of(breakerState, recipient().processing(), buffer, store);
    this.requests =
        new RequestCollector(
            buffer,
            breakerState == CircuitBreaker.State.CLOSED
                ? recipient().request().batch()
                : Optional.empty());
  }

  /** Dispatches until another loop has to go on. */
  public void run() throws InterruptedException {
    while (!hasEnded()) {
      refill();
      startReady();
      advance();
      for (AttemptOutcome outcome : drain()) {
        if (outcome.result() instanceof AttemptResult.Unchanged(long same)) {
          skip(outcome, same);
        } else {
          record(outcome, decide(outcome));
        }
      }
    }
    parts.inFlightDeliveries.interrupt();
    buffer.close();
  }

  /** Whether the backlog is too large: the next loop begins with less. */
  public boolean hasTooMuch() {
    return hasTooMuch;
  }

  private boolean hasEnded() {
    ending = ending || parts.control.isClosing() || !takesSettings() || isAnotherToGoOn();
    return ending && (parts.inFlightDeliveries.isEmpty() || parts.control.isOutOfTime());
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
    buffer.resize(edited.recipient().processing());
    return true;
  }

  /** Whether the breaker's state is another now, or the backlog is too large. */
  private boolean isAnotherToGoOn() {
    if (parts.control.isToBeginAnew()) {
      return true;
    }
    if (parts.control.haveDeliveriesChanged()) {
      parts.control.readsDeliveries();
      if (breaker.isOther(parts.journal.killSwitch().isPresent(), store.pause())) {
        return true;
      }
      buffer.dropStale();
      selector.deliveriesChanged();
    }
    hasTooMuch = hasTooMuch || parts.limiter.isBeyond(store, recipient().backlog(), now());
    return hasTooMuch || breaker.state(now()) != breakerState;
  }

  private void refill() throws InterruptedException {
    if (!ending) {
      selector.refill(now());
    }
  }

  private void startReady() throws InterruptedException {
    if (ending) {
      return;
    }
    int room = room();
    for (List<Delivery> request : requests.next(room, now())) {
      room--;
      parts.rateLimiter.take();
      parts.inFlightDeliveries.start(
          request,
          parts.control.inForce().worker(),
          isSentOnlyDifferent() ? buffer.acknowledged(request.getFirst()) : null);
    }
    hasRoom = room > 0;
  }

  /** How many more requests may start. */
  private int room() {
    if (!parts.journal.maySend()) {
      return 0;
    }
    long each = buffer.queue().bytes() / Math.max(1, buffer.queue().size());
    int room = parts.inFlightDeliveries.room(recipient().processing().jobs(), each);
    parts.rateLimiter.limit(recipient().connection().rate());
    return Math.min(room, parts.rateLimiter.available(now()));
  }

  /** Tells the delivery store how far it has come, and others what it does. */
  private void advance() throws InterruptedException {
    parts.attemptLogger.lookAround(now());
    boolean quiet = parts.inFlightDeliveries.isEmpty() && !selector.wantsMore();
    buffer.advance(quiet);
    if (quiet || buffer.hasFlushed()) {
      parts.backoff.recovered();
    }
    State resting =
        breakerState == CircuitBreaker.State.CLOSED
                || breakerState == CircuitBreaker.State.HALF_OPEN
            ? State.idle
            : State.paused;
    parts.reporter.update(
        quiet ? resting : State.sending,
        buffer,
        parts.inFlightDeliveries.size(),
        breaker,
        parts.backoff);
  }

  /** Waits for something to happen, and returns the outcomes that have come. */
  private List<AttemptOutcome> drain() throws InterruptedException {
    List<Message> messages = parts.outcomes.take(ending ? untilEnd() : untilNext());
    if (messages.isEmpty()) {
      parts.client.closeIdle();
    }
    parts.inFlightDeliveries.ended(messages); // all of them, before recording one can fail
    List<AttemptOutcome> outcomes = new ArrayList<>();
    for (Message message : messages) {
      switch (message) {
        case Message.Wake _ -> buffer.published();
        case Message.Ended(long _, List<AttemptOutcome> ended, List<Delivery> unsent) -> {
          if (!unsent.isEmpty()) {
            unsent.reversed().forEach(buffer.queue()::returnToHead);
            requests.unsent();
          }
          outcomes.addAll(ended);
        }
      }
    }
    return outcomes;
  }

  private DeliveryDecision decide(AttemptOutcome outcome) {
    return DeliveryDecision.of(
        outcome, recipient(), breaker, breakerState, now(), parts.random.nextDouble());
  }

  private void record(AttemptOutcome outcome, DeliveryDecision decision)
      throws InterruptedException {
    DeliveryState state = decision.delivery().state();
    parts.reporter.recordAttempt(outcome.attempt());
    buffer.record(outcome, decision.delivery(), isSentOnlyDifferent());
    buffer.change(decision.change(), now());
    parts.attemptLogger.log(outcome, state, now());
    parts.attemptLogger.log(decision.change());
    parts.listener.attempted(parts.recipient, outcome, state);
    if (state instanceof DeliveryState.Retrying) {
      selector.failed(outcome.delivery());
    } else {
      selector.settled(outcome.delivery());
    }
  }

  private void skip(AttemptOutcome outcome, long same) throws InterruptedException {
    buffer.unchanged(outcome.delivery(), same);
    parts.listener.unchanged(parts.recipient, outcome.delivery().entry());
    selector.settled(outcome.delivery());
  }

  private boolean isSentOnlyDifferent() {
    return recipient().request().unchanged() == Unchanged.skip;
  }

  private Duration untilNext() {
    Instant now = now();
    Instant opens =
        breakerState == CircuitBreaker.State.OPEN
            ? breaker.until()
            : Instant.MAX; // else it is past
    Instant next =
        Collections.min(
            List.of(
                selector.nextCheck(),
                opens,
                hasRoom ? requests.due() : Instant.MAX,
                parts.limiter.next(),
                parts.rateLimiter.next(now)));
    if (selector.wantsMore() || buffer.hasMore() || !next.isAfter(now)) {
      return Duration.ZERO;
    }
    Duration wait =
        next.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, next);
    Duration record = buffer.cursor().untilRecorded();
    boolean quiet = parts.inFlightDeliveries.isEmpty(); // else an outcome comes first
    return quiet && record != null && record.compareTo(wait) < 0 ? record : wait;
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
