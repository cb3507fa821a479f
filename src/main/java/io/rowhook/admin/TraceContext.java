package io.rowhook.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rowhook.entity.Event;
import java.io.IOException;
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
  private static final String NO_TRACE = "0".repeat(32);
  private static final String NO_SPAN = "0".repeat(16);
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads one; empty: it is none. */
  public static Optional<TraceContext> parse(String traceparent) {
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches()
        || parts.group(1).equals(NO_TRACE)
        || parts.group(2).equals(NO_SPAN)
        || (traceparent.startsWith("00") && parts.group(4) != null)) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(parts.group(3), 16) & 1) == 1;
    return Optional.of(new TraceContext(parts.group(1), parts.group(2), sampled));
  }

  /** The one that an event's transaction has given; empty: none, or what is none. */
  public static Optional<TraceContext> given(Event event) {
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

  private static Optional<TraceContext> inside(JsonParser context) throws IOException {
    while (context.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = context.currentName().equals(KEY);
      JsonToken value = context.nextToken();
      if (wanted) {
        return value == JsonToken.VALUE_STRING ? parse(context.getText()) : Optional.empty();
      }
      context.skipChildren();
    }
    return Optional.empty();
  }

  /** As it is sent in a header. */
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
