package io.rowhook.webhook;

import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Waiting;
import io.rowhook.recipient.Retry;
import io.rowhook.webhook.Verdict.Acknowledged;
import io.rowhook.webhook.Verdict.NoAnswer;
import io.rowhook.webhook.Verdict.Refused;
import io.rowhook.webhook.Verdict.Unrenderable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What follows from an attempt: where its delivery stands now, and when it is tried again. Pure
 * arithmetic: time and chance come in as arguments.
 */
final class Sequel {

  private Sequel() {}

  /**
   * The state after an attempt.
   *
   * @param attempts made so far, this one included
   * @param first when the first of them started
   * @param at when this one started
   * @param now when it was judged
   * @param random from 0 to 1, for the jitter
   */
  static DeliveryState of(
      Verdict verdict,
      Retry retry,
      int attempts,
      Instant first,
      Instant at,
      Instant now,
      double random) {
    return switch (verdict) {
      case Acknowledged _ -> new Delivered();
      case Unrenderable(String reason) -> new Failed(reason);
      case NoAnswer(String reason) ->
          again(retry, attempts, first, at, now, random, reason, Optional.empty());
      case Refused refused when refused.last() ->
          new Failed(refused.reason() + ", which is final for this recipient");
      case Refused refused ->
          again(retry, attempts, first, at, now, random, refused.reason(), refused.retryAfter());
    };
  }

  private static DeliveryState again(
      Retry retry,
      int attempts,
      Instant first,
      Instant at,
      Instant now,
      double random,
      String reason,
      Optional<Duration> retryAfter) {
    Instant from =
        switch (retry.from()) {
          case previous -> at;
          case first -> first;
        };
    Optional<Duration> delay = retry.delayAfter(attempts, random);
    if (delay.isEmpty()) {
      return new Failed(
          attempts == 1
              ? "the only attempt failed: " + reason
              : "all " + attempts + " attempts failed, the last one: " + reason);
    }
    Instant due = from.plus(delay.get());
    Instant asked = now.plus(retryAfter.orElse(Duration.ZERO));
    return new Waiting(due.isBefore(asked) ? asked : due);
  }
}
