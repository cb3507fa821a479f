package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.dispatch.PausableShop.START;
import static io.rowhook.webhook.dispatch.PausableShop.assertHeld;
import static io.rowhook.webhook.dispatch.PausableShop.retries;
import static io.rowhook.webhook.dispatch.PausableShop.shop;
import static io.rowhook.webhook.dispatch.PausableShop.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits too long, or is too much, ends as failed; the oldest first. */
class BacklogLimitTest {

  private final MovedClock clock = new MovedClock(START);
  private final AtomicInteger status = new AtomicInteger(503);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsTheOldestWhereTheBacklogIsTooLarge(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(4);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      long each = orders(1, 1).getFirst().json().length;
      BacklogLimit limit = new BacklogLimit(Duration.ofDays(36500), each * 1000 + each / 2);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(40), limit));
      out.journal.append(orders(11, 1));
      eventually(
          "held",
          () -> {
            if (dispatcher.status().state() == State.idle && dispatcher.status().inFlight() == 0) {
              clock.forward(dispatcher, Duration.ofSeconds(30));
            }
            return dispatcher.status().state() == State.paused;
          });
      out.journal.append(orders(2000, 2).subList(2000, 4000));
      clock.forward(dispatcher, Duration.ofMinutes(2)); // it looks every minute
      MemoryDeliveryStore store = out.store("shop");
      eventually("shed", () -> store.backlog().bytes() <= limit.bytes());
      assertHeld(dispatcher, shop, shop.count());
      assertThat(store.backlog().bytes()).isGreaterThan(limit.bytes() - 100); // no more than needed
      assertThat(store.ends().values())
          .allSatisfy(end ->
              assertThat(((Failed) end).reason())
                  .isEqualTo("backlog limit: more than " + limit.bytes() + " bytes waited"));
      int ended = store.ends().size();
      assertThat(store.ends().keySet())
          .as("the oldest")
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(1, ended).mapToObj(Long::valueOf).toList());
      status.set(200);
      clock.forward(dispatcher, Duration.ofHours(2));
      out.settled("shop");
    }
  }

  @Test
  void endsWhatWaitsTooLong() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      Instant journaled = orders(1, 1).getFirst().committedAt();
      BacklogLimit limit =
          new BacklogLimit(Duration.between(journaled, START).plusHours(1), 1L << 40);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(2000), limit));
      out.journal.append(orders(5, 2));
      eventually("each is tried", () -> shop.count() >= 5 && waiting(out, 10));
      MemoryDeliveryStore store = out.store("shop");
      assertThat(store.ends()).isEmpty();
      clock.forward(dispatcher, Duration.ofMinutes(61));
      eventually("all have ended", () -> store.ends().size() == 10);
      assertThat(store.ends().values())
          .allSatisfy(end ->
              assertThat(((Failed) end).reason())
                  .startsWith("backlog limit: it waited longer than"));
    }
  }

  /** A kept failure may be older than the limit when somebody looks at it. */
  @Test
  void neverShedsWhatAPersonHasAskedFor() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      Instant journaled = orders(1, 1).getFirst().committedAt();
      BacklogLimit limit =
          new BacklogLimit(Duration.between(journaled, START).plusHours(1), 1L << 40);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(1), limit));
      out.journal.append(orders(2, 1));
      eventually("each is tried", () -> shop.count() == 2 && waiting(out, 2));
      clock.forward(dispatcher, Duration.ofSeconds(31));
      MemoryDeliveryStore store = out.store("shop");
      eventually("both have failed", () -> store.ends().size() == 2);
      clock.forward(dispatcher, Duration.ofDays(30)); // far beyond the limit

      store.redeliver(1, clock.instant());
      dispatcher.deliveriesChanged();
      eventually("sent again", () -> shop.count() == 5 && waiting(out, 1));
      clock.forward(dispatcher, Duration.ofMinutes(2)); // it looks every minute
      eventually("and tried again", () -> shop.count() == 6 && store.ends().size() == 2);
      assertThat(((Failed) Objects.requireNonNull(store.ends().get(1L))).reason())
          .startsWith("all 2 attempts failed");
    }
  }
}
