package io.rowhook.entity.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.RowChange;
import io.rowhook.capture.RowKey;
import io.rowhook.capture.TableId;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import io.rowhook.entity.schema.TableRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a row change into what it does to the rows that entities are made of: the first step of
 * this room. Pure; any thread.
 *
 * <p>A change of the id is two: the old one is gone, the new one is there.
 */
public final class RowChangeMapper {

  /** A row that no entity can be told from. The message names the rule, and no values. */
  public static final class UnmappableException extends Exception {
    private static final long serialVersionUID = 1;

    UnmappableException(String message) {
      super(message);
    }
  }

  /**
   * What a table's rows are.
   *
   * @param path of the entity, or of its part
   * @param part whether of a part
   * @param id the columns they are told by; empty: the primary key
   * @param parentKey the columns that say what one of a part belongs to
   * @param columns those that are let through; null: all
   */
  private record Role(
      String path,
      boolean part,
      List<String> id,
      List<String> parentKey,
      @Nullable Set<String> columns) {}

  private static final JsonNode ZERO = DoubleNode.valueOf(0);

  private final Map<TableId, List<Role>> byTable = new HashMap<>();

  public RowChangeMapper(EntitySchemas schemas) {
    for (EntitySchema schema : schemas.byName().values()) {
      EntityType type = schema.type();
      add(type.table(), new Role(type.name(), false, type.id(), List.of(), columns(schema.role())));
      for (EntitySchema.Node node : schema.parts()) {
        add(
            node.part().table(),
            new Role(node.path(), true, List.of(), node.part().key(), columns(node.role())));
      }
    }
  }

  private static @Nullable Set<String> columns(TableRole role) {
    return role.filtered() ? Set.copyOf(role.columns()) : null;
  }

  private void add(TableId table, Role role) {
    byTable.computeIfAbsent(table, _ -> new ArrayList<>(1)).add(role);
  }

  public List<NetChange> map(RowChange row) throws UnmappableException {
    List<Role> roles = byTable.get(row.table());
    if (roles == null) {
      // Tables and entities are of one generation, so this cannot be; and if it were, an engine
      // that
      // begins anew loses nothing.
      throw new IllegalStateException("no entity is made of the captured table " + row.table());
    }
    if (roles.size() == 1) {
      return map(roles.getFirst(), only(roles.getFirst().columns(), row));
    }
    List<NetChange> changes = new ArrayList<>();
    for (Role role : roles) {
      changes.addAll(map(role, only(role.columns(), row)));
    }
    return changes;
  }

  /** Capture leaves out only what no role of a table wants. */
  private static RowChange only(@Nullable Set<String> columns, RowChange row) {
    if (columns == null) {
      return row;
    }
    return new RowChange(
        row.table(),
        row.operation(),
        row.key(),
        only(columns, row.before()),
        only(columns, row.after()),
        row.unavailable().stream().filter(columns::contains).toList(),
        row.weight());
  }

  private static @Nullable ObjectNode only(Set<String> columns, @Nullable ObjectNode image) {
    if (image == null) {
      return null;
    }
    ObjectNode wanted = Json.MAPPER.createObjectNode();
    for (var column : image.properties()) {
      if (columns.contains(column.getKey())) {
        wanted.set(column.getKey(), column.getValue()); // shared and never changed
      }
    }
    return wanted;
  }

  private static List<NetChange> map(Role role, RowChange row) throws UnmappableException {
    parentIsTold(role, row.before());
    parentIsTold(role, row.after());
    return switch (row.operation()) {
      case INSERT ->
          List.of(change(role, row, present(row.after(), row), false, null, row.after()));
      case DELETE ->
          List.of(change(role, row, present(row.before(), row), true, row.before(), null));
      case UPDATE -> update(role, row, present(row.after(), row));
    };
  }

  /** A row whose key is null belongs to nothing; of one that lacks it nobody knows. */
  private static void parentIsTold(Role role, @Nullable ObjectNode image)
      throws UnmappableException {
    for (String column : role.parentKey()) {
      if (image != null && !image.has(column)) {
        throw new UnmappableException(
            "column "
                + column
                + ", which says what a row of "
                + role.path()
                + " belongs to, is not in the row that was logged; it must be in the table's"
                + " REPLICA IDENTITY, under the name that entities.yaml has");
      }
    }
  }

  private static List<NetChange> update(Role role, RowChange row, ObjectNode after)
      throws UnmappableException {
    ObjectNode before = row.before();
    NetChange updated = change(role, row, after, true, before, after);
    if (before == null) {
      return List.of(updated);
    }
    NetChange gone = change(role, row, before, true, before, null);
    if (gone.entityId().equals(updated.entityId())) { // 1.0 and 1.00 are two to recipients
      return List.of(updated);
    }
    return List.of(gone, change(role, row, after, false, null, after));
  }

  private static ObjectNode present(@Nullable ObjectNode image, RowChange row)
      throws UnmappableException {
    if (image == null) {
      throw new UnmappableException("the " + row.operation() + " came without its row");
    }
    return image;
  }

  private static NetChange change(
      Role role,
      RowChange row,
      ObjectNode identified,
      boolean existed,
      @Nullable ObjectNode before,
      @Nullable ObjectNode after)
      throws UnmappableException {
    List<String> columns = role.id().isEmpty() ? keyColumns(row) : role.id();
    JsonNode id = id(columns, identified);
    String text = role.part() ? RowKey.of(identified, columns).orElseThrow().text() : idText(id);
    List<String> unavailable = after == null ? List.of() : row.unavailable();
    return new NetChange(role.path(), text, id, existed, before, after, unavailable, row.weight());
  }

  private static List<String> keyColumns(RowChange row) {
    List<String> columns = new ArrayList<>(row.key().size());
    row.key().fieldNames().forEachRemaining(columns::add);
    return columns;
  }

  /** An id as recipients get it: the value of a single column, or an object of several. */
  public static JsonNode id(List<String> columns, ObjectNode image) throws UnmappableException {
    if (columns.isEmpty()) {
      throw new UnmappableException(
          "the table has no primary key, and entities.yaml names no id for it");
    }
    if (columns.size() == 1) {
      return idColumn(columns.getFirst(), image);
    }
    ObjectNode id = Json.MAPPER.createObjectNode();
    for (String column : columns) {
      id.set(column, idColumn(column, image));
    }
    return id;
  }

  private static JsonNode idColumn(String column, ObjectNode image) throws UnmappableException {
    JsonNode value = image.get(column);
    if (value == null) {
      throw new UnmappableException(
          "the id's column "
              + column
              + " is not in the row that was logged; it must be in the table's REPLICA IDENTITY");
    }
    if (value.isNull()) {
      throw new UnmappableException(
          "the id's column "
              + column
              + " is null, or null as JSON has it, by which nothing can be known");
    }
    return value.isDouble() && value.doubleValue() == 0 ? ZERO : value; // -0 is the same number
  }

  /** The value of a single column as text; of several, their JSON object. */
  public static String idText(JsonNode id) {
    return id.isTextual() ? id.textValue() : Json.text(id);
  }
}
