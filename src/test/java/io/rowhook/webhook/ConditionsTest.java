package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which events a subscription's conditions let through, and that this is decided once. */
class ConditionsTest {

  private static final Set<EventType> ALL = Set.of(EventType.values());

  @Test
  @Tag("feature-16")
  void theFirstSubscriptionWhoseConditionHoldsDecides() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(
          recipient(
              shop,
              new Sequential(false),
              subscription(".data.n > 2", "big"),
              subscription(".data.n > 1", "middle")));
      append(out, 1, 2, 3);
      out.settled("shop");
      assertThat(topics(shop)).containsExactly("evt_2 middle", "evt_3 big");
      assertThat(shop.requests().getFirst().text()).contains("\"type\":\"middle\"");
      assertThat(out.store("shop").exceptions()).isZero();
    }
  }

  @Test
  void aSnapshotGoesToItsRecipientAlone() {
    try (Receiver shop = new Receiver();
        Receiver budget = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop, new Sequential(false), subscription("true", "all")));
      out.start(recipient("budget", budget, new Sequential(false), subscription("true", "all")));
      Event snapshot = event(EventType.Snapshot, 1, "{\"n\":1}", "[]");
      out.journal.append(List.of(snapshot.to("shop"), event(2, "{\"n\":2}")));
      out.settled("shop");
      out.settled("budget");
      assertThat(topics(shop)).containsExactly("evt_1 all", "evt_2 all");
      assertThat(topics(budget)).containsExactly("evt_2 all");
    }
  }

  @Test
  @Tag("feature-13")
  @Tag("feature-16")
  void aConditionThatBreaksOffFailsThatDeliveryWithItsPlace() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop, new Parallel(2), subscription("\n.data.n - 2 > 0", "big")));
      out.journal.append(List.of(event(1, "{\"n\":\"Meier\"}"), event(2, "{\"n\":3}")));
      out.settled("shop");
      assertThat(topics(shop)).containsExactly("evt_2 big");
      assertThat(out.store("shop").ends().get(1L))
          .isEqualTo(new Failed("subscriptions[0].when:2:1: number ... (values are not shown)"));
      assertThat(out.store("shop").attempts(1)).hasSize(1);
    }
  }

  @Test
  @Tag("feature-17")
  void whatIsNotKnownToHaveChangedFailsAndIsNotPassedOver() {
    Subscription changed =
        new Subscription(
            "Order",
            ALL,
            Optional.empty(),
            Set.of("stock"),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop, new Parallel(2), changed));
      out.journal.append(
          List.of(
              event(1, "{}", "null"),
              event(2, "{}", "[\"name\"]"),
              event(3, "{}", "[\"name\",\"stock\"]"),
              event(4, "{}", "[]")));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_3");
      assertThat(out.store("shop").ends().get(1L))
          .isEqualTo(
              new Failed(
                  "subscriptions[0].changed: what has changed is not known, since table"
                      + " public.article did not log old rows then. ALTER TABLE ... REPLICA"
                      + " IDENTITY FULL mends it for what comes"));
      assertThat(out.store("shop").ends()).doesNotContainKeys(2L, 4L);
    }
  }

  /** All attributes must be so now, and one of them must have just become so. */
  @Test
  @Tag("feature-17")
  void whatBecomesIsWhatWasCreatedSoOrHasChangedToIt() {
    Subscription becomes =
        new Subscription(
            "Order",
            ALL,
            Optional.empty(),
            Set.of(),
            Map.of("status", Set.of("shipped", "done"), "total", Set.of("12.5")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    String so = "{\"status\":\"shipped\",\"total\":12.50}";
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop, new Sequential(false), becomes));
      out.journal.append(
          List.of(
              event(1, so, "[\"status\"]"),
              event(2, so, "[\"name\"]"),
              event(3, "{\"status\":\"shipped\",\"total\":12}", "[\"status\"]"),
              event(4, "{\"status\":\"done\",\"total\":12.5}", "[\"total\"]"),
              event(5, so, "null"),
              event(EventType.Created, 6, so, "[]"),
              event(EventType.Deleted, 7, so, "[]"),
              event(8, "{\"total\":12.5}", "[\"total\"],\"unavailable\":[\"status\"]")));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_1", "evt_4", "evt_6");
      assertThat(out.store("shop").ends())
          .containsEntry(
              5L,
              new Failed(
                  "subscriptions[0].becomes: what has changed is not known, since table"
                      + " public.article did not log old rows then. ALTER TABLE ... REPLICA"
                      + " IDENTITY FULL mends it for what comes"))
          .containsEntry(
              8L,
              new Failed(
                  "subscriptions[0].becomes.status: its value is not known, see unavailable of the"
                      + " event"));
    }
  }

  @Test
  @Tag("feature-16")
  void anEditedConditionDecidesNothingAgain() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    try (Receiver shop =
            new Receiver(request -> {
              if (calls.incrementAndGet() == 1) {
                answer.await();
                return Answer.of(503);
              }
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient(shop, new Parallel(1), subscription(".data.n != 2", "first")));
      // 1 is in flight, 2 was passed over, 3 waits in the window; all are decided.
      append(out, 1, 2, 3);
      eventually("the first is in flight", () -> calls.get() == 1);
      dispatcher.reconfigure(
          recipient(shop, new Parallel(1), subscription(".data.n == 2", "second")));
      answer.countDown();
      out.settled("shop");
      append(out, 2, 4);
      out.settled("shop");
      assertThat(shop.ids()).containsExactlyInAnyOrder("evt_1", "evt_1", "evt_3", "evt_4");
      // A retry sends what the first attempt sent, topic included.
      assertThat(topics(shop)).filteredOn(t -> t.startsWith("evt_1 ")).containsOnly("evt_1 first");
    }
  }

  @Test
  @Tag("feature-40")
  void aPersonsRedeliveryIsNotAskedForItsCondition() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient(shop, new Parallel(1), subscription(".data.n == 1", "one")));
      append(out, 1);
      out.settled("shop");
      dispatcher.reconfigure(recipient(shop, new Parallel(1), subscription("false", "never")));
      out.store("shop").redeliver(1, Instant.now());
      dispatcher.deliveriesChanged();
      eventually("it came again", () -> shop.count() == 2);
      assertThat(topics(shop)).containsExactly("evt_1 one", "evt_1 never");
    }
  }

  private int next;

  private void append(Outbound out, int... values) {
    out.journal.append(
        Arrays.stream(values).mapToObj(n -> event(++next, "{\"n\":" + n + "}")).toList());
  }

  private static Event event(int id, String data) {
    return event(id, data, "[]");
  }

  private static Event event(int id, String data, String changed) {
    return event(EventType.Updated, id, data, changed);
  }

  private static Event event(EventType type, int id, String data, String changed) {
    return new Event(
        "evt_" + id,
        "Order",
        Integer.toString(id),
        type,
        Instant.parse("2026-05-24T15:20:44Z"),
        Position.of(id),
        ("{\"type\":\"order.updated\",\"data\":"
                + data
                + ",\"changed\":"
                + changed
                + ",\"source\":{\"table\":\"public.article\"}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Subscription subscription(String when, String topic) {
    return new Subscription(
        "Order",
        ALL,
        Optional.empty(),
        Set.of(),
        Map.of(),
        Optional.of(when),
        Optional.empty(),
        Optional.of(topic),
        false);
  }

  private static Recipient recipient(
      Receiver receiver, DeliveryMode processing, Subscription... subscriptions) {
    return recipient("shop", receiver, processing, subscriptions);
  }

  private static Recipient recipient(
      String name, Receiver receiver, DeliveryMode processing, Subscription... subscriptions) {
    Recipient all = Outbound.recipient(name, receiver.url("/"), processing, retry(10, 10, 10));
    return new Recipient(
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
        List.of(subscriptions));
  }

  private static List<String> topics(Receiver receiver) {
    return receiver.requests().stream()
        .map(r -> r.header("Webhook-Id") + " " + r.header("Rowhook-Topic"))
        .toList();
  }
}
