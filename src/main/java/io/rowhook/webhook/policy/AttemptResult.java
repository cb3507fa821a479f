package io.rowhook.webhook.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * What an attempt came to. Made by {@link ResponseClassifier}; {@link DeliveryDecision} says what
 * follows from it.
 */
public sealed interface AttemptResult {

  /**
   * The recipient has it.
   *
   * @param status of the answer
   * @param answer its beginning, for a person to read
   */
  record Acknowledged(int status, String answer) implements AttemptResult {}

  /**
   * The recipient has answered, and not as its acknowledge rule asks.
   *
   * @param status of the answer
   * @param reason in words, without secrets
   * @param answer its beginning, for a person to read
   * @param retryAfter how long the recipient asks to be left alone, at most {@link
   *     RetryAfter#LIMIT}
   * @param last whether there is no use in trying again
   */
  record Refused(
      int status, String reason, String answer, Optional<Duration> retryAfter, boolean last)
      implements AttemptResult {}

  /**
   * The recipient does not want anything any more: it answered 410, or {@code Webhook-Delivery:
   * disable}.
   *
   * @param status of the answer
   * @param acknowledged whether it has this delivery all the same
   * @param reason in words, without secrets
   * @param answer its beginning, for a person to read
   */
  record Gone(int status, boolean acknowledged, String reason, String answer)
      implements AttemptResult {}

  /**
   * There was no complete answer.
   *
   * @param reason in words, without secrets
   */
  record NoAnswer(String reason) implements AttemptResult {}

  /**
   * There is nothing to send: the attribute set is missing or failed. Trying again is of no use.
   *
   * @param reason the template's own message
   */
  record Unrenderable(String reason) implements AttemptResult {}

  /**
   * Nothing was sent: the recipient has acknowledged the same already, and nothing else since.
   *
   * @param same the sequence of what it has acknowledged
   */
  record Unchanged(long same) implements AttemptResult {}

  /** Whether it speaks against the recipient. */
  default boolean isFailure() {
    return switch (this) {
      case Acknowledged _, Unrenderable _, Unchanged _ -> false;
      case Gone gone -> !gone.acknowledged();
      case Refused _, NoAnswer _ -> true;
    };
  }
}
