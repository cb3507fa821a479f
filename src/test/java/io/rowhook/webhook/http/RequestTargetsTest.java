package io.rowhook.webhook.http;

import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.PathTemplate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Start;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.Receiver.Request;
import io.rowhook.webhook.Outbound;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Method and path of a request, as a real receiver gets them. */
@Tag("feature-63")
class RequestTargetsTest {

  private static final RequestLine REST =
      new RequestLine(
          Map.of(
              EventType.Created, Method.POST,
              EventType.Updated, Method.PUT,
              EventType.Deleted, Method.DELETE),
          Optional.of(PathTemplate.parse("/orders/{entityId}")));

  @Test
  void theEventDecidesMethodAndPathAlsoOfARetry() {
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() == 2 ? 500 : 200));
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/v1/?tenant=1"), REST));
      out.journal.append(
          List.of(
              event(1, EventType.Created, "a"),
              event(2, EventType.Updated, "a"),
              event(3, EventType.Deleted, "a")));
      out.settled("shop");
      assertThat(lines(shop))
          .containsExactly(
              "POST /v1/orders/1?tenant=1",
              "PUT /v1/orders/2?tenant=1",
              "PUT /v1/orders/2?tenant=1",
              "DELETE /v1/orders/3?tenant=1");
      assertThat(shop.requests())
          .allSatisfy(request -> assertThat(request.text()).startsWith("{\"entityId\":"));
    }
  }

  @Test
  void aSubscriptionGoesBeforeItsRecipient() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      RequestLine own =
          new RequestLine(
              Map.of(EventType.Updated, Method.PATCH),
              Optional.of(PathTemplate.parse("/shipped/{type}/{data.key}")));
      out.start(
          recipient(
              shop.url("/v1"),
              REST,
              subscription(Optional.of(".data.key == \"x\""), Optional.of("order.shipped"), own),
              subscription(Optional.empty(), Optional.empty(), RequestLine.OPEN)));
      out.journal.append(
          List.of(
              event(1, EventType.Updated, "x"),
              event(2, EventType.Updated, "y"),
              event(3, EventType.Deleted, "x")));
      out.settled("shop");
      assertThat(lines(shop))
          .containsExactly(
              "PATCH /v1/shipped/order.shipped/x",
              "PUT /v1/orders/2",
              "DELETE /v1/shipped/order.shipped/x");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CH-102 | CH-102",
        "a/b | a%2Fb",
        "a?b=c#d&e | a%3Fb%3Dc%23d%26e",
        "@evil.example:80 | %40evil.example%3A80",
        "//evil.example | %2F%2Fevil.example",
        "100% | 100%25",
        "%2e%2e | %252e%252e",
        "... | ...",
        "..a | ..a",
        "Größe 5 € | Gr%C3%B6%C3%9Fe%205%20%E2%82%AC",
        "`a\u0001\tb` | a%01%09b",
        "a;b=c | a%3Bb%3Dc",
        "~-._ | ~-._",
      })
  void aValueStaysOneSegment(String value, String expected) {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/v1?tenant=1"), path("/articles/{data.key}/stock")));
      out.journal.append(List.of(event(1, EventType.Updated, value)));
      out.settled("shop");
      assertThat(lines(shop)).containsExactly("POST /v1/articles/" + expected + "/stock?tenant=1");
      assertThat(shop.requests().getFirst().header("Host"))
          .isEqualTo("127.0.0.1:" + shop.url("/").getPort());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | empty in this event: {data.key}",
        ". | a segment that could climb in this event, with '.' or '..': {data.key}",
        ".. | a segment that could climb in this event, with '.' or '..': {data.key}",
        "../../admin | a segment that could climb in this event, with '.' or '..': {data.key}",
        "a/../../admin | a segment that could climb in this event, with '.' or '..': {data.key}",
        "a\\..\\b | a segment that could climb in this event, with '.' or '..': {data.key}",
        "..;x=1 | a segment that could climb in this event, with '.' or '..': {data.key}",
      })
  void whatCouldClimbEndsFailed(String value, String why) {
    assertFailed("/articles/{data.key}", event(1, EventType.Updated, value), why);
  }

  @Test
  void placeholdersTogetherCannotClimbEither() {
    assertFailed(
        "/a/{data.key}{data.key}",
        event(1, EventType.Updated, "."),
        "path /a/{data.key}{data.key} has a segment that could climb in this event, with '.' or"
            + " '..': {data.key}{data.key}");
  }

  @Test
  void aValueThatIsNoneEndsFailed() {
    Event event = event(1, EventType.Updated, "a");
    assertFailed(
        "/a/{data.nothing}", event, "path /a/{data.nothing} has no value for {data.nothing}");
    assertFailed(
        "/a/{data.missing}", event, "path /a/{data.missing} has no value for {data.missing}");
    assertFailed(
        "/a/{data.parts}",
        event,
        "path /a/{data.parts} needs a single value for {data.parts}, which has several in this"
            + " event");
    assertFailed(
        "/a/{data.key}",
        event(1, EventType.Updated, "x".repeat(4_000)),
        "path /a/{data.key} would have 4003 characters with its values, more than 4000");
  }

  @Test
  void numbersAreExact() throws Exception {
    Recipient recipient =
        recipient(URI.create("https://a.example"), path("/{data.large}/{data.price}/{data.yes}"));
    assertThat(target(recipient).url())
        .isEqualTo(URI.create("https://a.example/9007199254740993/10.50/true"));
  }

  @Test
  void aTestHasTheFirstSubscriptionsTarget() {
    Recipient recipient =
        recipient(URI.create("https://a.example/v1?q=1"), path("/{entityType}/x{data.sku}"));
    RequestTarget target = new RequestTargets(recipient).ofTest();
    assertThat(target.method()).isEqualTo(Method.POST);
    assertThat(target.url()).isEqualTo(URI.create("https://a.example/v1/test/xtest?q=1"));
  }

  private static void assertFailed(String path, Event event, String why) {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/v1"), path(path)));
      out.journal.append(List.of(event));
      out.settled("shop");
      assertThat(shop.requests()).isEmpty();
      assertThat(out.store("shop").ends().get(1L))
          .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason()).endsWith(why))
          .isNotEqualTo(new Delivered());
    }
  }

  private static RequestTarget target(Recipient recipient) throws Exception {
    Event event = event(1, EventType.Updated, "a");
    return new RequestTargets(recipient)
        .of(Optional.of(recipient.subscriptions().getFirst()), event, event.topic());
  }

  private static List<String> lines(Receiver shop) {
    return shop.requests().stream()
        .map((Request one) -> one.method() + " " + one.target())
        .toList();
  }

  private static RequestLine path(String text) {
    return new RequestLine(Map.of(), Optional.of(PathTemplate.parse(text)));
  }

  private static Recipient recipient(URI url, RequestLine line, Subscription... subscriptions) {
    Recipient base = Outbound.recipient("shop", url, new Sequential(), retry(50, 50));
    return new Recipient(
        base.name(),
        base.url(),
        base.authentication(),
        base.processing(),
        base.timeout(),
        base.acknowledge(),
        base.retry(),
        base.breakerConfig(),
        base.backlog(),
        base.allow(),
        base.tls(),
        base.format(),
        new RequestOptions(
            Map.of(), line, Optional.empty(), RequestOptions.DEFAULT.integers(), Optional.empty()),
        base.connection(),
        Set.of(),
        Start.now,
        subscriptions.length == 0
            ? List.of(subscription(Optional.empty(), Optional.empty(), RequestLine.OPEN))
            : Arrays.asList(subscriptions));
  }

  private static Subscription subscription(
      Optional<String> when, Optional<String> topic, RequestLine line) {
    return new Subscription(
        "Order",
        Set.of(EventType.values()),
        Optional.empty(),
        Set.of(),
        Map.of(),
        when,
        Optional.empty(),
        topic,
        false,
        line);
  }

  private static Event event(int id, EventType type, String key) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("entityId", id).put("type", "order." + type);
    json.putObject("data")
        .put("key", key)
        .put("large", 9007199254740993L)
        .put("price", new java.math.BigDecimal("10.50"))
        .put("yes", true)
        .putNull("nothing")
        .putArray("parts");
    return new Event(
        "evt_" + id,
        "Order",
        Integer.toString(id),
        type,
        Instant.parse("2026-05-24T15:20:44.123456Z"),
        Position.of(1000L + id),
        json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
