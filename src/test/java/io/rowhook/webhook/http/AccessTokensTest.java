package io.rowhook.webhook.http;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.OAuth2;
import io.rowhook.recipient.OAuth2.In;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Secret;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.Receiver.Request;
import io.rowhook.webhook.AddressPolicy;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.WebhookClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** OAuth 2.0 client credentials, with a real token server and a real recipient. */
@Tag("feature-63")
class AccessTokensTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Receiver tokens = new Receiver(request -> token(request, 3600));
  private final Receiver shop = new Receiver();

  @AfterEach
  void close() {
    tokens.close();
    shop.close();
  }

  @Test
  void oneTokenServesAllAttempts() {
    try (Outbound out = new Outbound()) {
      out.start(recipient(oauth2(In.header, Optional.of("a b"), Optional.of("https://shop/"))));
      out.journal.append(orders(1, 40));
      out.settled("shop");
    }
    assertThat(shop.requests())
        .hasSize(40)
        .allSatisfy(request ->
            assertThat(request.header("Authorization")).isEqualTo("Bearer token-number-1"));
    assertThat(tokens.requests())
        .singleElement()
        .satisfies(request -> {
          assertThat(request.method()).isEqualTo("POST");
          assertThat(request.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
          // erp%3A1:s%C3%A9cret%2B1, since both parts are encoded first
          assertThat(request.header("Authorization"))
              .isEqualTo("Basic ZXJwJTNBMTpzJUMzJUE5Y3JldCUyQjE=");
          assertThat(request.text())
              .isEqualTo("grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fshop%2F");
        });
  }

  @Test
  void theClientMayStandInTheBody() {
    try (WebhookClient client = new WebhookClient(AddressPolicy.ANY)) {
      assertThat(client.accessTokens().token(plain(In.body), Instant.EPOCH, LIMIT))
          .isEqualTo(new AccessTokens.Result.Token(new Secret("token-number-1")));
    }
    Request request = tokens.requests().getFirst();
    assertThat(request.headers()).doesNotContainKey("Authorization");
    assertThat(request.text())
        .isEqualTo("grant_type=client_credentials&client_id=erp%3A1&client_secret=s%C3%A9cret%2B1");
  }

  @Test
  void aTokenIsRenewedShortlyBeforeItExpires() {
    tokens.behave(request -> token(request, request.number() == 1 ? 3600 : 100));
    try (WebhookClient client = new WebhookClient(AddressPolicy.ANY)) {
      Instant start = Instant.parse("2026-05-24T15:20:44Z");
      assertThat(number(client, start)).isEqualTo(1);
      assertThat(number(client, start.plusSeconds(3569))).isEqualTo(1);
      Instant renewed = start.plusSeconds(3570);
      assertThat(number(client, renewed)).isEqualTo(2);
      assertThat(number(client, renewed.plusSeconds(89))).isEqualTo(2);
      assertThat(number(client, renewed.plusSeconds(90))).isEqualTo(3);
    }
  }

  private int number(WebhookClient client, Instant now) {
    var token =
        (AccessTokens.Result.Token) client.accessTokens().token(plain(In.header), now, LIMIT);
    return Integer.parseInt(token.value().reveal().replace("token-number-", ""));
  }

  @Test
  void aRefusedTokenIsRenewedWithinTheAttempt() {
    shop.behave(request ->
        new Answer(
            request.header("Authorization").endsWith("-1") ? 401 : 200,
            List.of(),
            "you sent " + request.header("Authorization")));
    try (Outbound out = new Outbound()) {
      out.start(recipient(plain(In.header)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(out.store("shop").attempts(1))
          .singleElement()
          .satisfies(attempt -> {
            assertThat(attempt.status()).isEqualTo(200);
            assertThat(attempt.answer()).isEqualTo("you sent Bearer ***");
          });
    }
    assertThat(shop.requests()).hasSize(2);
    assertThat(shop.ids()).containsOnly(shop.ids().getFirst());
    assertThat(tokens.count()).isEqualTo(2);
  }

  @Test
  void aRecipientThatRefusesEachTokenFailsTheAttempt() {
    AtomicReference<String> mood = new AtomicReference<>("no");
    shop.behave(_ -> Answer.of("no".equals(mood.get()) ? 401 : 200));
    try (Outbound out = new Outbound()) {
      out.start(recipient(plain(In.header)));
      out.journal.append(orders(1, 1));
      Outbound.eventually("an attempt", () -> !out.store("shop").attempts(1).isEmpty());
      mood.set("yes");
      out.settled("shop");
      assertThat(out.store("shop").attempts(1).getFirst().error()).isEqualTo("answered 401");
    }
  }

  @Test
  void aTokenServerThatRefusesOrIsDownFailsTheAttemptWithoutASecret() {
    String rest = "{\"error\":\"invalid_client\",\"error_description\":\"s\u00e9cret+1 is wrong\"}";
    assertThat(reason(new Answer(401, List.of(), rest)))
        .isEqualTo("no access token: the token server answered 401, invalid_client");
    assertThat(reason(new Answer(400, List.of(), "{\"error\":\"s\u00e9cret+1\"}")))
        .isEqualTo("no access token: the token server answered 400");
    assertThat(reason(new Answer(503, List.of(), "<html>")))
        .isEqualTo("no access token: the token server answered 503");
    String without =
        "no access token: the token server answered 200, but without a bearer token in JSON";
    assertThat(reason(new Answer(200, List.of(), "<html>"))).isEqualTo(without);
    assertThat(reason(new Answer(200, List.of(), "{\"access_token\":\"a\\nb\"}")))
        .isEqualTo(without);
    assertThat(
            reason(new Answer(200, List.of(), "{\"access_token\":\"a\",\"token_type\":\"mac\"}")))
        .isEqualTo(without);
    URI down = tokens.url("/");
    tokens.close();
    assertThat(reason(Answer.of(200)))
        .isEqualTo("no access token: connection refused by 127.0.0.1:" + down.getPort());
    assertThat(shop.count()).isZero();
  }

  @Test
  @Tag("feature-47")
  void theTokenServersAddressIsHeldAgainstTheNetworksToo() {
    try (WebhookClient client = new WebhookClient(AddressPolicy.PUBLIC)) {
      assertThat(client.accessTokens().token(plain(In.header), Instant.EPOCH, LIMIT))
          .isInstanceOfSatisfying(
              AccessTokens.Result.None.class,
              none ->
                  assertThat(none.reason())
                      .startsWith("no access token: 127.0.0.1 is at 127.0.0.1, an address that"));
    }
    assertThat(tokens.count()).isZero();
  }

  private String reason(Answer answer) {
    tokens.behave(_ -> answer);
    try (Outbound out = new Outbound()) {
      out.start(recipient(plain(In.header)));
      out.journal.append(orders(1, 1));
      Outbound.eventually("an attempt", () -> !out.store("shop").attempts(1).isEmpty());
      return String.valueOf(out.store("shop").attempts(1).getFirst().error());
    }
  }

  private static Answer token(Request request, int seconds) {
    return new Answer(
        200,
        List.of(),
        "{\"access_token\":\"token-number-%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
            .formatted(request.number(), seconds));
  }

  private OAuth2 plain(In in) {
    return oauth2(in, Optional.empty(), Optional.empty());
  }

  private OAuth2 oauth2(In in, Optional<String> scope, Optional<String> audience) {
    Secret secret = new Secret("s\u00e9cret+1");
    return new OAuth2(tokens.url("/token"), "erp:1", secret, in, scope, audience);
  }

  private Recipient recipient(OAuth2 oauth2) {
    return Outbound.recipient(
        "shop",
        shop.url("/"),
        new Parallel(8),
        retry(50, 50, 50),
        LIMIT,
        new Authentication(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(oauth2)));
  }
}
