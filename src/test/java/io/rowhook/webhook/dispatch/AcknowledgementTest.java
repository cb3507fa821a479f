package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.dispatch.PausableShop.MUCH;
import static io.rowhook.webhook.dispatch.PausableShop.START;
import static io.rowhook.webhook.dispatch.PausableShop.retries;
import static io.rowhook.webhook.dispatch.PausableShop.shop;
import static io.rowhook.webhook.dispatch.PausableShop.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.policy.AttemptResult;
import io.rowhook.webhook.policy.ResponseClassifier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recipient's own rule says which answers acknowledge a delivery, and which are final. */
class AcknowledgementTest {

  private final MovedClock clock = new MovedClock(START);
  private final AtomicInteger status = new AtomicInteger(503);

  @Test
  @Tag("feature-34")
  void givesUpAtOnceAtAFinalStatus() {
    status.set(422);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      AcknowledgementRule rule =
          new AcknowledgementRule(Set.of(200), Optional.empty(), Set.of(410, 422));
      out.start(shop(shop, new Parallel(2), rule, retries(5), MUCH));
      out.journal.append(orders(2, 1));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(2);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("answered 422, which is final for this recipient"));
    }
  }

  @Test
  @Tag("feature-31")
  void acknowledgesAsTheRecipientsRuleSays() {
    List<Answer> answers =
        List.of(
            json(201, "{\"Success\": true}"),
            json(200, ""),
            json(200, "{\"Success\":false}"),
            json(200, "{\"Success\":\"true\"}"),
            json(200, "<html>fine</html>"),
            json(200, "{\"Success\":true} and more"),
            json(200, "{\"Success\":true,\"a\":\"" + "a".repeat(70_000) + "\"}"),
            json(200, " {\"Success\": true}\n"));
    AtomicInteger next = new AtomicInteger();
    try (Receiver xena = new Receiver(_ -> answers.get(next.getAndIncrement()));
        Outbound out = new Outbound()) {
      out.clock = clock;
      RecipientDispatcher dispatcher =
          out.start(shop(xena, new Sequential(), AcknowledgementRule.XENA, retries(20), MUCH));
      out.journal.append(orders(1, 1));
      for (int n = 1; n < answers.size(); n++) {
        int count = n;
        eventually("attempt " + n, () -> xena.count() == count && waiting(out, 1));
        clock.forward(dispatcher, Duration.ofSeconds(30));
      }
      out.settled("shop");
      assertThat(out.store("shop").attempts(1))
          .extracting(attempt -> attempt.error())
          .containsExactly(
              "answered 201",
              "answered 200, but with nothing, where its acknowledge rule asks for JSON",
              "answered 200, but not as its acknowledge rule asks",
              "answered 200, but not as its acknowledge rule asks",
              "answered 200, but not with JSON, as its acknowledge rule asks",
              "answered 200, but not with JSON, as its acknowledge rule asks",
              "answered 200, but with more than 64 KB, which is not looked at",
              null);
    }
  }

  @ParameterizedTest
  @Tag("feature-31")
  @ValueSource(ints = {200, 201, 202})
  void acknowledgesForGetResponse(int status) {
    ResponseClassifier classifier = new ResponseClassifier(AcknowledgementRule.GETRESPONSE);
    assertThat(classifier.judge(answer(status, "{\"status\":\"OK\"}"), START))
        .isInstanceOf(AttemptResult.Acknowledged.class);
    assertThat(classifier.judge(answer(status, "{\"status\":\"ok\"}"), START))
        .isInstanceOf(AttemptResult.Refused.class);
    assertThat(classifier.judge(answer(204, "{\"status\":\"OK\"}"), START))
        .isInstanceOf(AttemptResult.Refused.class);
  }

  private static HttpResult answer(int status, String body) {
    return new HttpResult.Response(
        status,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Answer json(int status, String body) {
    return new Answer(status, List.of("Content-Type", "application/json"), body);
  }
}
