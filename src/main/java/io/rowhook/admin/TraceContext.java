package io.rowhook.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rowhook.entity.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a trace, as W3C's {@code traceparent} says it.
 *
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 * @param sampled whether whoever began the trace records it
 */
public record TraceContext(String traceId, String spanId, boolean sampled) {

  /** The key by which a transaction's context gives one. */
  public static final String KEY = "traceparent";

  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final String VERSION = "00";
  private static final byte[] QUOTED_KEY = ('"' + KEY + '"').getBytes(StandardCharsets.US_ASCII);
  private static final String NO_TRACE = "0".repeat(32);
  private static final String NO_SPAN = "0".repeat(16);
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads one; empty: it is none. */
  public static Optional<TraceContext> parse(String traceparent) {
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches()
        || parts.group(1).equals(NO_TRACE)
        || parts.group(2).equals(NO_SPAN)
        || (traceparent.startsWith(VERSION) && parts.group(4) != null)) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(parts.group(3), 16) & 1) == 1;
    return Optional.of(new TraceContext(parts.group(1), parts.group(2), sampled));
  }

  /** The one that an event's transaction has given; empty: none, or what is none. */
  public static Optional<TraceContext> given(Event event) {
    return text(event).flatMap(TraceContext::parse);
  }

  /** The same as it was given, for whoever takes no part in the trace and passes it on. */
  public static Optional<String> passedOn(Event event) {
    return text(event)
        .flatMap(text ->
            parse(text)
                .map(one ->
                    text.startsWith(VERSION)
                        ? text
                        : one.traceparent())); // of a later one: what is known
  }

  private static Optional<String> text(Event event) {
    if (!mentions(event.json())) {
      return Optional.empty();
    }
    try (JsonParser json = JSON.createParser(event.json())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean context = json.currentName().equals("context");
        JsonToken value = json.nextToken();
        if (context && value == JsonToken.START_OBJECT) {
          return inside(json);
        }
        json.skipChildren();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // an event of the journal is JSON; if not, its delivery says so
    }
  }

  /** Whether it can have one: most have none, and are not read any further. */
  private static boolean mentions(byte[] json) {
    int last = json.length - QUOTED_KEY.length;
    for (int at = 0; at <= last; at++) {
      if (json[at] == '"'
          && Arrays.equals(json, at, at + QUOTED_KEY.length, QUOTED_KEY, 0, QUOTED_KEY.length)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> inside(JsonParser context) throws IOException {
    while (context.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = context.currentName().equals(KEY);
      JsonToken value = context.nextToken();
      if (wanted) {
        return value == JsonToken.VALUE_STRING ? Optional.of(context.getText()) : Optional.empty();
      }
      context.skipChildren();
    }
    return Optional.empty();
  }

  /** As it is sent in a header. */
  public String traceparent() {
    return VERSION + "-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
