package io.rowhook.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.ExactJson;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns a row change into what it does to an entity: the first step of this room. Pure; any thread.
 *
 * <p>A change of the id is two: the old entity is gone, the new one is there.
 */
final class RowMapper {

  /** A row that no entity can be told from. The message names the rule, and no values. */
  static final class Unmappable extends Exception {
    private static final long serialVersionUID = 1;

    Unmappable(String message) {
      super(message);
    }
  }

  private final Map<TableId, EntityType> byTable = new HashMap<>();

  RowMapper(List<EntityType> types) {
    types.forEach(type -> byTable.put(type.table(), type));
  }

  List<NetChange> map(RowChange row) throws Unmappable {
    EntityType type = byTable.get(row.table());
    if (type == null) {
      return List.of(); // a table that has just been taken out of entities.yaml
    }
    return switch (row.operation()) {
      case INSERT ->
          List.of(change(type, row, present(row.after(), row), false, null, row.after()));
      case DELETE ->
          List.of(change(type, row, present(row.before(), row), true, row.before(), null));
      case UPDATE -> update(type, row, present(row.after(), row));
    };
  }

  private List<NetChange> update(EntityType type, RowChange row, ObjectNode after)
      throws Unmappable {
    ObjectNode before = row.before();
    NetChange updated = change(type, row, after, true, before, after);
    if (before == null) {
      return List.of(updated);
    }
    JsonNode oldId = id(type, row, before);
    if (oldId.equals(updated.id())) {
      return List.of(updated);
    }
    List<NetChange> both = new ArrayList<>(2);
    both.add(change(type, row, before, true, before, null));
    both.add(change(type, row, after, false, null, after));
    return both;
  }

  private static ObjectNode present(@Nullable ObjectNode image, RowChange row) throws Unmappable {
    if (image == null) {
      throw new Unmappable("the " + row.operation() + " came without its row");
    }
    return image;
  }

  private static NetChange change(
      EntityType type,
      RowChange row,
      ObjectNode identified,
      boolean existed,
      @Nullable ObjectNode before,
      @Nullable ObjectNode after)
      throws Unmappable {
    JsonNode id = id(type, row, identified);
    List<String> unavailable = after == null ? List.of() : row.unavailable();
    return new NetChange(
        type.name(), idText(id), id, existed, before, after, unavailable, row.weight());
  }

  private static JsonNode id(EntityType type, RowChange row, ObjectNode image) throws Unmappable {
    List<String> columns = type.id();
    if (columns.isEmpty()) {
      columns = new ArrayList<>(row.key().size());
      row.key().fieldNames().forEachRemaining(columns::add);
    }
    if (columns.isEmpty()) {
      throw new Unmappable("the table has no primary key, and entities.yaml names no id for it");
    }
    if (columns.size() == 1) {
      return idColumn(columns.getFirst(), image);
    }
    ObjectNode id = ExactJson.MAPPER.createObjectNode();
    for (String column : columns) {
      id.set(column, idColumn(column, image));
    }
    return id;
  }

  private static JsonNode idColumn(String column, ObjectNode image) throws Unmappable {
    JsonNode value = image.get(column);
    if (value == null) {
      throw new Unmappable(
          "the id's column "
              + column
              + " is not in the row that was logged; it must be in the table's REPLICA IDENTITY");
    }
    if (value.isNull()) {
      throw new Unmappable("the id's column " + column + " is null");
    }
    return value;
  }

  /** The value of a single column as text; of several, their JSON object. */
  private static String idText(JsonNode id) {
    return id.isTextual() ? id.textValue() : id.toString();
  }
}
