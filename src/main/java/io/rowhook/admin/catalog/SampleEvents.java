package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.preview.EventFile;
import io.rowhook.base.Json;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.LookupReference;
import io.rowhook.recipient.Subscription;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Events of an entity, drawn by its columns' types as a subscription would want them. Pure. */
final class SampleEvents implements SubscribedEvents {

  private final EventSchemas schemas;
  private final EntityType type;
  private final Subscription subscription;

  SampleEvents(EventSchemas schemas, EntityType type, Subscription subscription) {
    this.schemas = schemas;
    this.type = type;
    this.subscription = subscription;
  }

  @Override
  public String entity() {
    return type.name();
  }

  @Override
  public ObjectNode full(Collection<EventType> events, Optional<String> topic) {
    return schemas.full(type, events, topic);
  }

  @Override
  public ObjectNode notification(Collection<EventType> events) {
    return EventSchemas.notification(type.name(), events, schemas.idSchema(type));
  }

  @Override
  public Event draw(EventType kind, int variant) {
    SourceCatalog.Table table = schemas.table(type.table());
    ObjectNode id = id(table);
    ObjectNode after = row(table, type.attributes(), variant, id);
    subscription.becomes().forEach((name, values) -> become(table, after, name, values));
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", "evt_019e5a3c7d1bcb1f7c3a5e9d2b4f6a%02x".formatted(variant));
    json.put("type", Event.topic(type.name(), kind));
    json.put("timestamp", "2026-05-24T13:20:44.123456Z");
    json.put("entityType", type.name());
    json.set("entityId", id.size() == 1 ? id.elements().next() : id);
    json.put("event", kind.name());
    boolean keyOnly = kind == EventType.Deleted && !table.full();
    json.set("data", keyOnly ? id : after);
    if (!keyOnly) {
      references(after, type.references(), variant);
      lists(after, type.parts(), id, variant);
    }
    previous(json, kind, table, after, variant);
    ObjectNode source = json.putObject("source");
    source.put("lsn", "0/16B3748").put("txId", 771).put("table", type.table().toString());
    return EventFile.event(type.name(), json);
  }

  private void previous(
      ObjectNode json, EventType kind, SourceCatalog.Table table, ObjectNode after, int variant) {
    if (kind == EventType.Created || kind == EventType.Snapshot) {
      json.putObject("previous");
      json.putArray("changed");
    } else if (!table.full()) {
      json.putNull("previous");
      json.putNull("changed");
    } else {
      ObjectNode previous = json.putObject("previous");
      ArrayNode changed = json.putArray("changed");
      List<String> key = schemas.id(type);
      Set<String> primary = Set.copyOf(table.primaryKey());
      for (SourceCatalog.Column column : table.columns()) {
        JsonNode now = after.get(column.name());
        JsonNode old = ColumnSchema.example(column, variant + 1);
        boolean differs = now != null && now.isValueNode() && !now.equals(old);
        if (kind == EventType.Updated
            && differs
            && !primary.contains(column.name())
            && !key.contains(column.name())) {
          previous.set(column.name(), old);
          changed.add(column.name());
        }
      }
    }
  }

  /** The same for all variants; as the subscription has it, if it is about one entity. */
  private ObjectNode id(SourceCatalog.Table table) {
    ObjectNode id = Json.MAPPER.createObjectNode();
    List<String> columns = schemas.id(type);
    for (String column : columns) {
      JsonNode value = ColumnSchema.example(table.column(column), 0);
      boolean asked = subscription.id().isPresent() && columns.size() == 1;
      id.set(column, asked ? typed(value, subscription.id().orElseThrow()) : value);
    }
    return id;
  }

  private static ObjectNode row(
      SourceCatalog.Table table, ColumnFilter shown, int variant, @Nullable ObjectNode id) {
    ObjectNode row = Json.MAPPER.createObjectNode();
    for (SourceCatalog.Column column : table.columns()) {
      if (!column.generated() && shown.test(column.name())) {
        boolean key = table.primaryKey().contains(column.name());
        JsonNode fixed = id == null ? null : id.get(column.name());
        JsonNode drawn = ColumnSchema.example(column, key && id != null ? 0 : variant);
        row.set(column.name(), fixed == null ? drawn : fixed);
      }
    }
    return row;
  }

  private static void become(
      SourceCatalog.Table table, ObjectNode row, String name, Set<String> values) {
    boolean known = table.columns().stream().anyMatch(column -> column.name().equals(name));
    String value = values.stream().sorted().findFirst().orElse("");
    if (known) {
      row.set(name, typed(ColumnSchema.example(table.column(name), 0), value));
    }
  }

  private static JsonNode typed(JsonNode like, String text) {
    if (like.isNumber() && text.matches("-?\\d+(\\.\\d+)?")) {
      BigDecimal number = new BigDecimal(text);
      return number.scale() <= 0
          ? Json.MAPPER.getNodeFactory().numberNode(number.toBigInteger())
          : Json.MAPPER.getNodeFactory().numberNode(number);
    }
    if (like.isBoolean()) {
      return Json.MAPPER.getNodeFactory().booleanNode(Boolean.parseBoolean(text));
    }
    return Json.MAPPER.getNodeFactory().textNode(text);
  }

  private void references(ObjectNode row, List<LookupReference> references, int variant) {
    for (LookupReference reference : references) {
      SourceCatalog.Table table = schemas.table(reference.table());
      ObjectNode named = row(table, reference.attributes(), variant, null);
      references(named, reference.references(), variant);
      row.set(reference.name(), named);
    }
  }

  private void lists(ObjectNode row, List<ChildTable> parts, ObjectNode above, int variant) {
    for (ChildTable part : parts) {
      SourceCatalog.Table table = schemas.table(part.table());
      ObjectNode one = row(table, part.attributes(), variant, null);
      if (part.key().size() == 1 && above.size() == 1 && one.has(part.key().getFirst())) {
        one.set(part.key().getFirst(), above.elements().next());
      }
      references(one, part.references(), variant);
      lists(one, part.parts(), key(table, one), variant);
      row.putArray(part.name()).add(one);
    }
  }

  private static ObjectNode key(SourceCatalog.Table table, ObjectNode row) {
    ObjectNode key = Json.MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> one : row.properties()) {
      if (table.primaryKey().contains(one.getKey())) {
        key.set(one.getKey(), one.getValue());
      }
    }
    return key;
  }
}
