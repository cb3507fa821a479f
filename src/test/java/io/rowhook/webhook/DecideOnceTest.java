package io.rowhook.webhook;

import static io.rowhook.testing.Events.order;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Matching;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How an event is sent is decided when it is dispatched, and holds whatever is edited or killed
 * afterwards: one id never goes out with two bodies.
 */
class DecideOnceTest {

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch killed = new CountDownLatch(1);

  private Receiver answersNothingUntilTheKill() {
    return new Receiver(_ -> {
      arrived.countDown();
      killed.await();
      return Answer.of(200);
    });
  }

  /** The other has what a restart finds of the first one's journal. */
  private void killWhileInFlight(Outbound before, Outbound after) throws InterruptedException {
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    after.journal.close();
    after.journal = before.journal.crashed();
    killed.countDown();
  }

  /** Each body by the id that it went out with. */
  private static Map<String, Set<String>> bodies(Receiver shop) {
    Map<String, Set<String>> bodies = new TreeMap<>();
    shop.requests()
        .forEach(request ->
            bodies
                .computeIfAbsent(request.header("Webhook-Id"), _ -> new TreeSet<>())
                .add(request.text().split(" ", 2)[0]));
    return bodies;
  }

  private static List<Event> orders(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(id -> order(id, 1)).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterAKillAndAnEditTheSameIdHasTheSameBody(boolean sequential) throws Exception {
    try (Receiver shop = answersNothingUntilTheKill();
        Outbound before = new Outbound();
        Outbound after = new Outbound()) {
      Recipient recipient =
          recipient(
              "shop",
              shop.url("/"),
              sequential ? new Sequential() : new Parallel(3),
              retry(5, 5, 5, 5, 5));
      before.sets.replace("old");
      before.start(recipient);
      before.journal.append(orders(1, 6));
      killWhileInFlight(before, after);

      after.sets.replace("old");
      after.sets.replace("new");
      after.start(recipient);
      after.settled("shop");
      after.journal.append(orders(7, 8));
      after.settled("shop");
      Map<String, Set<String>> bodies = bodies(shop);
      assertThat(bodies).hasSize(8);
      bodies.forEach((id, versions) ->
          assertThat(versions)
              .as(id)
              .containsExactly(id.matches("evt_Order_[78]_1") ? "new" : "old"));
    }
  }

  /** A condition too: what it has let through goes out, what it has not does not. */
  @Test
  void afterAKillAndAnEditWhatWasWantedGoesOut() throws Exception {
    try (Receiver shop = answersNothingUntilTheKill();
        Outbound before = new Outbound();
        Outbound after = new Outbound()) {
      before.start(wants(shop, ".entityId < 5"));
      before.journal.append(orders(1, 8));
      killWhileInFlight(before, after);

      after.start(wants(shop, ".entityId >= 5"));
      after.settled("shop");
      assertThat(bodies(shop).keySet())
          .containsExactly("evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1", "evt_Order_4_1");
      after.journal.append(orders(9, 9));
      after.settled("shop");
      assertThat(bodies(shop).keySet()).contains("evt_Order_9_1").hasSize(5);
    }
  }

  /** Whose doing is not told, too. */
  @Test
  @Tag("feature-62")
  void afterAKillAndAnEditWhoseDoingIsNotToldIsAsItWasDecided() throws Exception {
    try (Receiver shop = answersNothingUntilTheKill();
        Outbound before = new Outbound();
        Outbound after = new Outbound()) {
      Recipient plain = recipient("shop", shop.url("/"), new Parallel(2), retry(5, 5, 5));
      before.start(plain.notFrom(Set.of("erp")));
      before.journal.append(List.of(by(1, "shop"), by(2, "erp"), by(3, "shop"), by(4, "erp")));
      killWhileInFlight(before, after);

      after.start(plain.notFrom(Set.of("shop", "app")));
      after.settled("shop");
      assertThat(bodies(shop).keySet()).containsExactly("evt_Order_1_1", "evt_Order_3_1");
      after.journal.append(List.of(by(5, "shop"), by(6, "erp"), order(7, 1)));
      after.settled("shop");
      assertThat(bodies(shop).keySet())
          .containsExactly("evt_Order_1_1", "evt_Order_3_1", "evt_Order_6_1", "evt_Order_7_1");
    }
  }

  private static Event by(int id, String from) {
    Event order = order(id, 1);
    String json = new String(order.json(), StandardCharsets.UTF_8);
    return new Event(
        order.id(),
        order.entityType(),
        order.entityId(),
        order.type(),
        order.committedAt(),
        order.position(),
        json.replaceFirst("}$", ",\"context\":{\"from\":\"" + from + "\"}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Recipient wants(Receiver shop, String when) {
    Recipient plain = recipient("shop", shop.url("/"), new Parallel(2), retry(5, 5, 5));
    return new Recipient(
        plain.name(),
        plain.url(),
        plain.authentication(),
        plain.processing(),
        plain.timeout(),
        plain.acknowledge(),
        plain.retry(),
        plain.breakerConfig(),
        plain.backlog(),
        plain.allow(),
        plain.tls(),
        plain.format(),
        List.of(
            new Subscription(
                "Order",
                Set.of(EventType.values()),
                Optional.empty(),
                Set.of(),
                Map.of(),
                Optional.of(when),
                Optional.empty(),
                Optional.empty(),
                false)));
  }

  /** What is in memory, and what stands on disk behind a failed one, goes out as decided. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEditHoldsForWhatIsDispatchedAfterIt(boolean sequential) throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch edited = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    try (Receiver shop =
            new Receiver(_ -> {
              arrived.countDown();
              edited.await();
              return Answer.of(requests.incrementAndGet() < 3 ? 503 : 200);
            });
        Outbound out = new Outbound()) {
      Recipient recipient =
          recipient(
              "shop",
              shop.url("/"),
              sequential ? new Sequential() : new Parallel(2),
              retry(5, 5, 5, 5, 5));
      out.sets.replace("old");
      RecipientDispatcher dispatcher = out.start(recipient);
      out.journal.append(List.of(order(1, 1), order(1, 2), order(2, 1), order(1, 3)));
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
      out.sets.replace("new");
      dispatcher.reconfigure(recipient);
      edited.countDown();
      out.settled("shop");
      out.journal.append(List.of(order(1, 4)));
      out.settled("shop");
      bodies(shop)
          .forEach((id, versions) ->
              assertThat(versions).as(id).containsExactly(id.endsWith("_4") ? "new" : "old"));
    }
  }

  /** What was never dispatched is decided by the settings in force, however far ahead was noted. */
  @Test
  void whatIsNotedAheadBindsNobodyAfterACleanStopNorBeyondTheJournal() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Recipient recipient = recipient("shop", shop.url("/"), new Parallel(2), retry(5));
      RecipientDispatcher dispatcher = out.start(recipient);
      out.journal.append(orders(1, 3));
      out.settled("shop");
      List<Matching> running = out.store("shop").matchings();
      assertThat(running).hasSize(1);
      assertThat(running.getFirst().through()).isGreaterThan(1_000);
      dispatcher.close();
      assertThat(out.store("shop").matchings())
          .containsExactly(new Matching(3, running.getFirst().definition()));

      for (String version : List.of("second", "third")) {
        out.sets.replace(version);
        out.start(recipient);
        long next = out.journal.head() + 1;
        out.journal.append(orders((int) next, (int) next));
        eventually(version, () -> shop.requests().getLast().text().startsWith(version + " evt_"));
        out.settled("shop");
        out.dispatchers.getLast().close();
      }
      assertThat(out.store("shop").matchings().getLast().through()).isEqualTo(5);
    }
  }

  /** Settings that were in force for a moment, and dispatched nothing, decide about nothing. */
  @Test
  void whatNeverDecidedTakesNothingFromWhatDid() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      DeliveryStore store = out.journal.deliveries("shop");
      out.journal.append(orders(1, 5));
      SubscriptionMatcher all = SubscriptionMatcher.of(wants(shop, ".entityId > 0"), out.sets);
      SubscriptionMatcher none = SubscriptionMatcher.of(wants(shop, ".entityId < 0"), out.sets);
      SubscriptionMatcher other = SubscriptionMatcher.of(wants(shop, ".entityId < -1"), out.sets);
      store.decide(new Matching(5, all.definition()));
      store.decide(new Matching(5 + Matchers.AHEAD, none.definition()));
      store.flush();
      Matchers matchers = new Matchers(store, other, 5);
      assertThat(matchers.decide(out.journal.read(2, 1, 1_000).getFirst()))
          .isInstanceOf(Matchers.Decision.Wanted.class);
      matchers.deciding(6);
      assertThat(store.matchings())
          .extracting(Matching::definition)
          .containsExactly(all.definition(), other.definition());
    }
  }
}
