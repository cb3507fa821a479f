package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Processing.Parallel;
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
      out.start(recipient(shop.url("/"), BEARER).with(new RequestOptions(headers)));
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
      assertThat(out.ledger("shop").attempts(1))
          .allSatisfy(
              attempt -> assertThat(attempt.answer()).isEqualTo("*** Bearer *** application/json"));
    }
  }

  private static Recipient recipient(URI url, Authentication authentication) {
    return Outbound.recipient(
        "shop", url, new Parallel(2), retry(50, 50, 50), Duration.ofSeconds(5), authentication);
  }
}
