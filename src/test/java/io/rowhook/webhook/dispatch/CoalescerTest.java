package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.Receiver.Request;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code latest-only}: of several undelivered events of an entity only the newest is sent. */
class CoalescerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<EventType> ALL = Set.of(EventType.values());

  private final Map<Integer, Integer> versions = new HashMap<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsOnlyTheNewestOfABacklogMergedOverTheRest(boolean sequential) throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(updates(3, 700)); // more than a window, a page, and a step of one entity
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
      out.journal.append(updates(2, 10));
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
      out.journal.append(updates(1, 3));
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing(sequential, 4), retry(60_000, 60_000)));
      eventually("attempted", () -> isWaiting(store, 3));
      out.journal.append(updates(1, 600)); // on disk, if parallel: more than a step
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
                out.journal.append(List.of(event(EventType.Created, 2)));
                Objects.requireNonNull(dispatcher.get()).published();
              }
            }
          };
      out.journal.append(List.of(event(EventType.Created, 1)));
      dispatcher.set(out.start(shop(shop, new Sequential(), RetryPolicy.DEFAULT)));
      eventually("the first is in flight", () -> shop.count() == 1);
      out.journal.append(
          List.of(
              event(EventType.Created, 2),
              event(EventType.Updated, 3),
              event(EventType.Deleted, 2)));
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
      List<Event> events = new ArrayList<>(updates(1, 5));
      events.add(event(EventType.Deleted, 1));
      events.addAll(updates(1, 5));
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
      out.journal.append(updates(1, 6));
      store.redeliver(3, Instant.EPOCH);
      out.start(shop(shop, new Parallel(2), RetryPolicy.DEFAULT));
      out.settled("shop");
      assertThat(shop.ids()).contains("evt_Order_1_3").endsWith("evt_Order_1_6").hasSize(3);
    }
  }

  /**
   * Killed at any moment: every event arrives or is skipped in favour of one that does, none of
   * them under two bodies, and each entity ends as it is.
   */
  @RepeatedTest(10)
  void losesNothingOverKills() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("LatestOnlyTest.losesNothingOverKills seed " + seed);
    Random random = new Random(seed);
    DeliveryMode processing = processing(random.nextBoolean(), 3);
    AtomicBoolean slow = new AtomicBoolean(true);
    try (Receiver shop =
            new Receiver(request -> {
              Thread.sleep(slow.get() ? request.number() % 4 : 0);
              return Answer.of(request.number() % 6 == 0 ? 503 : 200);
            });
        Outbound out = new Outbound()) {
      Recipient recipient = shop(shop, processing, retry(3, 3, 3, 3, 3, 3, 3, 3, 3, 3));
      AtomicReference<MemoryJournal> after = new AtomicReference<>();
      AtomicInteger posts = new AtomicInteger();
      Object killing = new Object();
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String name, JournalEntry entry) {
              if (posts.incrementAndGet() % 5 == 0) {
                synchronized (killing) {
                  if (after.get() == null) {
                    after.set(out.journal.crashed());
                  }
                }
              }
            }
          };
      out.start(recipient);
      int appended = 0;
      for (int kills = 0; kills < 8; kills++) {
        restart(out, after, recipient);
        List<Event> events = updates(4, 1 + random.nextInt(12));
        appended += events.size();
        synchronized (killing) {
          MemoryJournal crashed = after.get();
          (crashed == null ? out.journal : crashed).append(events);
        }
        eventually(
            "killed, or all is settled",
            () -> after.get() != null || out.store("shop").cursor() == out.journal.head());
      }
      slow.set(false);
      eventually(
          "all settled",
          () -> {
            restart(out, after, recipient);
            return out.store("shop").cursor() == out.journal.head()
                && out.store("shop").open() == 0;
          });
      assertThat(out.dispatchers).hasSizeGreaterThan(3);
      MemoryDeliveryStore store = out.store("shop");
      Set<Long> all = new HashSet<>(store.ends().keySet());
      all.addAll(store.skipped().keySet());
      assertThat(all).hasSize(appended);
      assertThat(store.ends()).containsOnlyKeys(without(all, store.skipped().keySet()));
      assertBodies(shop, processing instanceof Sequential);
    }
  }

  /** It is sent before it is read in its turn: all that is read meanwhile does not settle it. */
  @Test
  void keepsTheCursorBeforeWhatIsInFlight() {
    CountDownLatch answering = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              answering.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      out.store("shop");
      out.journal.append(updates(1, 2000));
      Recipient recipient = shop(shop, new Parallel(2), RetryPolicy.DEFAULT);
      RecipientDispatcher dispatcher = out.start(recipient);
      eventually("all is read", () -> dispatcher.status().position() == out.journal.head());
      eventually("all but one is settled", () -> dispatcher.status().cursor() == 1999);
      MemoryJournal crashed = out.journal.crashed();
      answering.countDown();
      dispatcher.close();
      out.journal = crashed;
      out.start(recipient);
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_Order_1_2000", "evt_Order_1_2000");
    }
  }

  /** Killed after the POST, and not even merged any more after it: the same body all the same. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsTheSameBodyAfterAKillAlsoUnderOtherSettings(boolean sequential) {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      AtomicReference<MemoryJournal> after = new AtomicReference<>();
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String name, JournalEntry entry) {
              after.compareAndSet(null, out.journal.crashed());
            }
          };
      out.store("shop");
      out.journal.append(updates(1, 5));
      out.start(shop(shop, processing(sequential, 2), RetryPolicy.DEFAULT));
      eventually("killed", () -> after.get() != null);
      out.dispatchers.getLast().close();
      out.listener = DeliveryListener.NONE;
      out.journal = Objects.requireNonNull(after.get());
      Subscription every = new Subscription("Order", ALL, Optional.empty(), Optional.empty());
      out.start(shop(shop, processing(sequential, 2), RetryPolicy.DEFAULT, every));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_Order_1_5", "evt_Order_1_5");
      assertThat(shop.requests().get(1).text()).isEqualTo(shop.requests().get(0).text());
    }
  }

  private void assertBodies(Receiver shop, boolean sequential) throws IOException {
    Map<String, String> bodies = new HashMap<>();
    Map<Integer, Integer> seen = new HashMap<>();
    long last = 0;
    for (Request request : shop.requests()) {
      String id = request.header("Webhook-Id");
      String before = bodies.putIfAbsent(id, request.text());
      assertThat(before == null ? request.text() : before).as(id).isEqualTo(request.text());
      if (before != null) {
        continue;
      }
      JsonNode body = JSON.readTree(request.body());
      int entity = body.path("entityId").asInt();
      int version = body.path("data").path("v").asInt();
      int known = seen.getOrDefault(entity, 0);
      assertThat(version).as(id).isGreaterThan(known);
      // Never less than what it missed; more where a kill has taken an outcome.
      assertThat(body.path("previous").path("v").asInt()).as(id).isLessThanOrEqualTo(known);
      seen.put(entity, version);
      long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
      assertThat(!sequential || sequence > last).as(id).isTrue();
      last = sequence;
    }
    assertThat(seen).isEqualTo(versions);
  }

  private static void restart(
      Outbound out, AtomicReference<MemoryJournal> after, Recipient recipient) {
    MemoryJournal crashed = after.getAndSet(null);
    if (crashed != null) {
      out.dispatchers.getLast().close();
      out.journal = crashed;
      out.start(recipient);
    }
  }

  private static Long[] without(Set<Long> all, Set<Long> skipped) {
    return all.stream().filter(sequence -> !skipped.contains(sequence)).toArray(Long[]::new);
  }

  private static boolean isWaiting(MemoryDeliveryStore store, long sequence) {
    Delivery standing = store.standing(sequence);
    return standing != null && standing.state() instanceof Retrying;
  }

  private static DeliveryMode processing(boolean sequential, int jobs) {
    return sequential ? new Sequential() : new Parallel(jobs);
  }

  private static Subscription latestOnly(Set<EventType> events) {
    return new Subscription(
        "Order",
        events,
        Optional.empty(),
        Set.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  private static Recipient shop(
      Receiver receiver,
      DeliveryMode processing,
      RetryPolicy retry,
      Subscription... subscriptions) {
    Recipient like = Outbound.recipient("shop", receiver.url("/"), processing, retry);
    return new Recipient(
        like.name(),
        like.url(),
        like.authentication(),
        like.processing(),
        like.timeout(),
        like.acknowledge(),
        like.retry(),
        like.breakerConfig(),
        like.backlog(),
        like.allow(),
        like.tls(),
        like.format(),
        subscriptions.length == 0 ? List.of(latestOnly(ALL)) : List.of(subscriptions));
  }

  /** So many updates of each of so many orders, in turn. */
  private List<Event> updates(int entities, int each) {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < each; n++) {
      for (int id = 1; id <= entities; id++) {
        events.add(event(EventType.Updated, id));
      }
    }
    return events;
  }

  /** The next of an order: its version goes up, and an attribute of its own is changed. */
  private Event event(EventType type, int id) {
    int v = versions.merge(id, 1, Integer::sum);
    String name = "evt_Order_" + id + "_" + v;
    String json =
        """
        {"id":"%s","type":"order.updated","entityId":%d,"event":"Updated",
        "data":{"v":%d,"a%d":"new"},"previous":{"v":%d,"a%d":"old"},"changed":["v","a%d"]}\
        """
            .formatted(name, id, v, v, v - 1, v, v);
    return new Event(
        name,
        "Order",
        Integer.toString(id),
        type,
        Instant.parse("2026-05-24T15:20:44.123456Z"),
        Position.of(1000L + v),
        json.getBytes(StandardCharsets.UTF_8));
  }
}
