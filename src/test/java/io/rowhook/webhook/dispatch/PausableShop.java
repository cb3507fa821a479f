package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.testing.Receiver;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

/** A recipient that pauses after a few failures, and how it stands. */
final class PausableShop {

  static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  static final BacklogLimit MUCH = new BacklogLimit(Duration.ofDays(36500), 1L << 40);

  private PausableShop() {}

  /** Two wake-ups later it has still sent nothing. */
  static void assertHeld(RecipientDispatcher dispatcher, Receiver shop, int count) {
    for (int look = 0; look < 2; look++) {
      dispatcher.published();
      eventually(
          "held",
          () -> dispatcher.status().state() == State.paused && dispatcher.status().inFlight() == 0);
    }
    assertThat(shop.count()).isEqualTo(count);
  }

  /** Whether so many wait for a retry, durably. */
  static boolean waiting(Outbound out, int count) {
    return out.store("shop").open() == count && out.dispatchers.getLast().status().inFlight() == 0;
  }

  /** Every 30 seconds. */
  static RetryPolicy retries(int most) {
    return new RetryPolicy(
        IntStream.range(0, most).mapToObj(_ -> Duration.ofSeconds(30)).toList(),
        RetryPolicy.From.previous,
        0);
  }

  /** With these, and the circuit breaker that opens at the eleventh failure. */
  static Recipient shop(
      Receiver receiver,
      DeliveryMode processing,
      AcknowledgementRule rule,
      RetryPolicy retry,
      BacklogLimit backlog) {
    return new Recipient(
        "shop",
        receiver.url("/"),
        Authentication.NONE,
        processing,
        Duration.ofSeconds(5),
        rule,
        retry,
        CircuitBreakerConfig.XENA,
        backlog,
        EgressPolicy.NOTHING,
        TlsConfig.DEFAULT,
        BodyFormat.json,
        Outbound.recipient("shop", receiver.url("/"), processing, retry).subscriptions());
  }
}
