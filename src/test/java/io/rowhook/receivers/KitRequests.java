package io.rowhook.receivers;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.rowhook.entity.Event;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.signing.WebhookHeaders;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Requests as Rowhook makes them, with its own headers. Any thread. */
final class KitRequests {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** An event in its place of the sender's journal. */
  record Journaled(Event event, long sequence) {
    String body() {
      return new String(event.json(), StandardCharsets.UTF_8);
    }

    String entity() {
      return event.entityType() + " " + event.entityId();
    }
  }

  private final URI to;
  private final String secret;

  KitRequests(URI to, String secret) {
    this.to = to;
    this.secret = secret;
  }

  /** One event for itself. */
  HttpRequest single(Journaled one, int redelivery, Optional<Instant> completeTo) {
    Instant now = Instant.now();
    List<HttpHeader> headers =
        WebhookHeaders.of(
            one.event(), one.event().topic(), one.sequence(), 1, "request", redelivery, now);
    return request(headers, one.body(), completeTo, now);
  }

  /** An array of events. */
  HttpRequest batch(List<Journaled> events, int redelivery, Optional<Instant> completeTo) {
    Instant now = Instant.now();
    List<HttpHeader> headers =
        WebhookHeaders.ofBatch(
            events.stream().map(one -> one.event().id()).toList(),
            events.stream().map(Journaled::sequence).toList(),
            1,
            "request",
            redelivery,
            now);
    String body = events.stream().map(Journaled::body).collect(Collectors.joining(",", "[", "]"));
    return request(headers, body, completeTo, now);
  }

  private HttpRequest request(
      List<HttpHeader> headers, String body, Optional<Instant> completeTo, Instant now) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(to).timeout(LIMIT).POST(BodyPublishers.ofString(body));
    String id = "";
    for (HttpHeader header : headers) {
      builder.header(header.name(), header.value());
      id = header.name().equals("Webhook-Id") ? header.value() : id;
    }
    builder.header("Webhook-Signature", signature(id, now.getEpochSecond(), body));
    completeTo
        .map(WebhookHeaders::completeTo)
        .ifPresent(mark -> builder.header(mark.name(), mark.value()));
    return builder.build();
  }

  private String signature(String id, long timestamp, String body) {
    try {
      return new Webhook(secret).sign(id, timestamp, body);
    } catch (EmptyWebhookSecretException | WebhookSigningException e) {
      throw new AssertionError(e);
    }
  }
}
