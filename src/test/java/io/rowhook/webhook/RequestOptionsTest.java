package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.Secret;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Requests beyond those of most, as a real receiver gets them. */
class RequestOptionsTest {

  private static final Authentication BEARER =
      new Authentication(
          Optional.empty(), Optional.empty(), Optional.of(new Secret("bearer-token")));

  @Test
  void sendsHeadersOfItsOwnAndABearerToken() {
    Map<String, Secret> headers =
        Map.of("X-API-Key", new Secret("k-1234"), "Accept", new Secret("application/json"));
    try (Receiver shop =
            new Receiver(request ->
                new Answer(
                    request.number() == 1 ? 500 : 200,
                    List.of(),
                    request.header("X-API-Key")
                        + " "
                        + request.header("Authorization")
                        + " "
                        + request.header("Accept")));
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/"), BEARER).with(RequestOptions.withHeaders(headers)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(shop.requests())
          .hasSize(2)
          .allSatisfy(request -> {
            assertThat(request.headers().get("X-API-Key")).containsExactly("k-1234");
            assertThat(request.headers().get("Accept")).containsExactly("application/json");
            assertThat(request.headers().get("Authorization"))
                .containsExactly("Bearer bearer-token");
          });
      assertThat(out.store("shop").attempts(1))
          .allSatisfy(
              attempt -> assertThat(attempt.answer()).isEqualTo("*** Bearer *** application/json"));
    }
  }

  @Test
  void heedsAnAnswerThatAborts() {
    try (Receiver shop =
            new Receiver(request ->
                request.number() == 1
                    ? Answer.of(400, "webhook-delivery", "abort-message")
                    : Answer.of(200, "webhook-delivery", "abort-message"));
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/"), Authentication.NONE));
      out.journal.append(orders(1, 2));
      out.settled("shop");
      assertThat(out.store("shop").ends())
          .containsEntry(
              1L,
              new Failed(
                  "answered 400, with webhook-delivery: abort-message, which is final for this"
                      + " recipient"))
          .containsEntry(2L, new Delivered());
      assertThat(shop.requests()).hasSize(2);
    }
  }

  @Test
  void heedsAnAnswerThatDisables() {
    try (Receiver shop = new Receiver(_ -> Answer.of(200, "webhook-delivery", "Disable"));
        Outbound out = new Outbound()) {
      out.start(Outbound.recipient("shop", shop.url("/"), new Sequential(), retry(50, 50)));
      out.journal.append(orders(1, 2));
      Outbound.eventually("held", () -> out.store("shop").pause().isPresent());
      Pause pause = out.store("shop").pause().orElseThrow();
      assertThat(pause.kind()).isEqualTo(Pause.Kind.gone);
      assertThat(pause.reason())
          .isEqualTo("acknowledged it, with webhook-delivery: disable: it wants no more webhooks");
      Outbound.eventually(
          "delivered", () -> new Delivered().equals(out.store("shop").ends().get(1L)));
      assertThat(out.store("shop").attempts(1))
          .allSatisfy(attempt -> assertThat(attempt.error()).isNull());
      assertThat(shop.requests()).hasSize(1);
    }
  }

  @Test
  void keepsWhatWasNotAcknowledgedWhenItIsDisabled() {
    try (Receiver shop = new Receiver(_ -> Answer.of(500, "webhook-delivery", "disable"));
        Outbound out = new Outbound()) {
      out.start(recipient(shop.url("/"), Authentication.NONE));
      out.journal.append(orders(1, 1));
      Outbound.eventually("held", () -> out.store("shop").pause().isPresent());
      assertThat(out.store("shop").pause().orElseThrow().reason())
          .isEqualTo("answered 500, with webhook-delivery: disable: it wants no more webhooks");
      assertThat(out.store("shop").ends()).isEmpty();
    }
  }

  private static Recipient recipient(URI url, Authentication authentication) {
    return Outbound.recipient(
        "shop", url, new Parallel(2), retry(50, 50, 50), Duration.ofSeconds(5), authentication);
  }
}
