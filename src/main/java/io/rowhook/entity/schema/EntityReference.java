package io.rowhook.entity.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import io.rowhook.entity.LookupReference;
import java.util.List;
import java.util.Optional;

/**
 * By which columns a row names an entity. Immutable.
 *
 * @param columns the row's, in the order of {@code id}
 * @param prefix stands before the id in the one column; empty: none
 * @param entityType which entity
 * @param id the columns that it is known by
 */
record EntityReference(List<String> columns, String prefix, String entityType, List<String> id) {

  EntityReference {
    columns = List.copyOf(columns);
    id = List.copyOf(id);
  }

  /** The key of the entity that a row names; empty where it names none, or lacks the columns. */
  Optional<String> named(ObjectNode row) {
    return idOf(row).map(text -> Event.entityKey(entityType, text));
  }

  private Optional<String> idOf(ObjectNode row) {
    if (!prefix.isEmpty()) {
      return LookupReference.rest(row.get(columns.getFirst()), prefix);
    }
    ObjectNode named = Json.MAPPER.createObjectNode();
    for (int i = 0; i < columns.size(); i++) {
      JsonNode value = row.get(columns.get(i));
      if (value == null || value.isNull()) {
        return Optional.empty();
      }
      named.set(id.get(i), value);
    }
    return Optional.of(text(columns.size() == 1 ? named.get(id.getFirst()) : named));
  }

  /** As an event has its entity's id. */
  private static String text(JsonNode id) {
    return id.isTextual() ? id.textValue() : Json.text(id);
  }
}
