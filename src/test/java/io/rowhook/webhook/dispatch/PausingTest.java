package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.dispatch.PausableShop.MUCH;
import static io.rowhook.webhook.dispatch.PausableShop.START;
import static io.rowhook.webhook.dispatch.PausableShop.assertHeld;
import static io.rowhook.webhook.dispatch.PausableShop.retries;
import static io.rowhook.webhook.dispatch.PausableShop.shop;
import static io.rowhook.webhook.dispatch.PausableShop.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Failures pause a recipient, probes find out whether it is back, and nothing is lost meanwhile.
 */
class PausingTest {

  private final MovedClock clock = new MovedClock(START);
  private final AtomicInteger status = new AtomicInteger(503);

  @ParameterizedTest
  @Tag("feature-35")
  @Tag("feature-36")
  @ValueSource(booleans = {false, true})
  void pausesAtTheEleventhFailureAndLosesNothing(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(1);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(40), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        assertThat(dispatcher.status().pause()).isNull();
        clock.forward(dispatcher, Duration.ofSeconds(30));
      }
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(shop.count()).isEqualTo(11);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(
              pause -> assertThat(pause.until()).contains(clock.instant().plusSeconds(3600)));

      out.journal.append(orders(5, 2).subList(5, 10)); // what changes meanwhile
      clock.forward(dispatcher, Duration.ofMinutes(59));
      assertHeld(dispatcher, shop, 11);

      // The oldest is tried alone; it fails, which costs no retry the first time.
      clock.forward(dispatcher, Duration.ofMinutes(1));
      eventually(
          "the trial", () -> shop.count() == 12 && dispatcher.status().state() == State.paused);
      MemoryDeliveryStore store = out.store("shop");
      assertThat(shop.ids()).containsOnly("evt_Order_1_1");
      eventually("recorded", () -> store.attempts(1).size() == 12);
      assertThat(store.standing(1))
          .satisfies(standing -> {
            assertThat(standing.trials()).isEqualTo(1);
            assertThat(standing.state()).isEqualTo(new Retrying(clock.instant().plusSeconds(3600)));
          });

