package io.rowhook.admin.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is answered, where all went well.
 *
 * @param body of what the content type says; with a feed: nothing
 * @param headers beside Content-Type
 * @param feed goes on with what happens, as server-sent events, until the caller leaves
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ApiAnswer(
    int status, String contentType, byte[] body, Map<String, String> headers, Optional<Feed> feed) {

  /** What most answers are. */
  public static final String JSON = "application/json";

  /** What a feed is. */
  public static final String EVENT_STREAM = "text/event-stream";

  public ApiAnswer {
    headers = Map.copyOf(headers);
  }

  /** Done. */
  public static ApiAnswer ok(JsonNode json) {
    return of(200, json);
  }

  /** JSON with a status of its own. */
  public static ApiAnswer of(int status, JsonNode json) {
    return new ApiAnswer(
        status, JSON, Json.text(json).getBytes(StandardCharsets.UTF_8), Map.of(), Optional.empty());
  }

  /** A text of a type, in UTF-8. */
  public static ApiAnswer text(int status, String contentType, String text) {
    return new ApiAnswer(
        status, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of(), Optional.empty());
  }

  /** Done, and there is nothing to say of it. */
  public static ApiAnswer nothing() {
    return new ApiAnswer(204, JSON, new byte[0], Map.of(), Optional.empty());
  }

  /** What happens, as it happens. */
  public static ApiAnswer feed(Feed feed) {
    return new ApiAnswer(200, EVENT_STREAM, new byte[0], Map.of(), Optional.of(feed));
  }

  /** The same with a header. */
  public ApiAnswer with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new ApiAnswer(status, contentType, body, more, feed);
  }
}
