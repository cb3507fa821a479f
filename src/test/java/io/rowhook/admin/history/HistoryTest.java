package io.rowhook.admin.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rowhook.admin.EventKind;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.policy.AttemptResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What flowed, step by step, for as long as it is kept. */
class HistoryTest {

  private static final Instant NOON = Instant.parse("2026-05-24T12:00:00Z");

  @AutoClose private final History history = new History();
  private Instant now = NOON;

  private void step(long waiting, long lag) {
    now = now.plus(History.STEP);
    history.step(now, waiting, lag);
  }

  private void attempted(String recipient, Duration after, DeliveryState state) {
    Event event =
        new Event("evt_1", "Order", "7", EventType.Updated, NOON, Position.START, new byte[0]);
    Attempt attempt = new Attempt(1, NOON, after, "r", 200, null, null, "Order.jslt", "b0d1");
    Delivery delivery = Delivery.pending(new JournalEntry(1, event), null, null);
    history.attempted(
        recipient,
        new AttemptOutcome(delivery, attempt, new AttemptResult.Acknowledged(200, ""), null, 0, 1),
        state);
  }

  @Test
  void eachStepHasWhatCameInIt() {
    history.journaledLarge(
        new Transaction(Position.START, "5", NOON),
        Map.of(new EventKind("Order", EventType.Updated), 40L));
    IntStream.range(0, 19)
        .forEach(_ -> attempted("shop", Duration.ofMillis(30), new DeliveryState.Delivered()));
    attempted("shop", Duration.ofSeconds(50), new DeliveryState.Delivered());
    attempted("down", Duration.ofSeconds(1), new DeliveryState.Failed("503"));
    step(21, 4096);
    step(0, -1);
    assertThat(history.steps()).hasSize(2);
    History.Step first = history.steps().getFirst();
    assertThat(first.published()).isEqualTo(40);
    assertThat(first.delivered()).isEqualTo(20);
    assertThat(first.failed()).isEqualTo(1);
    assertThat(first.delayMillis())
        .as("95 of a hundred, to within half an octave")
        .isCloseTo(30, Percentage.withPercentage(25));
    assertThat(first.waiting()).isEqualTo(21);
    History.Step second = history.steps().getLast();
    assertThat(second.delivered()).isZero();
    assertThat(second.delayMillis()).isNaN();
  }

  @Test
  void aMinuteOfEachRecipientAndThenItIsForgotten() {
    attempted("shop", Duration.ofMillis(30), new DeliveryState.Delivered());
    attempted("down", Duration.ofMillis(30), new DeliveryState.Failed("503"));
    step(0, 0);
    step(0, 0);
    attempted("shop", Duration.ofMillis(30), new DeliveryState.Delivered());
    step(0, 0);
    assertThat(history.lastMinutes())
        .extracting(History.LastMinute::recipient, History.LastMinute::delivered)
        .containsExactlyInAnyOrder(tuple("shop", 2L), tuple("down", 0L));
    IntStream.range(0, 4).forEach(_ -> step(0, 0));
    assertThat(history.lastMinutes()).isEmpty();
  }

  @Test
  void onlySoManyStepsAreKept() {
    IntStream.range(0, History.STEPS + 5).forEach(i -> step(i, 0));
    assertThat(history.steps()).hasSize(History.STEPS);
    assertThat(history.steps().getFirst().waiting()).isEqualTo(5);
  }
}
