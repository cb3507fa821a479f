package io.rowhook.webhook.policy;

import io.rowhook.base.Durations;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;

/**
 * Whether a recipient may be sent to, and what its failures lead to, by the rule in {@link
 * CircuitBreakerConfig}: a circuit breaker. More failed attempts than are borne open it; then
 * single deliveries probe, with growing waits, until one is acknowledged. Time comes in as an
 * argument. Owned by the dispatcher's thread; what it decides is written to the delivery store by
 * the dispatcher.
 */
public final class CircuitBreaker {

  /** What may be sent. */
  public enum State {
    /** Everything passes. */
    CLOSED,
    /** A probe: one delivery, alone, to see whether the recipient is back. */
    HALF_OPEN,
    /** Only what a person has asked for. */
    OPEN,
    /** Nothing: the kill switch. */
    KILLED
  }

  private final boolean killed;
  private final ArrayDeque<Instant> failures;
  private Optional<Pause> pause;

  /**
   * As the journal has it.
   *
   * @param failures times of failed attempts that count, the oldest first
   */
  public CircuitBreaker(boolean killed, Optional<Pause> pause, Collection<Instant> failures) {
    this.killed = killed;
    this.pause = pause;
    this.failures = new ArrayDeque<>(failures);
  }

  /** As the journal has it now. */
  public static CircuitBreaker read(
      Journal journal, DeliveryStore store, CircuitBreakerConfig breakerConfig, Instant now) {
    return new CircuitBreaker(
        journal.killSwitch().isPresent(),
        store.pause(),
        store.failures(now.minus(breakerConfig.within()), breakerConfig.failures() + 1));
  }

  public State state(Instant now) {
    if (killed) {
      return State.KILLED;
    }
    if (pause.isEmpty()) {
      return State.CLOSED;
    }
    boolean over = pause.get().until().filter(until -> !until.isAfter(now)).isPresent();
    return over ? State.HALF_OPEN : State.OPEN;
  }

  /** What pauses the recipient. */
  public Optional<Pause> pause() {
    return pause;
  }

  /** When the way changes by itself. */
  public Instant until() {
    return pause.flatMap(Pause::until).filter(_ -> !killed).orElse(Instant.MAX);
  }

  /** Whether the journal says otherwise by now: a person has paused or resumed it. */
  public boolean isOther(boolean killedNow, Optional<Pause> holdNow) {
    return killedNow != killed || !holdNow.equals(pause);
  }

  /**
   * What an attempt leads to. What fails during a pause, because it was in flight or a person asked
   * for it, leads to nothing but where the recipient says 410.
   *
   * @param breakerState which it went
   * @param now when it ended
   */
  Change after(
      AttemptResult result, State breakerState, CircuitBreakerConfig breakerConfig, Instant now) {
    return switch (result) {
      case AttemptResult.Gone gone ->
          held(Pause.untilResumed(Pause.Kind.gone, micros(now), gone.reason()));
      case AttemptResult.Unrenderable _, AttemptResult.Unchanged _ ->
          none(); // says nothing about the recipient
      case AttemptResult.Acknowledged _ ->
          pause.isPresent() && breakerState == State.HALF_OPEN ? released() : none();
      case AttemptResult.Refused refused ->
          failed(
              refused.reason(),
              refused.retryAfter().orElse(Duration.ZERO),
              breakerState,
              breakerConfig,
              now);
      case AttemptResult.NoAnswer(String reason) ->
          failed(reason, Duration.ZERO, breakerState, breakerConfig, now);
    };
  }

  private Change failed(
      String reason,
      Duration retryAfter,
      State breakerState,
      CircuitBreakerConfig breakerConfig,
      Instant now) {
    if (pause.isPresent()) {
      return breakerState == State.HALF_OPEN
          ? paused(
              pause.get().at(),
              retryAfter,
              breakerConfig,
              now,
              "the delivery tried alone failed too: " + reason)
          : none();
    }
    failures.add(now);
    Instant from = now.minus(breakerConfig.within());
    while (!failures.isEmpty() && !failures.getFirst().isAfter(from)) {
      failures.remove();
    }
    return failures.size() > breakerConfig.failures()
        ? paused(
            now,
            retryAfter,
            breakerConfig,
            now,
            "%d failed attempts within %s, the last one: %s"
                .formatted(failures.size(), Durations.of(breakerConfig.within()), reason))
        : none();
  }

  /** Paused until the next probe, and no sooner than the recipient asks. */
  private Change paused(
      Instant since,
      Duration retryAfter,
      CircuitBreakerConfig breakerConfig,
      Instant now,
      String reason) {
    Duration wait = breakerConfig.waitAfter(Duration.between(since, now));
    Instant until = now.plus(wait.compareTo(retryAfter) < 0 ? retryAfter : wait);
    return held(new Pause(Pause.Kind.failures, micros(since), Optional.of(micros(until)), reason));
  }

  /** Retries are used up, and that stops this recipient; also one that is paused after failures. */
  Change exhausted(Instant now, String reason) {
    return pause.isPresent() && pause.get().until().isEmpty()
        ? none()
        : held(Pause.untilResumed(Pause.Kind.exhausted, micros(now), "exhausted: stop; " + reason));
  }

  private Change held(Pause next) {
    pause = Optional.of(next);
    failures.clear();
    return new Change.Held(next);
  }

  private Change released() {
    pause = Optional.empty();
    failures.clear();
    return new Change.Released();
  }

  private static Change none() {
    return new Change.None();
  }

  /** As the journal keeps it. */
  private static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  /** What is to be recorded. */
  public sealed interface Change {
    /** Nothing. */
    record None() implements Change {}

    /** Held from now on. */
    record Held(Pause pause) implements Change {}

    /** Not paused any more. */
    record Released() implements Change {}
  }
}
