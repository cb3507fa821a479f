package io.rowhook.webhook.policy;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.Gone;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.policy.AttemptResult.Unchanged;
import io.rowhook.webhook.policy.AttemptResult.Unrenderable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What follows from an attempt: where its delivery stands now, when it is tried again, and whether
 * the recipient is paused. Time and chance come in as arguments.
 *
 * @param delivery where it stands now
 * @param change what becomes of the recipient
 */
public record DeliveryDecision(Delivery delivery, CircuitBreaker.Change change) {

  /**
   * What follows.
   *
   * @param breaker is told; knows afterwards whether the recipient may be sent to
   * @param breakerState which the attempt went
   * @param now when it was judged
   * @param random from 0 to 1, for the jitter
   */
  public static DeliveryDecision of(
      AttemptOutcome outcome,
      Recipient recipient,
      CircuitBreaker breaker,
      CircuitBreaker.State breakerState,
      Instant now,
      double random) {
    AttemptResult result = outcome.result();
    Delivery delivery = outcome.delivery();
    CircuitBreaker.Change change =
        outcome.isFirst()
            ? breaker.after(result, breakerState, recipient.breakerConfig(), now)
            : new CircuitBreaker.Change.None();
    // The first probe with a delivery costs it nothing; each further one uses a retry, so that none
    // can keep a recipient paused for ever.
    boolean freeProbe =
        breakerState == CircuitBreaker.State.HALF_OPEN
            && result.isFailure()
            && !isFinal(result)
            && delivery.trials() == 0;
    if (outcome.isShared() && result.isFailure() && !(result instanceof Gone)) {
      DeliveryState alone = delivery.state().toRetrying(alone(result, recipient.retry(), now));
      return new DeliveryDecision(delivery.to(alone, delivery.trials() + 1), change);
    }
    boolean free = (result instanceof Gone gone && !gone.acknowledged()) || freeProbe;
    if (free) {
      boolean ends = breaker.until().isBefore(Instant.MAX);
      DeliveryState again = delivery.state().toRetrying(ends ? breaker.until() : now);
      return new DeliveryDecision(delivery.to(again, delivery.trials() + 1), change);
    }
    Instant at = outcome.attempt().at();
    Instant first = delivery.firstAttempt();
    DeliveryState state =
        state(
            delivery.state(),
            result,
            recipient.retry(),
            outcome.attempt().number() - delivery.trials(),
            first == null ? at : first,
            at,
            now,
            random);
    boolean stops =
        recipient.processing() instanceof Sequential(boolean whenExhausted) && whenExhausted;
    if (stops
        && breakerState != CircuitBreaker.State.OPEN
        && state instanceof Failed(String reason)) {
      CircuitBreaker.Change stopped = breaker.exhausted(now, reason);
      change = stopped instanceof CircuitBreaker.Change.None ? change : stopped;
    }
    return new DeliveryDecision(delivery.to(state, delivery.trials()), change);
  }

  /**
   * When one that was refused together with others goes alone, which uses up no retry of its own:
   * after the first delay, if there is one, and no sooner than the recipient asks.
   */
  private static Instant alone(AttemptResult result, RetryPolicy retry, Instant now) {
    Duration delay = retry.delayAfter(1, 0.5).orElse(Duration.ZERO);
    Duration asked =
        result instanceof Refused refused
            ? refused.retryAfter().orElse(Duration.ZERO)
            : Duration.ZERO;
    return now.plus(delay.compareTo(asked) < 0 ? asked : delay);
  }

  private static boolean isFinal(AttemptResult result) {
    return result instanceof Refused refused && refused.last();
  }

  /**
   * The state after an attempt that uses up a retry.
   *
   * @param inFlight where the delivery stood during it
   * @param attempts that have used one up so far, this one included
   * @param first when the first of them started
   * @param at when this one started
   * @param now when it was judged
   * @param random from 0 to 1, for the jitter
   */
  static DeliveryState state(
      DeliveryState inFlight,
      AttemptResult result,
      RetryPolicy retry,
      int attempts,
      Instant first,
      Instant at,
      Instant now,
      double random) {
    return switch (result) {
      case Acknowledged _, Unchanged _ -> inFlight.toDelivered();
      case Unrenderable(String reason) -> inFlight.toFailed(reason);
      case Gone gone -> gone.acknowledged() ? inFlight.toDelivered() : inFlight.toRetrying(now);
      case NoAnswer(String reason) ->
          again(inFlight, retry, attempts, first, at, now, random, reason, Optional.empty());
      case Refused refused when refused.last() ->
          inFlight.toFailed(refused.reason() + ", which is final for this recipient");
      case Refused refused ->
          again(
              inFlight,
              retry,
              attempts,
              first,
              at,
              now,
              random,
              refused.reason(),
              refused.retryAfter());
    };
  }

  private static DeliveryState again(
      DeliveryState inFlight,
      RetryPolicy retry,
      int attempts,
      Instant first,
      Instant at,
      Instant now,
      double random,
      String reason,
      Optional<Duration> retryAfter) {
    Optional<Duration> delay = retry.delayAfter(attempts, random);
    if (delay.isEmpty()) {
      return inFlight.toFailed(
          attempts == 1
              ? "the only attempt failed: " + reason
              : "all " + attempts + " attempts failed, the last one: " + reason);
    }
    Instant due =
        switch (retry.from()) {
          case previous -> at.plus(delay.get());
          case first -> {
            Instant planned = first.plus(delay.get());
            // Overtaken, mostly by a pause: the retries left must not all go out at once.
            yield planned.isAfter(now) ? planned : at.plus(retry.gapAfter(attempts, random));
          }
        };
    Instant asked = now.plus(retryAfter.orElse(Duration.ZERO));
    return inFlight.toRetrying(due.isBefore(asked) ? asked : due);
  }
}
