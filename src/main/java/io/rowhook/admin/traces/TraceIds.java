package io.rowhook.admin.traces;

import io.rowhook.entity.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Makes the ids of traces and spans of what they are about, so that what happens to an event after
 * a restart, or when a person sends it again, is found in the same trace, and nothing of it has to
 * be kept. Pure functions; hex, as OpenTelemetry has them.
 */
final class TraceIds {

  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;

  /** The ids of {@code entity.content.EventId}: 128 bits, of which the last 80 are a hash's. */
  private static final Pattern EVENT_ID = Pattern.compile("evt_(?!0{32})[0-9a-f]{32}");

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-(?!0{12})[0-9a-f]{12}");

  private TraceIds() {}

  /** An event's, where its transaction gave none: the digits of its own id. */
  static String trace(Event event) {
    String id = event.id();
    return EVENT_ID.matcher(id).matches() ? id.substring(4) : hash(TRACE_BYTES, "event", id);
  }

  /** A trace's whose only span is a request with several events. */
  static String traceOfRequest(String requestId) {
    // Not the request id's own digits: two bits of them are always the same, and samplers count on
    // all of them.
    return hash(TRACE_BYTES, "request", requestId);
  }

  /** From the commit to the journal. */
  static String event(Event event) {
    return hash(SPAN_BYTES, "event", event.id());
  }

  /** From the commit to the acknowledgement, or from a person's redelivery on. */
  static String delivery(Event event, String recipient, int redelivery) {
    return hash(SPAN_BYTES, "delivery", event.id(), recipient, Integer.toString(redelivery));
  }

  /** A request: the last digits of its {@code Rowhook-Request-Id}. */
  static String request(String requestId) {
    return UUID.matcher(requestId).matches()
        ? requestId.substring(19, 23) + requestId.substring(24)
        : hash(SPAN_BYTES, "request", requestId);
  }

  /** An event's share of a request with several. */
  static String share(Event event, String requestId) {
    return hash(SPAN_BYTES, "share", event.id(), requestId);
  }

  private static String hash(int bytes, String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0); // no id and no name has one
      }
      return HexFormat.of().formatHex(digest.digest(), 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
