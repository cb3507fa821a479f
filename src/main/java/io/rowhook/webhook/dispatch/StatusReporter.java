package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Attempt;
import io.rowhook.webhook.DispatcherStatus;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.policy.CircuitBreaker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RecipientDispatcher} tells of itself. Written by the dispatcher's thread; {@link
 * #status} is for any.
 */
public final class StatusReporter {

  private final String recipient;
  private volatile DispatcherStatus status;

  // The dispatcher's thread only.
  private @Nullable Instant failedAt;
  private @Nullable String failure;

  public StatusReporter(String recipient) {
    this.recipient = recipient;
    this.status =
        new DispatcherStatus(recipient, State.starting, 0, 0, 0, 0, null, null, null, null);
  }

  public DispatcherStatus status() {
    return status;
  }

  /** Remembers the last failure. */
  void recordAttempt(Attempt attempt) {
    if (attempt.error() != null) {
      failedAt = attempt.at();
      failure = attempt.error();
    }
  }

  /** At work. */
  void update(
      State state,
      DeliveryBuffer buffer,
      int inFlight,
      CircuitBreaker breaker,
      FailureBackoff backoff) {
    CursorTracker cursor = buffer.cursor();
    status =
        new DispatcherStatus(
            recipient,
            state,
            cursor.position(),
            cursor.cursor(),
            inFlight,
            buffer.queue().size(),
            failedAt,
            failure,
            breaker.pause().orElse(null),
            backoff.reason());
  }

  /** Not at work: where it is, it stays. */
  public void update(State state, CircuitBreaker breaker, FailureBackoff backoff) {
    status =
        new DispatcherStatus(
            recipient,
            state,
            status.position(),
            status.cursor(),
            0,
            0,
            failedAt,
            failure,
            breaker.pause().orElse(null),
            backoff.reason());
  }
}
