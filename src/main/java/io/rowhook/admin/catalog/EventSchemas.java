package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.LookupReference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * JSON Schemas of events as the built-in sets send them and templates see them: exactly what the
 * settings show of the source's columns. Without references, so that each stands for itself. Pure.
 */
final class EventSchemas {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<TableId, SourceCatalog.Table> tables;

  EventSchemas(SourceCatalog catalog) {
    this.tables = catalog.byName();
  }

  /** A table of the settings, which must be there. */
  SourceCatalog.Table table(TableId id) {
    SourceCatalog.Table table = tables.get(id);
    if (table == null) {
      throw new IllegalStateException(
          "the source has no table "
              + id
              + ", or it is of an extension: rowhook check says what to do");
    }
    return table;
  }

  /** The columns that recipients know an entity by. */
  List<String> id(EntityType type) {
    return type.id().isEmpty() ? table(type.table()).key() : type.id();
  }

  /** Of an entity's id. */
  ObjectNode idSchema(EntityType type) {
    SourceCatalog.Table table = table(type.table());
    List<String> id = id(type);
    if (id.size() == 1) {
      return keyColumn(table, id.getFirst());
    }
    ObjectNode schema = object();
    for (String column : id) {
      properties(schema).set(column, keyColumn(table, column));
      ((ArrayNode) schema.get("required")).add(column);
    }
    return schema;
  }

  /** A row that has no key makes no event. */
  private static ObjectNode keyColumn(SourceCatalog.Table table, String column) {
    SourceCatalog.Column its = table.column(column);
    return ColumnSchema.of(
        new SourceCatalog.Column(
            its.name(), its.type(), its.kind(), true, false, false, its.values()));
  }

  /** The event whole, as {@code full} sends it. */
  ObjectNode full(EntityType type, Collection<EventType> events, Optional<String> topic) {
    ObjectNode data = data(type);
    ObjectNode previous = data.deepCopy();
    previous.remove("required");
    properties(previous).properties().forEach(one -> widen(previous, one));
    previous.put(
        "description", "old values of what has changed; null: the source does not log them");
    ObjectNode changed = ColumnSchema.orNull(names());
    ObjectNode schema =
        event(
            type.name(),
            events,
            topic,
            idSchema(type),
            data,
            ColumnSchema.orNull(previous),
            changed,
            List.of("source"));
    ObjectNode properties = properties(schema);
    properties.set("context", NODES.objectNode().put("type", "object"));
    ObjectNode source = object();
    properties(source)
        .<ObjectNode>set("lsn", text())
        .set("txId", NODES.objectNode().put("type", "integer"));
    properties(source).set("table", values(Stream.of(type.table().toString())));
    source.put("additionalProperties", true);
    properties.set("source", source);
    properties.set("unavailable", names());
    properties.set("read", names());
    properties.set("readAt", time());
    return schema;
  }

  /**
   * What is in all events.
   *
   * @param more what else is required
   */
  static ObjectNode event(
      String entity,
      Collection<EventType> events,
      Optional<String> topic,
      ObjectNode id,
      ObjectNode data,
      ObjectNode previous,
      ObjectNode changed,
      List<String> more) {
    ObjectNode schema = object();
    ObjectNode properties = properties(schema);
    properties.set("id", text().put("pattern", "^evt_[0-9a-f]{32}$"));
    properties.set(
        "type",
        values(events.stream().map(event -> topic.orElseGet(() -> Event.topic(entity, event)))));
    properties.set("timestamp", time());
    properties.set("entityType", values(Stream.of(entity)));
    properties.set("entityId", id);
    properties.set("event", values(events.stream().map(EventType::name)));
    properties.set("data", data);
    properties.set("previous", previous);
    properties.set("changed", changed);
    requireAll(schema);
    more.forEach(((ArrayNode) schema.get("required"))::add);
    return schema;
  }

