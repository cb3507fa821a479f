package io.rowhook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Pause;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.webhook.Gate.Change;
import io.rowhook.webhook.Gate.Way;
import io.rowhook.webhook.Verdict.Acknowledged;
import io.rowhook.webhook.Verdict.Gone;
import io.rowhook.webhook.Verdict.NoAnswer;
import io.rowhook.webhook.Verdict.Refused;
import io.rowhook.webhook.Verdict.Unrenderable;
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
class GateTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Verdict FAILURE = new NoAnswer("no complete answer within 5s");

  private final Gate gate = new Gate(false, Optional.empty(), List.of());
  private Instant now = NOW;

  @Test
  @Tag("feature-35")
  void bearsTenFailuresInTenMinutesAndPausesAtTheEleventh() {
    for (int n = 1; n <= 10; n++) {
      assertThat(fail()).isInstanceOf(Change.None.class);
      now = now.plusSeconds(59);
    }
    assertThat(gate.way(now)).isEqualTo(Way.open);
    assertThat(fail())
        .isEqualTo(
            new Change.Held(
                new Pause(
                    Pause.Kind.failures,
                    now,
                    Optional.of(now.plus(Duration.ofHours(1))),
                    "11 failed attempts within 600s, the last one: no complete answer within 5s")));
    assertThat(gate.way(now.plusSeconds(3599))).isEqualTo(Way.asked);
    assertThat(gate.way(now.plusSeconds(3600))).isEqualTo(Way.trial);
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
    Gate restarted = new Gate(false, Optional.empty(), before);
    assertThat(restarted.after(FAILURE, Way.open, CircuitBreakerConfig.XENA, NOW))
        .isInstanceOf(Change.Held.class);
  }

  @Test
  @Tag("feature-35")
  void pausesAgainAtOnceWhenTheTrialFailsAndOpensWhenItDoesNot() {
    paused();
    now = now.plus(Duration.ofHours(1));
    assertThat(gate.way(now)).isEqualTo(Way.trial);
    assertThat(gate.after(new Unrenderable("x.jslt:1"), Way.trial, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(gate.after(FAILURE, Way.trial, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.Held.class);
    assertThat(gate.way(now.plusSeconds(3599))).isEqualTo(Way.asked);
    now = now.plus(Duration.ofHours(1));
    assertThat(gate.after(new Acknowledged(200, ""), Way.trial, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.Released.class);
    assertThat(gate.way(now)).isEqualTo(Way.open);
    assertThat(fail()).isInstanceOf(Change.None.class); // counted from anew
  }

  @Test
  @Tag("feature-35")
  void probesWithGrowingWaitsUpToAnHour() {
    Instant since = NOW;
    for (int n = 1; n <= 10; n++) {
      gate.after(FAILURE, Way.open, CircuitBreakerConfig.DEFAULT, now);
    }
    List<Long> waits = new ArrayList<>();
    Change change = gate.after(FAILURE, Way.open, CircuitBreakerConfig.DEFAULT, now);
    for (int probe = 1; probe <= 9; probe++) {
      Pause pause = ((Change.Held) change).pause();
      assertThat(pause.at()).as("the pause is one").isEqualTo(since);
      waits.add(Duration.between(now, pause.until().orElseThrow()).toSeconds());
      now = pause.until().orElseThrow();
      assertThat(gate.way(now.minusMillis(1))).isEqualTo(Way.asked);
      assertThat(gate.way(now)).isEqualTo(Way.trial);
      change = gate.after(FAILURE, Way.trial, CircuitBreakerConfig.DEFAULT, now);
    }
    assertThat(waits).containsExactly(5L, 10L, 30L, 60L, 300L, 900L, 3600L, 3600L, 3600L);
    now = gate.until();
    assertThat(gate.after(new Acknowledged(200, ""), Way.trial, CircuitBreakerConfig.DEFAULT, now))
        .isInstanceOf(Change.Released.class);
  }

  @Test
  @Tag("feature-34")
  void probesNoSoonerThanTheRecipientAsks() {
    Verdict busy = new Refused(503, "answered 503", "", Optional.of(Duration.ofMinutes(2)), false);
    for (int n = 1; n <= 11; n++) {
      gate.after(busy, Way.open, CircuitBreakerConfig.DEFAULT, now);
    }
    assertThat(gate.until()).isEqualTo(NOW.plusSeconds(120));
    now = gate.until();
    gate.after(busy, Way.trial, CircuitBreakerConfig.DEFAULT, now);
    assertThat(gate.until()).isEqualTo(now.plusSeconds(300)); // its own wait is longer by now
  }

  @Test
  void isNotOpenedByWhatWasInFlightOrAskedFor() {
    paused();
    assertThat(gate.after(new Acknowledged(200, ""), Way.open, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(gate.after(new Acknowledged(200, ""), Way.asked, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(gate.after(FAILURE, Way.asked, CircuitBreakerConfig.XENA, now))
        .isInstanceOf(Change.None.class);
    assertThat(gate.way(now)).isEqualTo(Way.asked);
  }

  @Test
  @Tag("feature-34")
  void isShutAt410UntilAPersonOpensIt() {
    Change change =
        gate.after(
            new Gone(410, false, "answered 410", ""), Way.open, CircuitBreakerConfig.XENA, now);
    assertThat(change)
        .isEqualTo(new Change.Held(Pause.untilResumed(Pause.Kind.gone, now, "answered 410")));
    assertThat(gate.way(now.plus(Duration.ofDays(1000)))).isEqualTo(Way.asked);
    assertThat(gate.until()).isEqualTo(Instant.MAX);
  }

  @Test
  @Tag("feature-42")
  void sendsNothingPastTheKillSwitch() {
    Gate killed = new Gate(true, Optional.empty(), List.of());
    assertThat(killed.way(now.plus(Duration.ofDays(1000)))).isEqualTo(Way.shut);
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
      Way way = gate.way(now);
      Way expected = !held ? Way.open : heldUntil.isAfter(now) ? Way.asked : Way.trial;
      assertThat(way).as("seed %d, step %d", seed, n).isEqualTo(expected);
      boolean fails = random.nextInt(3) > 0;
      gate.after(fails ? FAILURE : new Acknowledged(200, ""), way, breakerConfig, now);
      if (way == Way.trial) {
        held = fails;
        heldUntil = now.plusSeconds(100);
        failures.clear();
      } else if (way == Way.open && fails) {
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
    return gate.after(FAILURE, gate.way(now), CircuitBreakerConfig.XENA, now);
  }

  private void paused() {
    for (int n = 1; n <= 11; n++) {
      fail();
    }
    assertThat(gate.way(now)).isEqualTo(Way.asked);
  }
}
