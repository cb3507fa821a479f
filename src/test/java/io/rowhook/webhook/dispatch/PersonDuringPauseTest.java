package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.dispatch.PausableShop.MUCH;
import static io.rowhook.webhook.dispatch.PausableShop.START;
import static io.rowhook.webhook.dispatch.PausableShop.assertHeld;
import static io.rowhook.webhook.dispatch.PausableShop.retries;
import static io.rowhook.webhook.dispatch.PausableShop.shop;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Pause;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.TestDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a person, the kill switch, a 410 or the file of a recipient stops, and what is sent all the
 * same.
 */
class PersonDuringPauseTest {

  private final MovedClock clock = new MovedClock(START);
  private final AtomicInteger status = new AtomicInteger(503);

  @Test
  @Tag("feature-34")
  void isDisabledBy410UntilAPersonEnablesIt() throws Exception {
    status.set(410);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Sequential(), AcknowledgementRule.ANY_2XX, retries(1), MUCH));
      out.journal.append(orders(3, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(pause -> {
            assertThat(pause.kind()).isEqualTo(Pause.Kind.gone);
            assertThat(pause.until()).isEmpty();
            assertThat(pause.reason()).contains("410");
          });
      clock.forward(dispatcher, Duration.ofDays(100));
      assertHeld(dispatcher, shop, 1);
      status.set(200);
      out.store("shop").resume(clock.instant()); // rowhook resume
      out.store("shop").flush();
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly("evt_Order_1_1", "evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1");
    }
  }

  @Test
  @Tag("feature-27")
  void stopsWhereItsFileSaysSoAndGoesOnWhenAPersonSays() throws Exception {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(
              shop(shop, new Sequential(true), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(3, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertHeld(dispatcher, shop, 1);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(pause -> assertThat(pause.kind()).isEqualTo(Pause.Kind.exhausted));
      status.set(200);
      out.store("shop").redeliver(1, Instant.now());
      dispatcher.deliveriesChanged();
      eventually("redelivered", () -> shop.count() == 2);
      assertHeld(dispatcher, shop, 2);
      out.store("shop").resume(Instant.now());
      out.store("shop").flush();
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly("evt_Order_1_1", "evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1");
    }
  }

  @Test
  @Tag("feature-42")
  void sendsNothingWhileTheKillSwitchIsSet() {
    status.set(200);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      out.journal.killSwitch(Pause.untilResumed(Pause.Kind.person, START, "a test"));
      dispatcher.deliveriesChanged();
      eventually("held", () -> dispatcher.status().state() == State.paused);
      out.journal.append(orders(20, 2).subList(20, 40));
      out.store("shop").redeliver(1, Instant.now()); // not even what a person asks for
      dispatcher.deliveriesChanged();
      assertHeld(dispatcher, shop, 1);
      out.journal.killSwitch(null);
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids()).hasSize(22);
    }
  }

  @Test
  @Tag("feature-40")
  void sendsWhatAPersonAsksForDuringAPause() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(5), MUCH));
      out.journal.append(orders(20, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      int count = shop.count();
      status.set(200);
      out.store("shop").redeliver(3, clock.instant());
      dispatcher.deliveriesChanged();
      eventually("sent", () -> shop.count() == count + 1);
      assertThat(shop.ids().getLast()).isEqualTo("evt_Order_3_1");
      assertThat(shop.requests().getLast().header("Rowhook-Redelivery")).isEqualTo("1");
      assertHeld(dispatcher, shop, count + 1);
    }
  }

  @Test
  @Tag("feature-45")
  void sendsATestAtAnyTime() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(11, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      TestDelivery refused = dispatcher.sample();
      assertThat(refused.error()).isEqualTo("answered 503");
      status.set(200);
      TestDelivery sample = dispatcher.sample();
      assertThat(sample.error()).isNull();
      assertThat(sample.status()).isEqualTo(200);
      Receiver.Request request = shop.requests().getLast();
      assertThat(request.header("Rowhook-Test")).isEqualTo("1");
      assertThat(request.header("Webhook-Id")).startsWith("evt_test_");
      assertThat(request.text()).contains("\"entityType\":\"Test\"");
      assertThat(out.store("shop").ends()).hasSize(11); // nothing of it is recorded
    }
  }

  /** Some of them wait in memory, others in the journal. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsNothingThatWasDiscardedBeforeItsTurn(boolean sequential) throws Exception {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(4);
    CountDownLatch answer = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              answer.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(
              recipient(
                  "shop",
                  shop.url("/"),
                  processing,
                  RetryPolicy.DEFAULT,
                  Duration.ofMinutes(5),
                  Authentication.NONE));
      out.journal.append(orders(600, 1));
      int jobs = processing.jobs();
      eventually("some are in flight", () -> shop.count() == jobs);
      MemoryDeliveryStore store = out.store("shop");
      for (long sequence = 1; sequence <= 600; sequence++) {
        if (sequence > 4 && sequence % 2 == 0) {
          store.discard(sequence);
        }
      }
      dispatcher.deliveriesChanged();
      dispatcher.reconfigure( // so that one round is over before the answers
          recipient(
              "shop",
              shop.url("/"),
              processing,
              RetryPolicy.DEFAULT,
              Duration.ofMinutes(4),
              Authentication.NONE));
      answer.countDown();
      out.settled("shop");
      List<Long> sent =
          shop.requests().stream().map(r -> Long.valueOf(r.header("Rowhook-Sequence"))).toList();
      assertThat(sent).hasSize(4 + 298).allMatch(sequence -> sequence <= 4 || sequence % 2 == 1);
    }
  }
}
