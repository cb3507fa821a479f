package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dispatcher has in memory already, when a person or its gate decides otherwise. */
class InMemoryTest {

  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  private static RetryPolicy retries() {
    return new RetryPolicy(List.of(Duration.ofMinutes(1)), RetryPolicy.From.previous, 0);
  }

  /** It waits in the window behind one that is in flight: discarded, it does not go out. */
  @ParameterizedTest
  @Tag("feature-40")
  @ValueSource(booleans = {false, true})
  void doesNotSendWhatIsDiscardedBeforeItsTurn(boolean sequential) throws Exception {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(1);
    CountDownLatch answering = new CountDownLatch(1);
    AtomicReference<Receiver.Behaviour> behaviour = new AtomicReference<>(_ -> Answer.of(503));
    try (Receiver shop =
            new Receiver(request -> Objects.requireNonNull(behaviour.get()).answer(request));
        Outbound out = new Outbound()) {
      out.clock = () -> Objects.requireNonNull(now.get());
      MemoryDeliveryStore store = out.store("shop");
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(1), retries()));
      out.journal.append(orders(3, 1));
      eventually("all have failed once", () -> store.open() == 3);
      dispatcher.close();

      behaviour.set(_ -> {
        answering.await();
        return Answer.of(200);
      });
      now.set(START.plusSeconds(120));
      dispatcher = out.start(recipient("shop", shop.url("/"), processing, retries()));
      eventually("one is in flight", () -> shop.count() == 4);
      RecipientDispatcher busy = dispatcher;
      eventually("the others are in memory", () -> sequential || busy.status().window() == 3);
      store.discard(3);
      dispatcher.deliveriesChanged();
      eventually("it has left", () -> sequential || busy.status().window() == 2);
      answering.countDown();
      out.settled("shop");
      assertThat(shop.ids())
          .filteredOn("evt_Order_3_1"::equals)
          .as("only its first attempt")
          .hasSize(1);
      assertThat(shop.count()).isEqualTo(5);
      assertThat(store.ends().get(3L)).isEqualTo(new Failed(Failed.DISCARDED));
    }
  }

  /** Whatever its jobs. */
  @Test
  @Tag("feature-35")
  void triesOneAloneAfterAPause() throws Exception {
    CountDownLatch answering = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              answering.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      out.clock = () -> Objects.requireNonNull(now.get());
      MemoryDeliveryStore store = out.store("shop");
      store.pause(
          new Pause(Pause.Kind.failures, START, Optional.of(START.plusSeconds(60)), "failures"));
      store.flush();
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(8), retries()));
      out.journal.append(orders(20, 1));
      now.set(START.plusSeconds(61));
      dispatcher.published();
      eventually("the trial", () -> shop.count() == 1);
      for (int look = 0; look < 20; look++) {
        dispatcher.published();
        dispatcher.deliveriesChanged();
        Thread.sleep(5); // whatever would go out beside it has had its time
      }
      assertThat(shop.count()).isEqualTo(1);
      assertThat(dispatcher.status().window()).isEqualTo(1);
      answering.countDown();
      out.settled("shop");
      assertThat(shop.ids()).hasSize(20).startsWith("evt_Order_1_1").doesNotHaveDuplicates();
    }
  }
}
