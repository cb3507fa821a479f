package io.rowhook.admin.receive;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached a {@link TestReceiver}.
 *
 * @param at when its last byte was read
 * @param method {@code POST}, if it is a webhook
 * @param path with the query, as sent
 * @param headers by lower-case name
 * @param body as sent; not to be changed by whoever reads it
 * @param signature what came of checking the signature
 * @param basic what came of checking user name and password
 * @param bearer what came of checking a bearer token
 * @param status what it is answered with
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ReceivedRequest(
    Instant at,
    String method,
    String path,
    Map<String, List<String>> headers,
    byte[] body,
    VerificationResult signature,
    VerificationResult basic,
    VerificationResult bearer,
    int status) {

  /** The same, answered otherwise. */
  ReceivedRequest answered(int other) {
    return new ReceivedRequest(at, method, path, headers, body, signature, basic, bearer, other);
  }

  /** The first value of a header, whatever its case; null without. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  /** {@code order.updated}, or {@code 3 events}; null where the request is not Rowhook's. */
  public @Nullable String topic() {
    String batch = header("Rowhook-Batch");
    return batch == null
        ? header("Rowhook-Topic")
        : batch.equals("1") ? "1 event" : batch + " events";
  }

  /** The event's id; null where there is none. */
  public @Nullable String id() {
    return header("Webhook-Id");
  }

  /** Which attempt of its delivery it says it is; null where it does not. */
  public @Nullable String attempt() {
    return header("Rowhook-Attempt");
  }

  /** The body as UTF-8 text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Whether neither signature nor user nor token was found wanting. */
  public boolean accepted() {
    return !signature.refuses() && !basic.refuses() && !bearer.refuses();
  }

  @Override
  public String toString() {
    return "Received[" + method + " " + topic() + " " + id() + "]"; // no values, no credentials
  }
}
