package io.rowhook.webhook.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Durations;
import io.rowhook.base.Json;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Method;
import io.rowhook.recipient.OAuth2;
import io.rowhook.recipient.OAuth2.In;
import io.rowhook.recipient.Secret;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.WebhookClient;
import io.rowhook.webhook.http.HttpResult.NoResponse;
import io.rowhook.webhook.http.HttpResult.Response;
import io.rowhook.webhook.signing.Signer;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one recipient's access tokens (RFC 6749, section 4.4) and keeps the current one for all
 * its attempts, until shortly before it expires or the recipient has refused it. In memory only.
 * One fetch at a time: whoever needs a token meanwhile waits for it and shares what comes of it.
 * Any thread.
 */
public final class AccessTokens {

  /** So long before it expires a token is renewed, but at most a tenth of its life. */
  private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(30);

  private static final long LONGEST_LIFE = Duration.ofDays(365).toSeconds();

  /** RFC 6749, section 5.2, and RFC 8707; others are not repeated, whatever they say. */
  private static final Set<String> ERRORS =
      Set.of(
          "invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope",
          "invalid_target",
          "server_error",
          "temporarily_unavailable");

  private final WebhookClient client;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Held held; // guarded by lock
  private @Nullable Fetch underWay; // guarded by lock

  /** What a fetch came to. */
  sealed interface Result {

    /** A token. */
    record Token(Secret value) implements Result {}

    /**
     * None.
     *
     * @param reason in words, without secrets
     */
    record None(String reason) implements Result {}
  }

  private record Held(OAuth2 of, Secret token, Instant until) {}

  private record Fetch(OAuth2 of, CompletableFuture<Result> result) {}

  /**
   * Builds it without a token.
   *
   * @param client the recipient's, with its proxy, its certificates and its address guard
   */
  public AccessTokens(WebhookClient client) {
    this.client = client;
  }

  /**
   * The current token, or a new one.
   *
   * @param now decides whether the current one is too old
   * @param within for a token request
   */
  Result token(OAuth2 oauth2, Instant now, Duration within) {
    Fetch fetch;
    boolean mine = false;
    lock.lock();
    try {
      if (held != null && held.of.equals(oauth2) && now.isBefore(held.until)) {
        return new Result.Token(held.token);
      }
      fetch = underWay;
      if (fetch == null || !fetch.of.equals(oauth2)) {
        fetch = new Fetch(oauth2, new CompletableFuture<>());
        underWay = fetch;
        mine = true;
      }
    } finally {
      lock.unlock();
    }
    return mine ? fetch(fetch, now, within) : await(fetch, within);
  }

  /** The recipient has refused a token; the next is a new one. */
  void refused(Secret token) {
    lock.lock();
    try {
      if (held != null && held.token.equals(token)) {
        held = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private static Result await(Fetch fetch, Duration within) {
    try {
      return fetch.result.get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return none("waiting for it was stopped");
    } catch (ExecutionException | TimeoutException e) {
      return none("another attempt's request for one takes longer than " + Durations.of(within));
    }
  }

  /** Whatever comes of it, those who wait hear of it. */
  @SuppressWarnings("ReferenceEquality") // this fetch, and not another of the same settings
  private Result fetch(Fetch fetch, Instant now, Duration within) {
    Result result = none("the request for one broke off");
    Held fresh = null;
    try {
      HttpResult httpResult = request(fetch.of, within);
      switch (httpResult) {
        case NoResponse(String reason) -> result = none(reason);
        case Response response -> {
          Optional<JsonNode> json = json(response);
          Optional<Secret> token = json.flatMap(AccessTokens::bearer);
          if (response.status() == 200 && token.isPresent()) {
            fresh = new Held(fetch.of, token.get(), until(json.get(), now));
            result = new Result.Token(token.get());
          } else {
            result = none(refusal(response.status(), json));
          }
        }
      }
    } finally {
      lock.lock();
      try {
        if (underWay == fetch) {
          underWay = null;
          held = fresh;
        }
      } finally {
        lock.unlock();
      }
      fetch.result.complete(result);
    }
    return result;
  }

  private HttpResult request(OAuth2 oauth2, Duration within) {
    List<String> form = new ArrayList<>();
    form.add("grant_type=client_credentials");
    oauth2.scope().ifPresent(scope -> form.add("scope=" + encoded(scope)));
    oauth2.audience().ifPresent(audience -> form.add("audience=" + encoded(audience)));
    List<HttpHeader> headers = new ArrayList<>();
    headers.add(new HttpHeader("User-Agent", WebhookHeaders.USER_AGENT));
    headers.add(new HttpHeader("Accept", "application/json"));
    String secret = encoded(oauth2.clientSecret().reveal());
    if (oauth2.in() == In.header) { // RFC 6749, section 2.3.1: both are encoded first
      headers.add(Signer.basic(new Basic(encoded(oauth2.clientId()), new Secret(secret))));
    } else {
      form.add("client_id=" + encoded(oauth2.clientId()));
      form.add("client_secret=" + secret);
    }
    byte[] body = String.join("&", form).getBytes(StandardCharsets.US_ASCII);
    return client.send(
        new RequestTarget(Method.POST, oauth2.tokenUrl()),
        headers,
        "application/x-www-form-urlencoded",
        body,
        within);
  }

  private static Optional<JsonNode> json(Response response) {
    try {
      return Optional.ofNullable(Json.MAPPER.readTree(response.body()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Secret> bearer(JsonNode json) {
    String token = json.path("access_token").asText();
    boolean bearer = json.path("token_type").asText("bearer").equalsIgnoreCase("bearer");
    boolean sendable = !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 0x7F);
    return bearer && sendable ? Optional.of(new Secret(token)) : Optional.empty();
  }

  /** Without {@code expires_in} it holds until the recipient refuses it. */
  private static Instant until(JsonNode json, Instant now) {
    long seconds = Math.min(json.path("expires_in").asLong(LONGEST_LIFE), LONGEST_LIFE);
    Duration life = Duration.ofSeconds(Math.max(0, seconds));
    Duration tenth = life.dividedBy(10);
    return now.plus(life.minus(tenth.compareTo(BEFORE_EXPIRY) < 0 ? tenth : BEFORE_EXPIRY));
  }

  private static String refusal(int status, Optional<JsonNode> json) {
    String answered = "the token server answered " + status;
    if (status == 200) {
      return answered + ", but without a bearer token in JSON";
    }
    String error = json.map(node -> node.path("error").asText()).orElse("");
    return ERRORS.contains(error) ? answered + ", " + error : answered;
  }

  private static Result none(String reason) {
    return new Result.None("no access token: " + reason);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
