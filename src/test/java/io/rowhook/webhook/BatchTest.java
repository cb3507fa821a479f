package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Start;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.Receiver.Request;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several events in one request, as a real receiver gets them. */
@Tag("feature-63")
class BatchTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Sequential SEQUENTIAL = new Sequential(false);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-05-24T15:20:44Z"));

  @Test
  void goesWhenItIsFullAndWhenItsFirstHasWaited() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.clock = now::get;
      RecipientDispatcher dispatcher =
          out.start(recipient(shop.url("/"), new Parallel(4), new BatchConfig(4, LONG)));
      out.journal.append(orders(10, 1));
      Outbound.eventually("two are full", () -> shop.count() == 2);
      now.updateAndGet(time -> time.plus(LONG));
      dispatcher.published();
      out.settled("shop");
      assertThat(shop.requests()).hasSize(3);
      assertThat(shop.requests().stream().map(BatchTest::ids).map(List::size).toList())
          .containsExactlyInAnyOrder(4, 4, 2);
      assertThat(shop.requests())
          .allSatisfy(request -> {
            assertThat(request.header("Rowhook-Batch")).isEqualTo(ids(request).size() + "");
            assertThat(request.header("Rowhook-Event-Ids"))
                .isEqualTo(String.join(",", ids(request)));
            assertThat(request.header("Webhook-Id")).startsWith("batch_");
            assertThat(request.headers()).doesNotContainKey("Rowhook-Topic");
          });
      assertThat(out.store("shop").attempts(1)).extracting(Attempt::status).containsExactly(200);
    }
  }

  @Test
  void isOfOneWhereThereIsNoOther() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/"), new Parallel(4), new BatchConfig(4, Duration.ZERO)));
      out.journal.append(orders(1, 3)); // one entity: never two of it
      out.settled("shop");
      assertThat(shop.requests().stream().map(BatchTest::ids))
          .containsExactly(
              List.of("evt_Order_1_1"), List.of("evt_Order_1_2"), List.of("evt_Order_1_3"));
      assertThat(shop.ids()).containsExactly("evt_Order_1_1", "evt_Order_1_2", "evt_Order_1_3");
    }
  }

  @Test
  void oneThatIsRefusedComesAgainAloneAndTakesNoOtherWithIt() throws Exception {
    try (Receiver shop =
            new Receiver(
                request -> Answer.of(request.text().contains("evt_Order_3_1\"") ? 422 : 200));
        Outbound out = new Outbound()) {
      Recipient plain = recipient(shop.url("/"), new Parallel(4), new BatchConfig(5, LONG));
      out.start(with(plain, Outbound.SELDOM, finalAt422()));
      out.journal.append(orders(5, 1));
      out.settled("shop");
      assertThat(ids(shop.requests().getFirst())).hasSize(5);
      assertThat(shop.requests().stream().skip(1).map(BatchTest::ids))
          .hasSize(5)
          .allSatisfy(ids -> assertThat(ids).hasSize(1));
      assertThat(shop.requests().getLast().header("Rowhook-Attempt")).isEqualTo("2");
      assertThat(out.store("shop").ends().get(3L)).isInstanceOf(Failed.class);
      assertThat(out.store("shop").ends().values())
          .filteredOn(Delivered.class::isInstance)
          .hasSize(4);
    }
  }

  @Test
  void oneThatIsRefusedWithOthersHasAllItsRetriesLeft() throws Exception {
    try (Receiver shop =
            new Receiver(
                request -> Answer.of(request.text().contains("evt_Order_3_1\"") ? 500 : 200));
        Outbound out = new Outbound()) {
      Recipient once =
          Outbound.recipient("shop", shop.url("/"), new Parallel(4), retry())
              .with(options(new BatchConfig(5, LONG)));
      out.start(once);
      out.journal.append(orders(5, 1));
      out.settled("shop");
      assertThat(shop.requests()).hasSize(6);
      assertThat(out.store("shop").ends().get(3L))
          .isEqualTo(new Failed("the only attempt failed: answered 500"));
      assertThat(out.store("shop").ends().values())
          .filteredOn(Delivered.class::isInstance)
          .hasSize(4);
    }
  }

  @Test
  void anEditDoesNotChangeTheBodyOfWhatIsTriedAgain() throws Exception {
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() <= 3 ? 503 : 200));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(5, Duration.ZERO)));
      Recipient plain = Outbound.recipient("shop", shop.url("/"), SEQUENTIAL, retry(5, 5, 5, 5));
      shop.behave(request -> {
        dispatcher.reconfigure(plain);
        return Answer.of(request.number() <= 3 ? 503 : 200);
      });
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(shop.requests()).hasSize(4);
      assertThat(shop.requests().stream().map(Request::text).distinct()).hasSize(1);
    }
  }

  @Test
  void oneThatHasWaitedForItsTurnWaitsNoMore() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      List<Event> updates = orders(1, 20); // committed long ago, and one behind the other
      out.start(recipient(shop.url("/"), new Parallel(4), new BatchConfig(10, LONG)));
      out.journal.append(updates);
      out.settled("shop");
      assertThat(shop.requests()).hasSize(20);
    }
  }

  @Test
  void countsAsOneFailure() throws Exception {
    CircuitBreakerConfig two =
        new CircuitBreakerConfig(2, Duration.ofMinutes(1), List.of(Duration.ofDays(1)));
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() == 1 ? 503 : 200));
        Outbound out = new Outbound()) {
      Recipient plain = recipient(shop.url("/"), new Parallel(4), new BatchConfig(10, LONG));
      out.start(with(plain, two, AcknowledgementRule.ANY_2XX));
      out.journal.append(orders(10, 1));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(11);
      assertThat(out.store("shop").failures(Instant.EPOCH, 100)).hasSize(1); // as after a restart
    }
  }

  @Test
  void isNotLargerThanMaxBody() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.sets.use(
          PlainSets.set(
              "body",
              event -> ("\"" + event.id().repeat(30) + "\"").getBytes(StandardCharsets.UTF_8)));
      RequestOptions options =
          new RequestOptions(
              Map.of(),
              RequestLine.OPEN,
              Optional.of(new BodyLimit(1_300, Then.failed)),
              Integers.number,
              Optional.of(new BatchConfig(10, LONG)));
      out.start(recipient(shop.url("/"), SEQUENTIAL, options));
      out.journal.append(orders(10, 1));
      out.settled("shop");
      // 392 bytes each: three have 1,180 with their commas and brackets
      assertThat(shop.requests()).hasSize(4);
      assertThat(shop.requests())
          .allSatisfy(request -> assertThat(request.body()).hasSizeLessThanOrEqualTo(1_300));
      assertThat(shop.requests().getFirst().header("Rowhook-Batch")).isEqualTo("3");
    }
  }

  @Test
  void oneThatCannotBeRenderedFailsAloneAndInItsPlace() throws Exception {
    for (DeliveryMode processing : List.of(new Parallel(4), SEQUENTIAL)) {
      try (Receiver shop = new Receiver();
          Outbound out = new Outbound()) {
        out.sets.use(
            PlainSets.set(
                "broken",
                event -> {
                  if (event.entityId().equals("3")) {
                    throw new IllegalArgumentException("no price");
                  }
                  return event.json();
                }));
        out.start(recipient(shop.url("/"), processing, new BatchConfig(5, Duration.ofMillis(20))));
        out.journal.append(orders(5, 2));
        out.settled("shop");
        assertThat(out.store("shop").ends().get(3L)).isEqualTo(new Failed("no price"));
        assertThat(all(shop)).hasSize(8).doesNotHaveDuplicates();
      }
    }
  }

  static List<String> ids(Request request) {
    try {
      JsonNode array = Json.MAPPER.readTree(request.body());
      assertThat(array.isArray()).isTrue();
      List<String> ids = new ArrayList<>();
      array.forEach(one -> ids.add(one.path("id").asText()));
      return ids;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> all(Receiver shop) {
    return shop.requests().stream().flatMap(request -> ids(request).stream()).toList();
  }

  private static AcknowledgementRule finalAt422() {
    AcknowledgementRule any = AcknowledgementRule.ANY_2XX;
    return new AcknowledgementRule(any.status(), any.when(), Set.of(422));
  }

  static RequestOptions options(BatchConfig batch) {
    return new RequestOptions(
        Map.of(), RequestLine.OPEN, Optional.empty(), Integers.number, Optional.of(batch));
  }

  static Recipient recipient(URI url, DeliveryMode processing, BatchConfig batch) {
    return recipient(url, processing, options(batch));
  }

  static Recipient recipient(URI url, DeliveryMode processing, RequestOptions options) {
    int[] delays = new int[50];
    Arrays.fill(delays, 5);
    return Outbound.recipient("shop", url, processing, retry(delays)).with(options);
  }

  private static Recipient with(
      Recipient of, CircuitBreakerConfig breakerConfig, AcknowledgementRule acknowledge) {
    return new Recipient(
        of.name(),
        of.url(),
        of.authentication(),
        of.processing(),
        of.timeout(),
        acknowledge,
        of.retry(),
        breakerConfig,
        of.backlog(),
        of.allow(),
        of.tls(),
        of.format(),
        of.request(),
        of.connection(),
        Set.of(),
        Start.now,
        of.subscriptions());
  }
}
