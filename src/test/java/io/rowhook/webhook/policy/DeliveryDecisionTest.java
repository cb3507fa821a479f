package io.rowhook.webhook.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.policy.AttemptResult.Unrenderable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What follows from an attempt: when the next is, and when there is none. */
class DeliveryDecisionTest {

  private static final DeliveryState IN_FLIGHT = new DeliveryState.Pending().toInFlight();

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  @Tag("feature-33")
  void triesAgainByTheScheduleAndThenNoMore() {
    RetryPolicy retry =
        new RetryPolicy(
            List.of(Duration.ofSeconds(5), Duration.ofMinutes(5)), RetryPolicy.From.previous, 0);
    AttemptResult result = new NoAnswer("connection refused by x:1");
    Instant first = NOW.minusSeconds(100);
    Instant at = NOW.minusSeconds(1);
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 1, at, at, NOW, 0.5))
        .isEqualTo(new Retrying(at.plusSeconds(5)));
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 2, first, at, NOW, 0.5))
        .isEqualTo(new Retrying(at.plusSeconds(300)));
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 3, first, at, NOW, 0.5))
        .isEqualTo(new Failed("all 3 attempts failed, the last one: connection refused by x:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT,
                result,
                new RetryPolicy(List.of(), RetryPolicy.From.previous, 0),
                1,
                at,
                at,
                NOW,
                0.5))
        .isEqualTo(new Failed("the only attempt failed: connection refused by x:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new Acknowledged(200, ""), retry, 2, first, at, NOW, 0.5))
        .isEqualTo(new Delivered());
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new Unrenderable("a.jslt:1"), retry, 1, at, at, NOW, 0.5))
        .isEqualTo(new Failed("a.jslt:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT,
                new Refused(422, "answered 422", "", Optional.empty(), true),
                retry,
                1,
                at,
                at,
                NOW,
                0.5))
        .isEqualTo(new Failed("answered 422, which is final for this recipient"));
  }

  @Test
  @Tag("feature-33")
  void countsActindosScheduleFromTheFirstAttempt() {
    Instant first = NOW;
    List<Long> dues =
        IntStream.rangeClosed(1, 4)
            .mapToObj(n ->
                DeliveryDecision.state(
                    IN_FLIGHT,
                    new NoAnswer("x"),
                    RetryPolicy.ACTINDO,
                    n,
                    first,
                    first.plusSeconds(50L * n),
                    first,
                    0.9))
            .map(state -> ((Retrying) state).at().getEpochSecond() - first.getEpochSecond())
            .toList();
    assertThat(dues).containsExactly(60L, 120L, 300L, 600L);
  }

  /** Nothing goes out for an hour: the retries left are not used up all at once after it. */
  @Test
  @Tag("feature-33")
  void keepsTheGapsOfActindosScheduleAfterAPause() {
    Instant at = NOW.plusSeconds(3600);
    List<Long> gaps = new ArrayList<>();
    for (int attempts = 2; attempts <= 4; attempts++) {
      DeliveryState state =
          DeliveryDecision.state(
              IN_FLIGHT,
              new NoAnswer("x"),
              RetryPolicy.ACTINDO,
              attempts,
              NOW,
              at,
              at.plusMillis(5),
              0.5);
      gaps.add(Duration.between(at, ((Retrying) state).at()).toSeconds());
      at = ((Retrying) state).at();
    }
    assertThat(gaps).containsExactly(60L, 180L, 300L);
  }

  @Test
  @Tag("feature-33")
  void movesADelayByAFifthAtMost() {
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new NoAnswer("x"), RetryPolicy.DEFAULT, 1, NOW, NOW, NOW, 0))
        .isEqualTo(new Retrying(NOW.plusSeconds(4)));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new NoAnswer("x"), RetryPolicy.DEFAULT, 1, NOW, NOW, NOW, 1))
        .isEqualTo(new Retrying(NOW.plusSeconds(6)));
  }

  @Test
  @Tag("feature-34")
  void comesBackNoSoonerThanAsked() {
    AttemptResult result =
        new Refused(503, "answered 503", "", Optional.of(Duration.ofSeconds(60)), false);
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, result, RetryPolicy.DEFAULT, 1, NOW, NOW.minusSeconds(3), NOW, 0.5))
        .isEqualTo(new Retrying(NOW.plusSeconds(60)));
    assertThat(
            DeliveryDecision.state(IN_FLIGHT, result, RetryPolicy.DEFAULT, 2, NOW, NOW, NOW, 0.5))
        .isEqualTo(new Retrying(NOW.plusSeconds(300)));
  }
}
