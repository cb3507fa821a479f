package io.rowhook.webhook.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Pause;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.Gone;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.policy.AttemptResult.Unrenderable;
import io.rowhook.webhook.policy.CircuitBreaker.Change;
import io.rowhook.webhook.policy.CircuitBreaker.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a recipient is left alone, by a clock set by hand. */
class CircuitBreakerTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final AttemptResult FAILURE = new NoAnswer("no complete answer within 5s");

  private final CircuitBreaker breaker = new CircuitBreaker(false, Optional.empty(), List.of());
  private Instant now = NOW;

  @Test
  @Tag("feature-35")
  void bearsTenFailuresInTenMinutesAndPausesAtTheEleventh() {
    for (int n = 1; n <= 10; n++) {
      assertThat(fail()).isInstanceOf(Change.None.class);
      now = now.plusSeconds(59);
    }
    assertThat(breaker.state(now)).isEqualTo(State.CLOSED);
    assertThat(fail())
        .isEqualTo(
            new Change.Held(
                new Pause(
                    Pause.Kind.failures,
                    now,
                    Optional.of(now.plus(Duration.ofHours(1))),
                    "11 failed attempts within 10m, the last one: no complete answer within 5s")));
    assertThat(breaker.state(now.plusSeconds(3599))).isEqualTo(State.OPEN);
    assertThat(breaker.state(now.plusSeconds(3600))).isEqualTo(State.HALF_OPEN);
  }

  @Test
  @Tag("feature-35")
  void forgetsFailuresAfterTenMinutes() {
    for (int n = 1; n <= 100; n++) {
      assertThat(fail()).isInstanceOf(Change.None.class);
      now = now.plusSeconds(60);
    }
  }

  @Test
  @Tag("feature-35")
  void knowsFailuresFromBeforeARestart() {
    List<Instant> before = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      before.add(NOW.minusSeconds(60 - n));
    }
    CircuitBreaker restarted = new CircuitBreaker(false, Optional.empty(), before);
    assertThat(restarted.after(FAILURE, State.CLOSED, CircuitBreakerConfig.XENA, NOW))
        .isInstanceOf(Change.Held.class);
  }

  @Test
  @Tag("feature-35")
  void pausesAgainAtOnceWhenTheTrialFailsAndOpensWhenItDoesNot() {
    paused();
    now = now.plus(Duration.ofHours(1));
    assertThat(breaker.state(now)).isEqualTo(State.HALF_OPEN);
    assertThat(
            breaker.after(
                new Unrenderable("x.jslt:1"), State.HALF_OPEN, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(breaker.after(FAILURE, State.HALF_OPEN, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.Held.class);
    assertThat(breaker.state(now.plusSeconds(3599))).isEqualTo(State.OPEN);
    now = now.plus(Duration.ofHours(1));
    assertThat(
            breaker.after(
                new Acknowledged(200, ""), State.HALF_OPEN, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.Released.class);
    assertThat(breaker.state(now)).isEqualTo(State.CLOSED);
    assertThat(fail()).isInstanceOf(Change.None.class); // counted from anew
  }

  @Test
  @Tag("feature-35")
  void probesWithGrowingWaitsUpToAnHour() {
    Instant since = NOW;
    for (int n = 1; n <= 10; n++) {
      breaker.after(FAILURE, State.CLOSED, CircuitBreakerConfig.DEFAULT, now);
    }
    List<Long> waits = new ArrayList<>();
    Change change = breaker.after(FAILURE, State.CLOSED, CircuitBreakerConfig.DEFAULT, now);
    for (int probe = 1; probe <= 9; probe++) {
      Pause pause = ((Change.Held) change).pause();
      assertThat(pause.at()).as("the pause is one").isEqualTo(since);
      waits.add(Duration.between(now, pause.until().orElseThrow()).toSeconds());
      now = pause.until().orElseThrow();
      assertThat(breaker.state(now.minusMillis(1))).isEqualTo(State.OPEN);
      assertThat(breaker.state(now)).isEqualTo(State.HALF_OPEN);
      change = breaker.after(FAILURE, State.HALF_OPEN, CircuitBreakerConfig.DEFAULT, now);
    }
    assertThat(waits).containsExactly(5L, 10L, 30L, 60L, 300L, 900L, 3600L, 3600L, 3600L);
    now = breaker.until();
    assertThat(
            breaker.after(
                new Acknowledged(200, ""), State.HALF_OPEN, CircuitBreakerConfig.DEFAULT, now))
        .isInstanceOf(Change.Released.class);
  }

  @Test
  @Tag("feature-34")
  void probesNoSoonerThanTheRecipientAsks() {
    AttemptResult busy =
        new Refused(503, "answered 503", "", Optional.of(Duration.ofMinutes(2)), false);
    for (int n = 1; n <= 11; n++) {
      breaker.after(busy, State.CLOSED, CircuitBreakerConfig.DEFAULT, now);
    }
    assertThat(breaker.until()).isEqualTo(NOW.plusSeconds(120));
    now = breaker.until();
    breaker.after(busy, State.HALF_OPEN, CircuitBreakerConfig.DEFAULT, now);
    assertThat(breaker.until()).isEqualTo(now.plusSeconds(300)); // its own wait is longer by now
  }

  @Test
  void isNotOpenedByWhatWasInFlightOrAskedFor() {
    paused();
    assertThat(
            breaker.after(new Acknowledged(200, ""), State.CLOSED, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(breaker.after(new Acknowledged(200, ""), State.OPEN, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(breaker.after(FAILURE, State.OPEN, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(breaker.state(now)).isEqualTo(State.OPEN);
  }

  @Test
  @Tag("feature-34")
  void isShutAt410UntilAPersonOpensIt() {
    Change change =
        breaker.after(
            new Gone(410, false, "answered 410", ""), State.CLOSED, CircuitBreakerConfig.XENA, now);
    assertThat(change)
        .isEqualTo(new Change.Held(Pause.untilResumed(Pause.Kind.gone, now, "answered 410")));
    assertThat(breaker.state(now.plus(Duration.ofDays(1000)))).isEqualTo(State.OPEN);
    assertThat(breaker.until()).isEqualTo(Instant.MAX);
  }

  @Test
  @Tag("feature-42")
  void sendsNothingPastTheKillSwitch() {
    CircuitBreaker killed = new CircuitBreaker(true, Optional.empty(), List.of());
    assertThat(killed.state(now.plus(Duration.ofDays(1000)))).isEqualTo(State.KILLED);
    assertThat(killed.isOther(false, Optional.empty())).isTrue();
  }

  /**
   * For any sequence of outcomes: held exactly where more failures lie in the window than borne.
   */
  @RepeatedTest(50)
  @Tag("feature-35")
  void holdsExactlyWhenMoreFailThanIsBorne() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    CircuitBreakerConfig breakerConfig =
        new CircuitBreakerConfig(
            random.nextInt(6), Duration.ofSeconds(30), List.of(Duration.ofSeconds(100)));
    List<Instant> failures = new ArrayList<>();
    Instant heldUntil = Instant.MIN;
    boolean held = false;
    for (int n = 0; n < 300; n++) {
      now = now.plusMillis(random.nextInt(20_000));
      State breakerState = breaker.state(now);
      State expected = !held ? State.CLOSED : heldUntil.isAfter(now) ? State.OPEN : State.HALF_OPEN;
      assertThat(breakerState).as("seed %d, step %d", seed, n).isEqualTo(expected);
      boolean fails = random.nextInt(3) > 0;
      breaker.after(fails ? FAILURE : new Acknowledged(200, ""), breakerState, breakerConfig, now);
      if (breakerState == State.HALF_OPEN) {
        held = fails;
        heldUntil = now.plusSeconds(100);
        failures.clear();
      } else if (breakerState == State.CLOSED && fails) {
        failures.add(now);
        Instant from = now.minusSeconds(30);
        failures.removeIf(at -> !at.isAfter(from));
        if (failures.size() > breakerConfig.failures()) {
          held = true;
          heldUntil = now.plusSeconds(100);
          failures.clear();
        }
      }
    }
  }

  private Change fail() {
    return breaker.after(FAILURE, breaker.state(now), CircuitBreakerConfig.XENA, now);
  }

  private void paused() {
    for (int n = 1; n <= 11; n++) {
      fail();
    }
    assertThat(breaker.state(now)).isEqualTo(State.OPEN);
  }
}
