package io.rowhook.webhook;

import io.rowhook.journal.Attempt;
import io.rowhook.webhook.CourierStatus.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Courier} tells of itself. Written by the dispatcher's thread; {@link #status} is
 * for any.
 */
final class Told {

  private final String recipient;
  private volatile CourierStatus status;

  // The dispatcher's thread only.
  private @Nullable Instant failedAt;
  private @Nullable String failure;

  Told(String recipient) {
    this.recipient = recipient;
    this.status = new CourierStatus(recipient, State.starting, 0, 0, 0, 0, null, null, null, null);
  }

  CourierStatus status() {
    return status;
  }

  /** Remembers the last failure. */
  void attempted(Attempt attempt) {
    if (attempt.error() != null) {
      failedAt = attempt.at();
      failure = attempt.error();
    }
  }

  /** At work. */
  void tell(State state, Window window, int inFlight, Gate gate, Hindrance hindrance) {
    Progress progress = window.progress();
    status =
        new CourierStatus(
            recipient,
            state,
            progress.position(),
            progress.cursor(),
            inFlight,
            window.lanes().size(),
            failedAt,
            failure,
            gate.pause().orElse(null),
            hindrance.reason());
  }

  /** Not at work: where it is, it stays. */
  void tell(State state, Gate gate, Hindrance hindrance) {
    status =
        new CourierStatus(
            recipient,
            state,
            status.position(),
            status.cursor(),
            0,
            0,
            failedAt,
            failure,
            gate.pause().orElse(null),
            hindrance.reason());
  }
}
