package io.rowhook.entity;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.TableId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which names an entity's events can have, by the settings and the source's catalog: so what is
 * read of them can be judged before the first one. Immutable.
 *
 * @param names what stands in it, by name
 * @param open whether anything may stand in it: JSON, or what is not known
 * @param list whether it is a list of such
 */
public record EntityShape(Map<String, EntityShape> names, boolean open, boolean list) {

  /** Types whose values have nothing inside. */
  private static final Set<String> SINGLE =
      Set.of(
          "smallint",
          "integer",
          "bigint",
          "numeric",
          "real",
          "double precision",
          "text",
          "character varying",
          "character",
          "boolean",
          "date",
          "timestamp without time zone",
          "timestamp with time zone",
          "uuid");

  private static final EntityShape VALUE = new EntityShape(Map.of(), false, false);
  private static final EntityShape ANYTHING = new EntityShape(Map.of(), true, false);

  public EntityShape {
    names = Map.copyOf(names);
  }

  /** A name that leads nowhere. */
  public record Missing(List<String> parent, String name, Set<String> known) {}

  /**
   * The shape of an entity's events.
   *
   * @param columns the types of the columns that are read of each table, by name; a table that is
   *     missing or empty is not known
   */
  public static EntityShape of(EntityType type, Map<TableId, Map<String, String>> columns) {
    EntityShape data =
        row(type.table(), type.attributes(), type.parts(), type.references(), columns);
    Map<String, EntityShape> event = new TreeMap<>();
    for (String name : List.of("id", "type", "timestamp", "entityType", "event", "readAt")) {
      event.put(name, VALUE);
    }
    for (String name : List.of("entityId", "source", "changed", "unavailable", "read", "context")) {
      event.put(name, ANYTHING);
    }
    event.put("data", data);
    event.put("previous", data);
    return new EntityShape(event, false, false);
  }

  private static EntityShape row(
      TableId table,
      ColumnFilter shown,
      List<ChildTable> parts,
      List<LookupReference> references,
      Map<TableId, Map<String, String>> columns) {
    Map<String, String> types = columns.getOrDefault(table, Map.of());
    if (types.isEmpty()) {
      return ANYTHING;
    }
    Map<String, EntityShape> names = new TreeMap<>();
    types.forEach((name, type) -> {
      if (shown.test(name)) {
        names.put(name, SINGLE.contains(type) ? VALUE : ANYTHING);
      }
    });
    for (LookupReference one : references) {
      names.put(
          one.name(), row(one.table(), one.attributes(), List.of(), one.references(), columns));
    }
    for (ChildTable part : parts) {
      EntityShape its =
          row(part.table(), part.attributes(), part.parts(), part.references(), columns);
      names.put(part.name(), new EntityShape(its.names(), its.open(), true));
    }
    return new EntityShape(names, false, false);
  }

  /**
   * The first name of a path that leads nowhere; empty: the whole path can be there.
   *
   * @param element what stands in the path for an element of a list
   */
  public Optional<Missing> missing(List<String> path, String element) {
    EntityShape at = this;
    for (int i = 0; i < path.size(); i++) {
      String name = path.get(i);
      if (at.open) {
        return Optional.empty();
      }
      if (name.equals(element)) {
        if (!at.list) {
          return Optional.empty(); // the pairs of an object
        }
        at = new EntityShape(at.names, false, false);
        continue;
      }
      EntityShape next = at.list ? null : at.names.get(name);
      if (next == null) {
        return Optional.of(new Missing(path.subList(0, i), name, at.names.keySet()));
      }
      at = next;
    }
    return Optional.empty();
  }
}
