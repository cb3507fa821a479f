package io.rowhook.webhook.dispatch;

import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.InFlight;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.Pause;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.policy.CircuitBreaker;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line an attempt, as data: ids, status, duration, what happens next. Never a body, a
 * value, a secret or a URL. What was delivered is logged at DEBUG: there may be thousands a second.
 */
final class AttemptLogger {

  private static final Logger LOG = LoggerFactory.getLogger("io.rowhook.webhook.attempt");

  private AttemptLogger() {}

  static void log(String recipient, AttemptOutcome outcome, DeliveryState state) {
    Level level =
        switch (state) {
          case Delivered _ -> Level.DEBUG;
          case Retrying _ -> Level.WARN;
          case Failed _ -> Level.WARN;
          case Pending _, InFlight _, Blocked _ -> throw notAfterAnAttempt(state);
        };
    if (!LOG.isEnabledForLevel(level)) {
      return;
    }
    Event event = outcome.delivery().entry().event();
    Attempt attempt = outcome.attempt();
    LoggingEventBuilder line =
        LOG.atLevel(level)
            .addKeyValue("recipient", recipient)
            .addKeyValue("event", event.id())
            .addKeyValue("entity", event.entityType())
            .addKeyValue("sequence", outcome.delivery().sequence())
            .addKeyValue("attempt", attempt.number())
            .addKeyValue("request", attempt.requestId())
            .addKeyValue("took_ms", attempt.took().toMillis());
    if (attempt.status() != null) {
      line = line.addKeyValue("status", attempt.status());
    }
    if (attempt.error() != null) {
      line = line.addKeyValue("error", attempt.error());
    }
    line =
        switch (state) {
          case Delivered _ -> line.addKeyValue("outcome", "delivered");
          case Retrying(var next) ->
              line.addKeyValue("outcome", "waiting").addKeyValue("next", next);
          case Failed _ -> line.addKeyValue("outcome", "failed");
          case Pending _, InFlight _, Blocked _ -> throw notAfterAnAttempt(state);
        };
    line.log("attempt");
  }

  private static IllegalArgumentException notAfterAnAttempt(DeliveryState state) {
    return new IllegalArgumentException("no attempt leads to " + state);
  }

  /** What became of the recipient by it. */
  static void log(String recipient, CircuitBreaker.Change change) {
    switch (change) {
      case CircuitBreaker.Change.None _ -> {}
      case CircuitBreaker.Change.Held(Pause pause) ->
          LOG.atWarn()
              .setMessage("recipient paused; its backlog waits, in order")
              .addKeyValue("recipient", recipient)
              .addKeyValue("why", pause.reason())
              .addKeyValue(
                  "until",
                  pause.until().map(Instant::toString).orElse("rowhook resume " + recipient))
              .log();
      case CircuitBreaker.Change.Released _ ->
          LOG.atInfo().setMessage("recipient is back").addKeyValue("recipient", recipient).log();
    }
  }
}