  /** An old value may be unknown where the new one is not null. */
  private static void widen(ObjectNode previous, Map.Entry<String, JsonNode> property) {
    properties(previous)
        .set(property.getKey(), ColumnSchema.orNull((ObjectNode) property.getValue()));
  }

  /** As {@code notify} sends it. */
  static ObjectNode notification(String entity, Collection<EventType> events, ObjectNode id) {
    ObjectNode schema = object();
    properties(schema)
        .<ObjectNode>set("EntityType", values(Stream.of(entity)))
        .<ObjectNode>set("EntityId", id)
        .set("EntityEvent", values(events.stream().map(EventType::name)));
    requireAll(schema);
    return schema;
  }

  /** What is always there is required: all of a row that the log has whole, else its key. */
  private ObjectNode data(EntityType type) {
    SourceCatalog.Table table = table(type.table());
    ObjectNode schema = row(table, type.attributes());
    boolean whole = table.full() && type.parts().isEmpty();
    List<String> id = id(type);
    ArrayNode required = (ArrayNode) schema.get("required");
    schema
        .get("properties")
        .fieldNames()
        .forEachRemaining(name -> {
          if (whole || id.contains(name)) {
            required.add(name);
          }
        });
    embed(schema, type.references());
    lists(schema, type.parts());
    return schema;
  }

  /** Those of its columns that are shown; none is required. */
  private static ObjectNode row(SourceCatalog.Table table, ColumnFilter shown) {
    ObjectNode schema = object();
    for (SourceCatalog.Column column : table.columns()) {
      if (!column.generated() && shown.test(column.name())) {
        properties(schema).set(column.name(), ColumnSchema.of(column));
      }
    }
    return schema;
  }

  private void embed(ObjectNode schema, List<LookupReference> references) {
    for (LookupReference reference : references) {
      SourceCatalog.Table table = table(reference.table());
      ObjectNode named = object();
      for (SourceCatalog.Column column : table.columns()) {
        if (reference.attributes().test(column.name())) {
          properties(named).set(column.name(), ColumnSchema.of(column));
        }
      }
      embed(named, reference.references());
      properties(schema).set(reference.name(), ColumnSchema.orNull(named));
      ArrayNode required = (ArrayNode) schema.get("required");
      for (int i = required.size() - 1; i >= 0; i--) {
        if (required.get(i).asText().equals(reference.name())) {
          required.remove(i); // it takes the place of a column, and may be unavailable
        }
      }
    }
  }

  private void lists(ObjectNode schema, List<ChildTable> parts) {
    for (ChildTable part : parts) {
      ObjectNode item = row(table(part.table()), part.attributes());
      embed(item, part.references());
      lists(item, part.parts());
      ObjectNode list = NODES.objectNode().put("type", "array");
      list.set("items", item);
      properties(schema).set(part.name(), list);
    }
  }

  static ObjectNode object() {
    ObjectNode schema = NODES.objectNode().put("type", "object");
    schema.putObject("properties");
    schema.putArray("required");
    return schema.put("additionalProperties", false);
  }

  static ObjectNode properties(ObjectNode schema) {
    return (ObjectNode) schema.get("properties");
  }

  /** All that it has by now. */
  static void requireAll(ObjectNode schema) {
    properties(schema).fieldNames().forEachRemaining(((ArrayNode) schema.get("required"))::add);
  }

  static ObjectNode text() {
    return NODES.objectNode().put("type", "string");
  }

  static ObjectNode time() {
    return text().put("format", "date-time");
  }

  static ObjectNode names() {
    ObjectNode schema = NODES.objectNode().put("type", "array");
    schema.set("items", text());
    return schema;
  }

  static ObjectNode values(Stream<String> names) {
    List<String> different = names.distinct().sorted().toList();
    if (different.size() == 1) {
      return NODES.objectNode().put("const", different.getFirst());
    }
    ObjectNode schema = NODES.objectNode();
    different.forEach(schema.putArray("enum")::add);
    return schema;
  }
}
