package io.rowhook.webhook;

import static io.rowhook.testing.Events.order;
import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes out after what, how much at once, and what a failure holds back. */
class DispatchOrderTest {

  @Test
  @Tag("feature-28")
  void neverHasMoreThanItsJobsInFlightNorTwoOfOneEntity() {
    Set<String> busy = ConcurrentHashMap.newKeySet();
    AtomicBoolean twice = new AtomicBoolean();
    try (Receiver shop =
            new Receiver(request -> {
              String entity = request.header("Rowhook-Entity-Id");
              twice.compareAndSet(false, !busy.add(entity));
              Thread.sleep(100); // a slow recipient
              busy.remove(entity);
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT));
      long started = System.nanoTime();
      out.journal.append(orders(20, 2));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(40);
      assertThat(shop.mostAtOnce()).isEqualTo(4);
      assertThat(twice).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }
  }

  @Test
  @Tag("feature-27")
  void keepsOrderUnderFailureInSequence() {
    AtomicInteger failures = new AtomicInteger();
    try (Receiver shop =
            new Receiver(request ->
                request.header("Webhook-Id").equals("evt_Order_2_1")
                        && failures.getAndIncrement() < 2
                    ? Answer.of(500)
                    : Answer.of(200));
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), new Sequential(), retry(100, 100, 100)));
      out.journal.append(orders(3, 3));
      eventually("it waits", () -> out.store("shop").open() == 1);
      assertThat(out.store("shop").exceptions()).isEqualTo(1); // the others stay in the journal
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly(
              "evt_Order_1_1",
              "evt_Order_2_1",
              "evt_Order_2_1",
              "evt_Order_2_1",
              "evt_Order_3_1",
              "evt_Order_1_2",
              "evt_Order_2_2",
              "evt_Order_3_2",
              "evt_Order_1_3",
              "evt_Order_2_3",
              "evt_Order_3_3");
      assertThat(shop.mostAtOnce()).isEqualTo(1);
    }
  }

  @Test
  @Tag("feature-29")
  void holdsBackTheFailingEntityOnlyInParallel() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (Receiver shop =
            new Receiver(request ->
                request.header("Rowhook-Entity-Id").equals("2") && broken.get()
                    ? Answer.of(500)
                    : Answer.of(200));
        Outbound out = new Outbound()) {
      out.start(
          recipient("shop", shop.url("/"), new Parallel(3), retry(100, 100, 100, 100, 100, 5000)));
      out.journal.append(orders(5, 3));
      eventually("the others go on", () -> out.store("shop").ends().size() == 12);
      out.journal.append(List.of(order(2, 4), order(3, 4)));
      eventually("the others go on", () -> out.store("shop").ends().size() == 13);
      assertThat(shop.ids())
          .filteredOn(id -> id.startsWith("evt_Order_2"))
          .containsOnly("evt_Order_2_1");
      assertThat(out.store("shop").open()).isEqualTo(4);
      assertThat(out.store("shop").oldestOpen().orElseThrow().state()).isInstanceOf(Retrying.class);
      broken.set(false);
      out.settled("shop");
      assertThat(shop.ids().stream().filter(id -> id.startsWith("evt_Order_2")).distinct())
          .containsExactly("evt_Order_2_1", "evt_Order_2_2", "evt_Order_2_3", "evt_Order_2_4");
    }
  }

  @Test
  @Tag("feature-29")
  void costsOtherRecipientsNothingWhenItHangs() {
    CountDownLatch end = new CountDownLatch(1);
    try (Receiver hanging =
            new Receiver(_ -> {
              end.await();
              return Answer.of(200);
            });
        Receiver well = new Receiver();
        Outbound out = new Outbound()) {
      out.start(
          recipient(
              "hanging",
              hanging.url("/"),
              new Parallel(50),
              RetryPolicy.DEFAULT,
              Duration.ofSeconds(60),
              Authentication.NONE));
      for (String name : List.of("a", "b", "c")) {
        out.start(recipient(name, well.url("/" + name), new Parallel(4), RetryPolicy.DEFAULT));
      }
      out.journal.append(orders(200, 5));
      for (String name : List.of("a", "b", "c")) {
        out.settled(name);
      }
      assertThat(well.count()).isEqualTo(3000);
      assertThat(hanging.count()).isEqualTo(50);
      assertThat(out.dispatchers.getFirst().status().inFlight()).isEqualTo(50);
      end.countDown();
    }
  }

  @Test
  @Tag("feature-37")
  void goesOnWithWhatIsBlockedBehindNothingAfterACrash() throws InterruptedException {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(orders(3, 3));
      for (JournalEntry entry : out.journal.read(0, 100, 1 << 20)) {
        if (!entry.event().entityId().equals("1")) {
          store.put(
              Delivery.pending(entry, null, null)
                  .to(entry.sequence() == 2 ? new Retrying(Instant.MAX) : new Blocked(), 0));
        }
      }
      store.flush();
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      eventually("3 goes on", () -> shop.ids().contains("evt_Order_3_3"));
      eventually("idle", () -> dispatcher.status().state() == State.idle);
      assertThat(shop.ids())
          .hasSize(6)
          .containsSubsequence("evt_Order_1_1", "evt_Order_1_2", "evt_Order_1_3")
          .containsSubsequence("evt_Order_3_1", "evt_Order_3_2", "evt_Order_3_3");
      assertThat(store.open()).isEqualTo(3);
    }
  }
}
