package io.rowhook.webhook;

import io.rowhook.base.Json;
import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A test delivery: what went out, and what came back. Signed and judged as any other, and marked by
 * the header {@code Rowhook-Test}; nothing of it is journaled, retried or counted.
 *
 * @param method of the request
 * @param url where it went; what may be secret in it is masked
 * @param headers of the request; some hold secrets
 * @param body as it was sent; not to be changed
 * @param status the answer's; null: there was none
 * @param error why it was not acknowledged, in words; null: it was
 * @param answer its first bytes, secrets taken out; null: none
 * @param took until it was judged
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TestDelivery(
    String method,
    String url,
    List<HttpHeader> headers,
    byte[] body,
    @Nullable Integer status,
    @Nullable String error,
    @Nullable String answer,
    Duration took) {

  public static final HttpHeader MARK = new HttpHeader("Rowhook-Test", "1");

  public TestDelivery {
    headers = List.copyOf(headers);
  }

  /** An event about nothing, in the shape of {@code full}. */
  public static Event event(Instant now) {
    String id = "evt_test_" + UUID.randomUUID().toString().replace("-", "");
    var json = Json.MAPPER.createObjectNode();
    json.put("id", id)
        .put("type", "test.created")
        .put("timestamp", now.truncatedTo(ChronoUnit.MICROS).toString())
        .put("entityType", "Test")
        .put("entityId", 0)
        .put("event", EventType.Created.name());
    json.putObject("data").put("message", "A test delivery by Rowhook: nothing has changed.");
    json.putObject("previous");
    json.putArray("changed");
    return new Event(
        id,
        "Test",
        "0",
        EventType.Created,
        now,
        Position.of(0),
        json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
