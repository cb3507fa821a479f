package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.BodyLimit;
import io.rowhook.recipient.BodyLimit.Then;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What decides a body beside its set, as a real receiver gets it, and over a restart. */
@Tag("feature-63")
class BodyOptionsTest {

  private static final String LARGE =
      "{\"n\":9007199254740993,\"a\":\"" + "x".repeat(2_000) + "\"}";

  @Test
  void aBodyThatIsTooLargeEndsFailedWithBothSizes() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.sets.use(body(LARGE));
      out.start(recipient(shop.url("/"), limit(1_024, Then.failed), Integers.number));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(out.store("shop").ends())
          .containsEntry(
              1L, new Failed("the body has 2029 bytes, more than max-body allows, which is 1024"));
      assertThat(shop.requests()).isEmpty();
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsSent() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.sets.use(body(LARGE));
      out.start(recipient(shop.url("/"), limit(LARGE.length(), Then.failed), Integers.number));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(out.store("shop").ends()).containsEntry(1L, new Delivered());
      assertThat(shop.requests()).hasSize(1);
    }
  }

  @Test
  void theBracketsOfAnArrayCount() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.sets.use(body(LARGE));
      RequestOptions options =
          new RequestOptions(
              Map.of(),
              RequestLine.OPEN,
              limit(LARGE.length() + 1, Then.failed),
              Integers.number,
              Optional.of(new BatchConfig(2, Duration.ZERO)));
      out.start(
          Outbound.recipient("shop", shop.url("/"), new Parallel(2), retry(300)).with(options));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(out.store("shop").ends())
          .containsEntry(
              1L, new Failed("the body has 2031 bytes, more than max-body allows, which is 2030"));
    }
  }

  @Test
  void notifyIsSentInItsPlaceAndByEachRetryWhateverWasEdited() {
    try (Receiver shop = new Receiver(failing(1));
        Outbound out = new Outbound()) {
      out.sets.use(body(LARGE));
      URI url = shop.url("/");
      RecipientDispatcher before =
          out.start(recipient(url, limit(1_024, Then.notify), Integers.number));
      out.journal.append(orders(1, 1));
      Outbound.eventually("tried", () -> !out.store("shop").attempts(1).isEmpty());
      before.close();
      out.start(recipient(url, Optional.empty(), Integers.text));
      out.settled("shop");
      assertThat(shop.requests())
          .hasSize(2)
          .allSatisfy(request ->
              assertThat(request.text())
                  .isEqualTo(
                      "{\"EntityType\":\"Order\",\"EntityId\":1,\"EntityEvent\":\"Updated\"}"));
      assertThat(out.store("shop").attempts(1))
          .extracting(Attempt::attributeSet)
          .containsOnly("built-in-notify");
    }
  }

  @Test
  void largeIntegersAreTextAndStaySoInARetryWhateverWasEdited() {
    try (Receiver shop = new Receiver(failing(1));
        Outbound out = new Outbound()) {
      out.sets.use(body(LARGE));
      URI url = shop.url("/");
      RecipientDispatcher before = out.start(recipient(url, Optional.empty(), Integers.text));
      out.journal.append(orders(1, 1));
      Outbound.eventually("tried", () -> !out.store("shop").attempts(1).isEmpty());
      before.close();
      out.start(recipient(url, limit(1_024, Then.failed), Integers.number));
      out.settled("shop");
      assertThat(shop.requests())
          .hasSize(2)
          .allSatisfy(request ->
              assertThat(request.text())
                  .isEqualTo(LARGE.replace("9007199254740993", "\"9007199254740993\"")));
      assertThat(out.store("shop").attempts(1))
          .extracting(Attempt::attributeSet)
          .containsOnly("hash-body;integers=text");
    }
  }

  private static Receiver.Behaviour failing(int first) {
    return request -> Answer.of(request.number() <= first ? 500 : 200);
  }

  private static io.rowhook.template.Template body(String text) {
    return PlainSets.set("body", _ -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<BodyLimit> limit(long bytes, Then then) {
    return Optional.of(new BodyLimit(bytes, then));
  }

  private static Recipient recipient(URI url, Optional<BodyLimit> limit, Integers integers) {
    return Outbound.recipient(
            "shop",
            url,
            new Parallel(2),
            retry(300, 300),
            Duration.ofSeconds(5),
            Authentication.NONE)
        .with(new RequestOptions(Map.of(), RequestLine.OPEN, limit, integers, Optional.empty()));
  }
}
