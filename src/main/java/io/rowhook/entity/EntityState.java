package io.rowhook.entity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rowhook.base.Fingerprint;
import io.rowhook.base.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an event says that its entity is, as a number: the fingerprint of its {@code data}, whatever
 * the order of its keys, and of the names of what it leaves out. Pure; any thread.
 */
public final class EntityState {

  private static final ObjectWriter SORTED =
      Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

  private EntityState() {}

  /**
   * That of an event.
   *
   * @param json as {@link Event#json}
   */
  public static long of(byte[] json) {
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      ArrayNode state = Json.MAPPER.createArrayNode();
      boolean partial = false;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("data") || name.equals("unavailable")) {
          state.add(parser.<JsonNode>readValueAsTree());
          partial |= name.equals("unavailable");
        } else {
          parser.skipChildren();
        }
      }
      long number = Fingerprint.of(SORTED.writeValueAsBytes(state));
      return partial ? number | 1 : number & ~1;
    } catch (IOException e) {
      throw new IllegalArgumentException("an event that is not JSON", e);
    }
  }

  /** Whether the event left something out. */
  public static boolean isPartial(@Nullable Long state) {
    return state != null && (state & 1) == 1;
  }
}
