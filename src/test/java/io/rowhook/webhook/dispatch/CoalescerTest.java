package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.retry;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.ALL;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.latestOnly;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.processing;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.shop;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.Receiver.Request;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code latest-only}: of several undelivered events of an entity only the newest is sent. */
class CoalescerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final VersionedOrders orders = new VersionedOrders();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsOnlyTheNewestOfABacklogMergedOverTheRest(boolean sequential) throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(
          orders.updates(3, 700)); // more than a window, a page, and a step of one entity
      out.start(shop(shop, processing(sequential, 4), RetryPolicy.DEFAULT));
      out.settled("shop");

      assertThat(shop.ids())
          .containsExactlyInAnyOrder("evt_Order_1_700", "evt_Order_2_700", "evt_Order_3_700");
      if (sequential) {
        assertThat(shop.ids()).isSorted();
      }
      for (Request request : shop.requests()) {
        JsonNode body = JSON.readTree(request.body());
        assertThat(body.path("data").path("v").asInt()).isEqualTo(700);
        assertThat(body.path("previous").path("v").asInt()).isZero();
        assertThat(body.path("previous").path("a700").asText()).isEqualTo("old");
        assertThat(body.path("changed")).hasSize(701); // v and every a<n>
        assertThat(request.header("Rowhook-Sequence"))
            .isEqualTo(Integer.toString(2097 + body.path("entityId").asInt()));
      }
      assertThat(store.ends()).hasSize(3).containsValue(new Delivered());
      assertThat(store.skipped()).hasSize(2097).doesNotContainKeys(2098L, 2099L, 2100L);
      assertThat(store.exceptions()).isZero();
    }
  }

  @Test
  void sendsEveryEventWhereItIsNotAskedFor() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.store("shop");
      out.journal.append(orders.updates(2, 10));
      Subscription every = new Subscription("Order", ALL, Optional.empty(), Optional.empty());
      out.start(shop(shop, new Parallel(2), RetryPolicy.DEFAULT, every));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(20).doesNotHaveDuplicates();
      assertThat(out.store("shop").skipped()).isEmpty();
    }
  }

  /** What was attempted keeps its body and its turn; what came after it is merged. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void retriesWhatWasAttemptedAsItWasAndSkipsOnlyWhatWasNot(boolean sequential) throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    AtomicInteger status = new AtomicInteger(503);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = () -> Objects.requireNonNull(now.get());
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(orders.updates(1, 3));
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing(sequential, 4), retry(60_000, 60_000)));
      eventually("attempted", () -> isWaiting(store, 3));
      out.journal.append(orders.updates(1, 600)); // on disk, if parallel: more than a step
      eventually("put aside", () -> sequential || store.open() == 601);
      now.updateAndGet(time -> time.plusSeconds(61));
      dispatcher.published();
      eventually("attempted again", () -> shop.count() == 2);
      eventually("recorded", () -> store.attempts(3).size() == 2);
      status.set(200);
      now.updateAndGet(time -> time.plusSeconds(61));
      dispatcher.published();
      out.settled("shop");

      assertThat(shop.ids())
          .containsExactly("evt_Order_1_3", "evt_Order_1_3", "evt_Order_1_3", "evt_Order_1_603");
      assertThat(shop.requests().subList(0, 3).stream().map(Request::text).distinct()).hasSize(1);
      JsonNode last = JSON.readTree(shop.requests().getLast().body());
      assertThat(last.path("previous").path("v").asInt()).isEqualTo(3);
      assertThat(store.skipped()).hasSize(601);
    }
  }

  /**
   * In sequential processing a Deleted waits in its place for what was committed before it, and has
   * the Created before it skipped by then; what comes after it must not make an Updated of it.
   */
  @Test
  void createdDeletedAndCreatedAgainIsCreatedForWhoWasNeverSentIt() throws Exception {
    CountDownLatch answering = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              answering.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      AtomicReference<RecipientDispatcher> dispatcher = new AtomicReference<>();
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String name, JournalEntry entry) {
              if (entry.event().entityId().equals("3")) {
                out.journal.append(List.of(orders.event(EventType.Created, 2)));
                Objects.requireNonNull(dispatcher.get()).published();
              }
            }
          };
      out.journal.append(List.of(orders.event(EventType.Created, 1)));
      dispatcher.set(out.start(shop(shop, new Sequential(), RetryPolicy.DEFAULT)));
      eventually("the first is in flight", () -> shop.count() == 1);
      out.journal.append(
          List.of(
              orders.event(EventType.Created, 2),
              orders.event(EventType.Updated, 3),
              orders.event(EventType.Deleted, 2)));
      Objects.requireNonNull(dispatcher.get()).published();
      answering.countDown();
      eventually("all is settled", () -> store.cursor() == 5);
      assertThat(shop.requests())
          .extracting(request ->
              request.header("Rowhook-Entity-Id") + " " + request.header("Rowhook-Entity-Event"))
          .containsExactly("1 Created", "3 Updated", "2 Created");
    }
  }

  /** Another subscription's event in between is sent itself, and divides them. */
  @Test
  void leavesWhatAnotherSubscriptionWantsInItsPlace() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.store("shop");
      List<Event> events = new ArrayList<>(orders.updates(1, 5));
      events.add(orders.event(EventType.Deleted, 1));
      events.addAll(orders.updates(1, 5));
      out.journal.append(events);
      out.start(
          shop(
              shop,
              new Parallel(2),
              RetryPolicy.DEFAULT,
              new Subscription(
                  "Order", Set.of(EventType.Deleted), Optional.empty(), Optional.empty()),
              latestOnly(Set.of(EventType.Updated))));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_Order_1_5", "evt_Order_1_6", "evt_Order_1_11");
    }
  }

  @Test
  void doesNotSkipWhatAPersonHasAskedFor() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(orders.updates(1, 6));
      store.redeliver(3, Instant.EPOCH);
      out.start(shop(shop, new Parallel(2), RetryPolicy.DEFAULT));
      out.settled("shop");
      assertThat(shop.ids()).contains("evt_Order_1_3").endsWith("evt_Order_1_6").hasSize(3);
    }
  }

  private static boolean isWaiting(MemoryDeliveryStore store, long sequence) {
    Delivery standing = store.standing(sequence);
    return standing != null && standing.state() instanceof Retrying;
  }
}
