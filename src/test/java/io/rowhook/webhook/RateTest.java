package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.ConnectionOptions;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.Rate;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Start;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A dispatcher holds its recipient's rate, against a real receiver, on a clock that the test sets.
 */
@Tag("feature-63")
class RateTest {

  private static final Instant START = Instant.parse("2026-05-24T15:20:44Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final List<Instant> times = new CopyOnWriteArrayList<>();

  @Test
  void retriesCountToo() {
    try (Receiver shop = new Receiver(request -> answer(request.number() == 1 ? 500 : 200));
        Outbound out = new Outbound()) {
      out.clock = now::get;
      RecipientDispatcher dispatcher = out.start(limited(shop.url("/"), new Rate(1, MINUTE)));
      out.journal.append(orders(1, 3));
      aRequestAMinute(4, shop, dispatcher);
      out.settled("shop");
      assertThat(out.store("shop").attempts(1)).hasSize(2);
    }
  }

  @Test
  void probesCountToo() {
    CircuitBreakerConfig probing =
        new CircuitBreakerConfig(0, Duration.ofDays(1), List.of(Duration.ofSeconds(1)));
    try (Receiver shop = new Receiver(request -> answer(request.number() <= 3 ? 503 : 200));
        Outbound out = new Outbound()) {
      out.clock = now::get;
      Recipient plain = limited(shop.url("/"), new Rate(1, MINUTE));
      RecipientDispatcher dispatcher = out.start(pausing(plain, probing));
      out.journal.append(orders(1, 3));
      aRequestAMinute(6, shop, dispatcher);
      out.settled("shop");
    }
  }

  @Test
  void anEditHoldsAtOnce() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.clock = now::get;
      Recipient slow = limited(shop.url("/"), new Rate(1, Duration.ofHours(1)));
      RecipientDispatcher dispatcher = out.start(slow);
      out.journal.append(orders(1, 5));
      Outbound.eventually("the first", () -> shop.count() == 1);
      dispatcher.reconfigure(slow.with(ConnectionOptions.DEFAULT));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(5);
    }
  }

  private void aRequestAMinute(int requests, Receiver shop, RecipientDispatcher dispatcher) {
    for (int i = 1; i <= requests; i++) {
      int count = i;
      Outbound.eventually(
          "request " + i,
          () -> {
            dispatcher.published(); // it looks at the clock
            return shop.count() == count;
          });
      now.updateAndGet(moment -> moment.plus(MINUTE));
    }
    for (int i = 0; i < requests; i++) {
      assertThat(times.get(i)).isAfterOrEqualTo(START.plus(MINUTE.multipliedBy(i)));
    }
  }

  private Answer answer(int status) {
    times.add(now.get());
    return Answer.of(status);
  }

  private static Recipient limited(URI url, Rate rate) {
    return Outbound.recipient("shop", url, new Parallel(4), retry(50, 50, 50, 50))
        .with(new ConnectionOptions(Optional.empty(), Optional.of(rate)));
  }

  private static Recipient pausing(Recipient of, CircuitBreakerConfig breakerConfig) {
    return new Recipient(
        of.name(),
        of.url(),
        of.authentication(),
        of.processing(),
        of.timeout(),
        of.acknowledge(),
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
