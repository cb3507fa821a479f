package io.rowhook.webhook.signing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.webhook.HttpHeader;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request says of its event in headers, whatever the event carries. */
class WebhookHeadersTest {

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
}
