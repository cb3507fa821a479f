package io.rowhook.webhook.http;

import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.OAuth2;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends with an access token where the recipient's settings ask for one; otherwise it is {@link
 * Sender}. If the recipient answers 401, the token is renewed and the request is sent once more at
 * once: the token may have been revoked, and both are one attempt. Made for one state of the
 * settings. Any thread.
 */
public final class AuthorizedClient {

  private static final int UNAUTHORIZED = 401;

  private final WebhookClient client;
  private final Optional<OAuth2> oauth2;
  private final Duration timeout;
  private final InstantSource clock;

  public AuthorizedClient(WebhookClient client, Recipient recipient, InstantSource clock) {
    this.client = client;
    this.oauth2 = recipient.authentication().oauth2();
    this.timeout = recipient.timeout();
    this.clock = clock;
  }

  /**
   * See {@link WebhookClient#send}; the recipient's timeout holds for each request, to each server.
   */
  public HttpResult send(
      RequestTarget where, List<HttpHeader> headers, BodyFormat format, byte[] body) {
    if (oauth2.isEmpty()) {
      return client.send(where, headers, format, body, timeout);
    }
    HttpResult first = sendOnce(oauth2.get(), where, headers, format, body);
    return first instanceof Response response && response.status() == UNAUTHORIZED
        ? sendOnce(oauth2.get(), where, headers, format, body)
        : first;
  }

  private HttpResult sendOnce(
      OAuth2 of, RequestTarget where, List<HttpHeader> headers, BodyFormat format, byte[] body) {
    return switch (client.accessTokens().token(of, clock.instant(), timeout)) {
      case AccessTokens.Result.None(String reason) -> new NoResponse(reason);
      case AccessTokens.Result.Token(Secret token) -> {
        List<HttpHeader> all = new ArrayList<>(headers);
        all.add(new HttpHeader("Authorization", "Bearer " + token.reveal()));
        HttpResult httpResult = client.send(where, all, format, body, timeout);
        if (httpResult instanceof Response response && response.status() == UNAUTHORIZED) {
          client.accessTokens().refused(token);
        }
        yield withoutToken(httpResult, token.reveal());
      }
    };
  }

  /** An answer is kept for a person to read, and some repeat the request's headers. */
  private static HttpResult withoutToken(HttpResult httpResult, String token) {
    if (!(httpResult instanceof Response response)) {
      return httpResult;
    }
    String text = new String(response.body(), StandardCharsets.ISO_8859_1); // byte for byte
    return text.contains(token)
        ? new Response(
            response.status(),
            response.retryAfter(),
            response.location(),
            response.delivery(),
            text.replace(token, "***").getBytes(StandardCharsets.ISO_8859_1))
        : httpResult;
  }
}
