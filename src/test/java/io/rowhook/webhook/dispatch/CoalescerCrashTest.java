package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.retry;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.ALL;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.processing;
import static io.rowhook.webhook.dispatch.LatestOnlyShop.shop;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.entity.Event;
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

/** {@code latest-only} over kills: nothing is lost, and nothing goes out under two bodies. */
class CoalescerCrashTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final VersionedOrders orders = new VersionedOrders();

  /**
   * Killed at any moment: every event arrives or is skipped in favour of one that does, none of
   * them under two bodies, and each entity ends as it is.
   */
  @RepeatedTest(10)
  void losesNothingOverKills() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("CoalescerCrashTest.losesNothingOverKills seed " + seed);
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
        List<Event> events = orders.updates(4, 1 + random.nextInt(12));
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
      out.journal.append(orders.updates(1, 2000));
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
      out.journal.append(orders.updates(1, 5));
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
    assertThat(seen).isEqualTo(orders.versions());
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
}
