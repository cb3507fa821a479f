package io.rowhook.entity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entities that an event names, as an order names its customer: decided once, when the event is
 * made, by the rows that it is made of, and kept with it. A Deleted of an entity that others can
 * name names itself: it comes after all that named it.
 *
 * @param json the ids by entity: {@code {"Customer":["5"],"Article":["7","8"]}}; null: it names
 *     none. Not to be taken apart by others than this
 */
public record NamedEntities(@Nullable String json) {

  /** Of an event that names nothing. */
  public static final NamedEntities NONE = new NamedEntities(null);

  /** Made of {@link Event#entityKey}s. */
  public static NamedEntities of(Collection<String> entityKeys) {
    if (entityKeys.isEmpty()) {
      return NONE;
    }
    ObjectNode byType = Json.MAPPER.createObjectNode();
    for (String key : entityKeys) {
      int end = key.indexOf('\0');
      byType.withArray("/" + key.substring(0, end)).add(key.substring(end + 1));
    }
    return new NamedEntities(Json.text(byType));
  }

  /** True of an event that names nothing. */
  public boolean isNone() {
    return json == null;
  }

  /**
   * Their {@link Event#entityKey}s.
   *
   * @throws IllegalStateException if it was not made by this
   */
  public List<String> keys() {
    if (json == null) {
      return List.of();
    }
    try {
      List<String> keys = new ArrayList<>();
      for (Map.Entry<String, JsonNode> type : Json.MAPPER.readTree(json).properties()) {
        type.getValue().forEach(id -> keys.add(Event.entityKey(type.getKey(), id.asText())));
      }
      return keys;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what an event names cannot be read", e);
    }
  }

  /** The same without one of them. */
  public NamedEntities without(String entityKey) {
    List<String> keys = new ArrayList<>(keys());
    return keys.remove(entityKey) ? of(keys) : this;
  }

  @Override
  public String toString() {
    return "NamedEntities[" + (json == null ? "none" : json.length() + " characters") + "]";
  }
}
