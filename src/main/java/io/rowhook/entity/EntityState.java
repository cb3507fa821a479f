package io.rowhook.entity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Fingerprint;
import io.rowhook.base.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an event says that its entity is, as a number: the fingerprint of its {@code data}, whatever
 * the order of its keys and the scale of its numbers, and of the names of what it leaves out. Pure;
 * any thread.
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
          state.add(plain(parser.readValueAsTree()));
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

  /**
   * Each number in one way of all that are equal: what is 7.00 now, and was 7.0, has not changed.
   */
  private static JsonNode plain(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        object.properties().forEach(field -> field.setValue(plain(field.getValue())));
        yield object;
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, plain(array.get(i)));
        }
        yield array;
      }
      case NumericNode number when !number.isIntegralNumber() || number.isBigInteger() ->
          DecimalNode.valueOf(number.decimalValue().stripTrailingZeros());
      default -> node;
    };
  }

  /** Whether the event left something out. */
  public static boolean isPartial(@Nullable Long state) {
    return state != null && (state & 1) == 1;
  }
}