      status.set(200);
      clock.forward(dispatcher, Duration.ofHours(1));
      out.settled("shop");
      assertThat(dispatcher.status().pause()).isNull();
      List<String> after = shop.ids().subList(12, shop.count());
      // The second probe takes another entity, if it may.
      assertThat(after.getFirst()).isEqualTo(sequential ? "evt_Order_1_1" : "evt_Order_2_2");
      assertThat(after)
          .containsExactlyInAnyOrder(
              "evt_Order_1_1",
              "evt_Order_1_2",
              "evt_Order_2_2",
              "evt_Order_3_2",
              "evt_Order_4_2",
              "evt_Order_5_2");
      if (sequential) {
        assertThat(after).isSorted();
      }
    }
  }

  /** Away for seconds: it has everything seconds after it is back. */
  @Test
  @Tag("feature-35")
  void flowsAgainSecondsAfterAShortOutage() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      Recipient like = shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH);
      RecipientDispatcher dispatcher = out.start(with(like, CircuitBreakerConfig.DEFAULT));
      out.journal.append(orders(300, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      clock.forward(dispatcher, Duration.ofSeconds(3));
      status.set(200);
      assertHeld(dispatcher, shop, shop.count());
      clock.forward(dispatcher, Duration.ofSeconds(2));
      eventually("the probe", () -> dispatcher.status().pause() == null);
      clock.forward(dispatcher, Duration.ofSeconds(30)); // the retries of those that had failed
      out.settled("shop");
      assertThat(out.store("shop").ends().values()).containsOnly(new Delivered());
    }
  }

  /** The oldest always fails: the second probe takes another entity, and everything else flows. */
  @Test
  @Tag("feature-35")
  void isNotKeptPausedByOneDeliveryThatAlwaysFails() {
    try (Receiver shop =
            new Receiver(request ->
                Answer.of(
                    request.header("Webhook-Id").equals("evt_Order_1_1") ? 400 : status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH));
      out.journal.append(orders(30, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      status.set(200);
      clock.forward(dispatcher, Duration.ofHours(1));
      eventually("the first probe", () -> trials(out) == 1);
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(dispatcher.status().pause()).isNotNull();
      assertThat(shop.ids().getLast()).isEqualTo("evt_Order_1_1");
      clock.forward(dispatcher, Duration.ofHours(1));
      eventually("all others", () -> out.store("shop").ends().size() == 29);
      assertThat(dispatcher.status().pause()).isNull();
    }
  }

  /** Nothing else waits, or it is sequential: each probe but the first uses a retry. */
  @ParameterizedTest
  @Tag("feature-35")
  @ValueSource(booleans = {false, true})
  void endsADeliveryWhoseRetriesAreUsedUpByProbes(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(1);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(12), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        clock.forward(dispatcher, Duration.ofSeconds(30));
      }
      // 11 attempts until it is paused, a probe that is free, and two that are not.
      for (int sent = 11; sent < 14; sent++) {
        int count = sent;
        eventually(
            "held", () -> shop.count() == count && dispatcher.status().state() == State.paused);
        clock.forward(dispatcher, Duration.ofHours(1));
      }
      eventually("ended", () -> out.store("shop").ends().size() == 1);
      assertThat(shop.count()).isEqualTo(14);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("all 13 attempts failed, the last one: answered 503"));
    }
  }

  @Test
  @Tag("feature-34")
  void aFinalStatusEndsADeliveryAlsoInAProbe() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      AcknowledgementRule rule =
          new AcknowledgementRule(Set.of(200), Optional.empty(), Set.of(422));
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Sequential(), rule, retries(40), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        clock.forward(dispatcher, Duration.ofSeconds(30));
      }
      eventually("held", () -> dispatcher.status().state() == State.paused);
      status.set(422);
      clock.forward(dispatcher, Duration.ofHours(1));
      eventually("ended", () -> out.store("shop").ends().size() == 1);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("answered 422, which is final for this recipient"));
    }
  }

  /** The trial has nothing to try: the dispatcher waits for something, and does not spin. */
  @Test
  @Tag("feature-35")
  void triesTheFirstThatComesWhereNothingIsOpenAfterAPause() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock =
          () -> {
            looks.incrementAndGet();
            return clock.instant();
          };
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(11, 1)); // all end failed
      eventually("held", () -> dispatcher.status().state() == State.paused);
      clock.forward(dispatcher, Duration.ofHours(1));
      eventually("the trial waits", () -> dispatcher.status().state() == State.idle);
      int before = looks.get();
      Thread.sleep(300); // for it to spin, if it does
      assertThat(looks.get() - before).isLessThan(100);
      assertThat(shop.count()).isEqualTo(11);
      status.set(200);
      out.journal.append(orders(3, 2).subList(3, 6));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(14);
      assertThat(dispatcher.status().pause()).isNull();
    }
  }

  @Test
  @Tag("feature-35")
  void staysPausedOverARestartAndCountsWhatFailedBeforeIt() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      Recipient recipient =
          shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH);
      RecipientDispatcher dispatcher = out.start(recipient);
      out.journal.append(orders(10, 1));
      eventually("ten have failed", () -> shop.count() == 10 && waiting(out, 10));
      dispatcher.close();
      dispatcher = out.start(recipient);
      out.journal.append(orders(1, 2).subList(1, 2));
      RecipientDispatcher second = dispatcher;
      clock.forward(second, Duration.ofSeconds(30)); // their retries
      eventually("held", () -> second.status().state() == State.paused);
      int count = shop.count();
      assertThat(count).isBetween(11, 14); // jobs that were in flight
      second.close();
      RecipientDispatcher third = out.start(recipient);
      eventually("held again", () -> third.status().state() == State.paused);
      assertHeld(third, shop, count);
    }
  }

  private static Recipient with(Recipient like, CircuitBreakerConfig breakerConfig) {
    return new Recipient(
        like.name(),
        like.url(),
        like.authentication(),
        like.processing(),
        like.timeout(),
        like.acknowledge(),
        like.retry(),
        breakerConfig,
        like.backlog(),
        like.allow(),
        like.tls(),
        like.format(),
        like.subscriptions());
  }

  private static int trials(Outbound out) {
    return Objects.requireNonNull(out.store("shop").standing(1)).trials();
  }
}
