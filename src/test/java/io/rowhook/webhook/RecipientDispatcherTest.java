package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Secret;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a dispatcher brings to a recipient, and what stops or changes it on the way. */
class RecipientDispatcherTest {

  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  @Tag("feature-2")
  void bringsABareServerCompleteMessages() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.journal.append(orders(2, 1));
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/h"), new Parallel(4), RetryPolicy.DEFAULT));
      assertThat(dispatcher.status().recipient()).isEqualTo("shop");
      out.journal.append(orders(20, 3));
      out.settled("shop");

      // What was there before the recipient was, is not its business.
      assertThat(shop.ids()).hasSize(58).doesNotContain("evt_Order_1_1").doesNotHaveDuplicates();
      for (int id = 1; id <= 20; id++) {
        String entity = "evt_Order_" + id + "_";
        assertThat(shop.ids()).filteredOn(i -> i.startsWith(entity)).isSorted();
      }
      Receiver.Request request = shop.requests().getFirst();
      Event event = out.journal.find(request.header("Webhook-Id")).orElseThrow().event();
      assertThat(request.body()).isEqualTo(event.json());
      assertThat(request.header("Content-Type")).isEqualTo("application/json");
      assertThat(request.header("Rowhook-Entity-Id")).isEqualTo(event.entityId());
      eventually("idle", () -> dispatcher.status().state() == State.idle);
      assertThat(dispatcher.status().cursor()).isEqualTo(out.journal.head());
      assertThat(out.store("shop").exceptions()).isZero();
      long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
      assertThat(out.store("shop").ends()).containsEntry(sequence, new Delivered());
      assertThat(out.store("shop").attempts(sequence))
          .singleElement()
          .satisfies(attempt -> {
            assertThat(attempt.status()).isEqualTo(200);
            assertThat(attempt.error()).isNull();
            assertThat(attempt.attributeSet()).isEqualTo("hash-full");
            assertThat(attempt.requestId()).isEqualTo(request.header("Rowhook-Request-Id"));
          });
    }
  }

  @Test
  void skipsWhatNoSubscriptionWants() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Recipient all = recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT);
      out.start(
          new Recipient(
              all.name(),
              all.url(),
              all.authentication(),
              all.processing(),
              all.timeout(),
              all.acknowledge(),
              all.retry(),
              all.breakerConfig(),
              all.backlog(),
              all.allow(),
              all.tls(),
              all.format(),
              List.of(
                  new Subscription(
                      "Order", Set.of(EventType.Updated), Optional.of("7"), Optional.empty()))));
      out.journal.append(orders(2000, 1));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_Order_7_1");
    }
  }

  @Test
  @Tag("feature-24")
  @Tag("feature-26")
  void signsTheBytesItSends() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Authentication both =
          new Authentication(
              Optional.of(
                  new Hmac(
                      new Secret(KEY),
                      SignatureScheme.standard,
                      "Webhook-Signature",
                      Optional.empty())),
              Optional.of(new Basic("erp", new Secret("pä:ss"))));
      Recipient recipient =
          recipient(
              "shop",
              shop.url("/"),
              new Parallel(2),
              RetryPolicy.DEFAULT,
              Duration.ofSeconds(5),
              both);
      out.start(recipient);
      out.journal.append(orders(1, 1));
      out.settled("shop");
      Receiver.Request request = shop.requests().getFirst();
      new com.standardwebhooks.Webhook(KEY)
          .verify(
              request.text(),
              java.util.Map.of(
                  "webhook-id", List.of(request.header("Webhook-Id")),
                  "webhook-timestamp", List.of(request.header("Webhook-Timestamp")),
                  "webhook-signature", List.of(request.header("Webhook-Signature"))));
      assertThat(request.header("Authorization")).isEqualTo("Basic ZXJwOnDDpDpzcw==");
      assertThat(recipient.toString()).doesNotContain("pä:ss").doesNotContain(KEY);
    }
  }

  @Test
  void takesNewSettingsWhileItRuns() {
    try (Receiver first = new Receiver();
        Receiver second = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", first.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 1));
      out.settled("shop");
      dispatcher.reconfigure(
          recipient("shop", second.url("/"), new Parallel(8), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 2));
      out.settled("shop");
      dispatcher.reconfigure(
          recipient("shop", first.url("/"), new Sequential(), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 3));
      out.settled("shop");
      assertThat(first.count()).isEqualTo(10);
      assertThat(second.count()).isEqualTo(5);
      assertThat(first.ids().subList(5, 10))
          .containsExactly(
              "evt_Order_1_3", "evt_Order_2_3", "evt_Order_3_3", "evt_Order_4_3", "evt_Order_5_3");
      assertThatThrownBy(() ->
              dispatcher.reconfigure(
                  recipient("other", first.url("/"), new Parallel(1), RetryPolicy.DEFAULT)))
          .hasMessage("the dispatcher of recipient 'shop' cannot serve 'other'");
    }
  }

  @Test
  void letsWhatIsInFlightEndWhenItCloses() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              arrived.countDown();
              go.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.journal.append(orders(10, 1));
      arrived.await();
      Thread closing = Thread.ofVirtual().start(dispatcher::close);
      go.countDown();
      closing.join();
      assertThat(dispatcher.status().state()).isEqualTo(State.closed);
      assertThat(shop.count()).isEqualTo(2);
      assertThat(out.store("shop").ends()).hasSize(2);
      assertThat(out.store("shop").cursor()).isEqualTo(2);

      out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(10).doesNotHaveDuplicates();
    }
  }

  @Test
  void standsStillWhileTheJournalFailsAndGoesOnAfter() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT));
      out.journal.append(orders(50, 1));
      eventually("some arrive", () -> shop.count() > 10);
      out.journal.fail("journal.db cannot be written: the disk is full");
      dispatcher.published();
      eventually("it says so", () -> dispatcher.status().state() == State.hindered);
      assertThat(dispatcher.status().trouble())
          .isEqualTo("JournalException: journal.db cannot be written: the disk is full");
      out.journal.fail(null);
      out.journal.append(orders(50, 2));
      out.settled("shop");
      eventually("it is well", () -> dispatcher.status().trouble() == null);
      assertThat(Set.copyOf(shop.ids())).hasSize(100);
      assertThat(out.store("shop").ends()).hasSize(100);
    }
  }
}
