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
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line an attempt, as data: ids, status, duration, what happens next. Never a body, a
 * value, a secret or a URL. What was delivered is logged at DEBUG: there may be thousands a second.
 * What fails is logged one by one up to {@link #MOST} a minute, and the rest of that minute in one
 * line, unless DEBUG asks for all. Owned by the dispatcher's thread.
 */
public final class AttemptLogger {

  /** Failed attempts of one recipient that have a line of their own within a minute. */
  static final int MOST = 20;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger("io.rowhook.webhook.attempt");

  private final String recipient;
  private Instant begin = Instant.EPOCH;
  private int written;
  private long left;
  private long leftFailed;

  public AttemptLogger(String recipient) {
    this.recipient = recipient;
  }

  void log(AttemptOutcome outcome, DeliveryState state, Instant now) {
    lookAround(now);
    if (!(state instanceof Delivered) && !LOG.isDebugEnabled()) {
      if (written == MOST) {
        left++;
        leftFailed += state instanceof Failed ? 1 : 0;
        return;
      }
      written++;
    }
    write(outcome, state);
  }

  /** Says how many attempts had no line of their own, once their minute is over. */
  void lookAround(Instant now) {
    if (now.isBefore(begin.plus(WINDOW)) && !now.isBefore(begin)) {
      return;
    }
    if (left > 0) {
      LOG.atWarn()
          .setMessage("more attempts failed than are logged one by one")
          .addKeyValue("recipient", recipient)
          .addKeyValue("attempts", left)
          .addKeyValue("failed", leftFailed)
          .addKeyValue("since", begin)
          .log();
    }
    begin = now;
    written = 0;
    left = 0;
    leftFailed = 0;
  }

  private void write(AttemptOutcome outcome, DeliveryState state) {
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
  void log(CircuitBreaker.Change change) {
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
