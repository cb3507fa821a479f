package io.rowhook.webhook.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.CidrBlock;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.webhook.AddressPolicy;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.policy.AttemptResult.Acknowledged;
import io.rowhook.webhook.policy.AttemptResult.NoAnswer;
import io.rowhook.webhook.policy.AttemptResult.Refused;
import io.rowhook.webhook.policy.AttemptResult.Unrenderable;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that are arithmetic: headers, answers, Retry-After, retries, networks. */
class PoliciesTest {

  private static final DeliveryState IN_FLIGHT = new DeliveryState.Pending().toInFlight();

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void namesTheEventInItsHeaders() {
    Event event =
        new Event(
            "evt_1",
            "Order",
            "7",
            EventType.Updated,
            Instant.parse("2026-05-24T15:20:44.1234Z"),
            Position.of(1),
            new byte[0]);
    assertThat(WebhookHeaders.of(event, event.topic(), 18231, 2, "req", 0, NOW))
        .containsExactly(
            new HttpHeader("User-Agent", "Rowhook/dev"),
            new HttpHeader("Webhook-Id", "evt_1"),
            new HttpHeader("Webhook-Timestamp", Long.toString(NOW.getEpochSecond())),
            new HttpHeader("Rowhook-Topic", "order.updated"),
            new HttpHeader("Rowhook-Entity-Type", "Order"),
            new HttpHeader("Rowhook-Entity-Id", "7"),
            new HttpHeader("Rowhook-Entity-Event", "Updated"),
            new HttpHeader("Rowhook-Attempt", "2"),
            new HttpHeader("Rowhook-Request-Id", "req"),
            new HttpHeader("Rowhook-Sequence", "18231"),
            new HttpHeader("Rowhook-Committed-At", "2026-05-24T15:20:44.123400Z"));
    assertThat(WebhookHeaders.of(event, event.topic(), 1, 1, "req", 3, NOW))
        .contains(new HttpHeader("Rowhook-Redelivery", "3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "7|7",
        "{\"a\":1,\"b\":\"x y\"}|{\"a\":1,\"b\":\"x y\"}",
        "Mü|M%C3%BC",
        "a%b|a%25b",
        " a b |%20a b%20",
        "😀|%F0%9F%98%80"
      })
  void writesAnyIdAsAHeader(String id, String header) {
    assertThat(WebhookHeaders.safe(id)).isEqualTo(header);
  }

  @Test
  void boundsAnIdInAHeaderAtAWholeCharacter() {
    assertThat(WebhookHeaders.shortened("x".repeat(256))).isEqualTo("x".repeat(256));
    assertThat(WebhookHeaders.shortened("x".repeat(257))).isEqualTo("x".repeat(253) + "...");
    String euro = WebhookHeaders.safe("\u20AC"); // nine characters: 28 of them are 252
    assertThat(WebhookHeaders.shortened(euro.repeat(40))).isEqualTo(euro.repeat(28) + "...");
    assertThat(WebhookHeaders.shortened("x" + euro.repeat(40)))
        .isEqualTo("x" + euro.repeat(28) + "...");
    assertThat(WebhookHeaders.shortened("xx" + euro.repeat(40)))
        .isEqualTo("xx" + euro.repeat(27) + "...");
    assertThat(WebhookHeaders.shortened("xxx" + euro.repeat(40)))
        .isEqualTo("xxx" + euro.repeat(27) + "...");
  }

  @Test
  void letsNoIdBeginAHeaderOfItsOwn() {
    assertThat(WebhookHeaders.safe("7\r\nAuthorization: x\u0000\u0085"))
        .isEqualTo("7%0D%0AAuthorization: x%00%C2%85");
  }

  @ParameterizedTest
  @Tag("feature-34")
  @CsvSource({
    "120, 120",
    "0, 0",
    " 7 , 7",
    "604801, 604800",
    "99999999999999999999999, 604800",
    "'Sat, 21 Nov 2026 12:01:00 GMT', 60",
    "'Saturday, 21-Nov-26 12:01:00 GMT', 60",
    "'Sat Nov 21 12:01:00 2026', 60",
    "'Sat, 21 Nov 2026 11:00:00 GMT', 0",
    "'Sat, 28 Nov 2026 12:00:01 GMT', 604800",
  })
  void readsRetryAfter(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void readsASingleDigitDayInAsctime() {
    assertThat(RetryAfter.parse("Sun Nov  1 12:00:10 2026", Instant.parse("2026-11-01T12:00:00Z")))
        .contains(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "1.5", "12 s", "Sat, 32 Nov 2026 12:01:00 GMT"})
  void readsNothingFromNonsense(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
  }

  @Test
  void takesAnyTwoHundredAsAcknowledged() {
    assertThat(judge(200, null, null)).isEqualTo(new Acknowledged(200, "body"));
    assertThat(judge(299, null, null)).isInstanceOf(Acknowledged.class);
    assertThat(judge(199, null, null)).isInstanceOf(Refused.class);
  }

  @Test
  @Tag("feature-32")
  void doesNotTakeARedirectForAnAcknowledgement() {
    assertThat(judge(302, null, "https://other.example.com/h?token=abc"))
        .isEqualTo(
            new Refused(
                302,
                "answered 302, a redirect to other.example.com, which is not followed",
                "body",
                Optional.empty(),
                false));
    assertThat(((Refused) judge(302, null, "/elsewhere?token=abc")).reason())
        .isEqualTo("answered 302, a redirect, which is not followed");
    assertThat(((Refused) judge(302, null, ":%$")).reason()).doesNotContain("%");
  }

  @Test
  @Tag("feature-34")
  void heedsRetryAfterWhateverTheStatus() {
    for (int status : List.of(302, 400, 401, 404, 429, 500, 502, 503, 504)) {
      assertThat(((Refused) judge(status, "60", null)).retryAfter())
          .contains(Duration.ofSeconds(60));
    }
    assertThat(((Refused) judge(503, "soon", null)).retryAfter()).isEmpty();
  }

  @Test
  void keepsTheBeginningOfAnAnswerReadable() {
    byte[] body = ("a".repeat(1023) + "ü and more").getBytes(StandardCharsets.UTF_8);
    assertThat(ResponseClassifier.readable(body)).isEqualTo("a".repeat(1023));
    assertThat(ResponseClassifier.readable("a\u0000\u001b[31m\nb".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a  [31m\nb");
  }

  @Test
  @Tag("feature-33")
  void triesAgainByTheScheduleAndThenNoMore() {
    RetryPolicy retry =
        new RetryPolicy(
            List.of(Duration.ofSeconds(5), Duration.ofMinutes(5)), RetryPolicy.From.previous, 0);
    AttemptResult result = new NoAnswer("connection refused by x:1");
    Instant first = NOW.minusSeconds(100);
    Instant at = NOW.minusSeconds(1);
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 1, at, at, NOW, 0.5))
        .isEqualTo(new Retrying(at.plusSeconds(5)));
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 2, first, at, NOW, 0.5))
        .isEqualTo(new Retrying(at.plusSeconds(300)));
    assertThat(DeliveryDecision.state(IN_FLIGHT, result, retry, 3, first, at, NOW, 0.5))
        .isEqualTo(new Failed("all 3 attempts failed, the last one: connection refused by x:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT,
                result,
                new RetryPolicy(List.of(), RetryPolicy.From.previous, 0),
                1,
                at,
                at,
                NOW,
                0.5))
        .isEqualTo(new Failed("the only attempt failed: connection refused by x:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new Acknowledged(200, ""), retry, 2, first, at, NOW, 0.5))
        .isEqualTo(new Delivered());
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new Unrenderable("a.jslt:1"), retry, 1, at, at, NOW, 0.5))
        .isEqualTo(new Failed("a.jslt:1"));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT,
                new Refused(422, "answered 422", "", Optional.empty(), true),
                retry,
                1,
                at,
                at,
                NOW,
                0.5))
        .isEqualTo(new Failed("answered 422, which is final for this recipient"));
  }

  @Test
  @Tag("feature-33")
  void countsActindosScheduleFromTheFirstAttempt() {
    Instant first = NOW;
    List<Long> dues =
        IntStream.rangeClosed(1, 4)
            .mapToObj(n ->
                DeliveryDecision.state(
                    IN_FLIGHT,
                    new NoAnswer("x"),
                    RetryPolicy.ACTINDO,
                    n,
                    first,
                    first.plusSeconds(50L * n),
                    first,
                    0.9))
            .map(state -> ((Retrying) state).at().getEpochSecond() - first.getEpochSecond())
            .toList();
    assertThat(dues).containsExactly(60L, 120L, 300L, 600L);
  }

  /** Nothing goes out for an hour: the retries left are not used up all at once after it. */
  @Test
  @Tag("feature-33")
  void keepsTheGapsOfActindosScheduleAfterAPause() {
    Instant at = NOW.plusSeconds(3600);
    List<Long> gaps = new ArrayList<>();
    for (int attempts = 2; attempts <= 4; attempts++) {
      DeliveryState state =
          DeliveryDecision.state(
              IN_FLIGHT,
              new NoAnswer("x"),
              RetryPolicy.ACTINDO,
              attempts,
              NOW,
              at,
              at.plusMillis(5),
              0.5);
      gaps.add(Duration.between(at, ((Retrying) state).at()).toSeconds());
      at = ((Retrying) state).at();
    }
    assertThat(gaps).containsExactly(60L, 180L, 300L);
  }

  @Test
  @Tag("feature-33")
  void movesADelayByAFifthAtMost() {
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new NoAnswer("x"), RetryPolicy.DEFAULT, 1, NOW, NOW, NOW, 0))
        .isEqualTo(new Retrying(NOW.plusSeconds(4)));
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, new NoAnswer("x"), RetryPolicy.DEFAULT, 1, NOW, NOW, NOW, 1))
        .isEqualTo(new Retrying(NOW.plusSeconds(6)));
  }

  @Test
  @Tag("feature-34")
  void comesBackNoSoonerThanAsked() {
    AttemptResult result =
        new Refused(503, "answered 503", "", Optional.of(Duration.ofSeconds(60)), false);
    assertThat(
            DeliveryDecision.state(
                IN_FLIGHT, result, RetryPolicy.DEFAULT, 1, NOW, NOW.minusSeconds(3), NOW, 0.5))
        .isEqualTo(new Retrying(NOW.plusSeconds(60)));
    assertThat(
            DeliveryDecision.state(IN_FLIGHT, result, RetryPolicy.DEFAULT, 2, NOW, NOW, NOW, 0.5))
        .isEqualTo(new Retrying(NOW.plusSeconds(300)));
  }

  @ParameterizedTest
  @Tag("feature-47")
  @CsvSource({
    "127.0.0.1, loopback",
    "127.255.0.9, loopback",
    "10.1.2.3, private",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.168.1.1, private",
    "169.254.169.254, link-local",
    "100.64.0.1, a carrier's own (CGNAT)",
    "224.0.0.1, multicast",
    "255.255.255.255, reserved",
    "0.0.0.0, unspecified",
    "::, unspecified",
    "::1, loopback",
    "fe80::1, link-local",
    "fd00::1, private",
    "ff02::1, multicast",
    "2001:db8::1, for documentation",
    "::ffff:127.0.0.1, loopback",
    "::ffff:0:127.0.0.1, loopback",
    "64:ff9b::10.0.0.1, private",
    "2002:7f00:1::, loopback",
    "::127.0.0.1, loopback",
    "64:ff9b:1:a00:0:100:808:808, a translator's own (NAT64)",
    "100::1, reserved",
    "100:0:0:1::1, reserved",
    "5f00::1, reserved",
    "4000::1, reserved",
    "200::1, reserved",
    "0:0:0:1::1, reserved",
    "2001:0:7f00:1::, reserved",
  })
  void refusesAddressesThatAreNotPublic(String address, String kind) {
    assertThat(AddressPolicy.PUBLIC.refusal(InetAddress.ofLiteral(address))).contains(kind);
    assertThat(AddressPolicy.ANY.refusal(InetAddress.ofLiteral(address))).isEmpty();
  }

  @ParameterizedTest
  @Tag("feature-47")
  @ValueSource(
      strings = {
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:93.184.216.34",
        "64:ff9b::93.184.216.34",
        "2002:5db8:d822::"
      })
  void permitsPublicAddresses(String address) {
    assertThat(AddressPolicy.PUBLIC.refusal(InetAddress.ofLiteral(address))).isEmpty();
  }

  @Test
  @Tag("feature-47")
  void permitsTheNetworksAllowed() {
    AddressPolicy networks =
        new AddressPolicy(List.of(CidrBlock.parse("10.1.0.0/16"), CidrBlock.parse("::1/128")));
    assertThat(networks.permitted(address("10.1.255.1"), address("10.2.0.1"), address("::1")))
        .containsExactly(address("10.1.255.1"), address("::1"));
    assertThat(networks.refusal(address("::ffff:10.1.0.1"))).isEmpty();
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private static AttemptResult judge(
      int status,
      @org.jspecify.annotations.Nullable String retryAfter,
      @org.jspecify.annotations.Nullable String location) {
    return new ResponseClassifier(AcknowledgementRule.ANY_2XX)
        .judge(
            new Response(
                status,
                Optional.ofNullable(retryAfter),
                Optional.ofNullable(location),
                Optional.empty(),
                "body".getBytes(StandardCharsets.UTF_8)),
            NOW);
  }
}
