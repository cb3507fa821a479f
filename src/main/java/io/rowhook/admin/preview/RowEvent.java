package io.rowhook.admin.preview;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.rowhook.base.DidYouMean;
import io.rowhook.base.Json;
import io.rowhook.capture.AnyRow;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.RowLookup;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntitySnapshot;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.JournalEntry;
import io.rowhook.settings.Settings;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An event about a row as it is in the source at this moment, as if it had just been created: for a
 * preview of an entity that nothing has happened to yet.
 */
public final class RowEvent {

  private RowEvent() {}

  /**
   * Reads it.
   *
   * @param asked {@code Article:7}; an id of several columns as {@code Article:{"a":1,"b":2}}
   * @throws IllegalStateException if there is no such entity or row, in words
   */
  public static JournalEntry read(Settings settings, String asked) throws IOException {
    String[] parts = asked.split(":", 2);
    if (parts.length < 2 || parts[1].isBlank()) {
      throw new IllegalStateException("which row? Write --row Article:7");
    }
    EntityType type = type(settings, parts[0]);
    JsonNode id = id(parts[1]);
    ArrayNode key = Json.MAPPER.createArrayNode();
    if (id.isObject()) {
      (type.id().isEmpty() ? List.<JsonNode>of() : type.id().stream().map(id::path).toList())
          .forEach(key::add);
      if (key.isEmpty()) {
        id.forEach(key::add); // in the order of the primary key, as written
      }
    } else {
      key.add(id);
    }
    SourceConfig source =
        SourceConfig.of(settings.source().values(), settings.source().file().toString());
    List<TableMetadata> tables =
        SourceValidator.tables(source, CapturePlan.of(List.of(type))).tables();
    return read(source, type, tables, id, key);
  }

  /**
   * Reads any row of an entity that need not be captured yet.
   *
   * @throws IllegalStateException if there is none, in words
   * @throws io.rowhook.capture.SourceException if its tables cannot be read, with what mends it
   */
  public static JournalEntry any(SourceConfig source, EntityType type) {
    SourceValidator.Checked checked =
        SourceValidator.lookAtTables(source, CapturePlan.of(List.of(type)));
    List<String> unreadable = new ArrayList<>(checked.problems());
    checked.tableProblems().stream()
        .filter(problem -> !problem.suspends() || checked.tables().isEmpty())
        .forEach(problem -> unreadable.add(problem.text()));
    if (!unreadable.isEmpty()) {
      throw SourceException.of(unreadable);
    }
    RowLookup.Query query = EntitySnapshot.root(type, checked.tables());
    ArrayNode key =
        AnyRow.key(source, type.table(), query.key(), type.attributes(), type.condition())
            .orElseThrow(
                () -> new IllegalStateException("table " + type.table() + " has no row to show"));
    JsonNode id = key.get(0);
    if (key.size() > 1) {
      ObjectNode all = Json.MAPPER.createObjectNode();
      for (int i = 0; i < key.size(); i++) {
        all.set(query.key().get(i), key.get(i));
      }
      id = all;
    }
    return read(source, type, checked.tables(), id, key);
  }

  private static JournalEntry read(
      SourceConfig source,
      EntityType type,
      List<TableMetadata> tables,
      JsonNode id,
      ArrayNode key) {
    RowLookup.Query query = EntitySnapshot.root(type, tables);
    try (JdbcRowLookup rows = new JdbcRowLookup(source)) {
      RowLookup.Rows all =
          rows.read(
              Set.of(),
              true,
              snapshot -> read(snapshot.rows(query, List.of(RowKey.parse(key.toString())))));
      Map<RowKey, List<ObjectNode>> found = all.found();
      if (found.isEmpty()) {
        throw new IllegalStateException(
            "table " + type.table() + " has no row of " + type.name() + " " + text(id));
      }
      List<ObjectNode> ours = found.values().iterator().next();
      if (ours.isEmpty()) {
        throw new IllegalStateException(
            "the row of %s %s does not exist for Rowhook: %s holds for it not, which entities.yaml says by where and deleted"
                .formatted(type.name(), text(id), type.condition()));
      }
      List<String> missing = new ArrayList<>(all.withheld());
      ObjectNode data = EntitySnapshot.complete(type, tables, ours.getFirst(), rows, missing);
      return entry(type, id, data, missing);
    }
  }

  private static RowLookup.Rows read(RowLookup.Rows rows) {
    rows.unread()
        .values()
        .forEach(why -> {
          throw new IllegalStateException("the row cannot be read: " + why);
        });
    return rows;
  }

  private static EntityType type(Settings settings, String name) {
    List<String> names = settings.entities().stream().map(EntityType::name).toList();
    if (!names.contains(name)) {
      throw new IllegalStateException(
          "there is no entity '" + name + "'. " + DidYouMean.advice(name, names, "There are"));
    }
    return settings.entities().get(names.indexOf(name));
  }

  private static String text(JsonNode id) {
    return id.isValueNode() ? id.asText() : Json.text(id);
  }

  private static JsonNode id(String text) throws IOException {
    boolean json = text.startsWith("{") || text.matches("-?\\d{1,100}");
    return json ? Json.MAPPER.readTree(text) : TextNode.valueOf(text);
  }

  private static JournalEntry entry(
      EntityType type, JsonNode id, ObjectNode data, List<String> missing) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", "evt_preview")
        .put("type", type.name().toLowerCase(java.util.Locale.ROOT) + ".created")
        .put("timestamp", Instant.now().toString())
        .put("entityType", type.name());
    json.set("entityId", id);
    json.put("event", "Created");
    json.set("data", data);
    json.putObject("previous");
    json.putArray("changed");
    json.putObject("source").put("table", type.table().toString());
    if (!missing.isEmpty()) {
      missing.forEach(json.putArray("unavailable")::add);
    }
    return new JournalEntry(0, EventFile.event("the row", json));
  }
}
