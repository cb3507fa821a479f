package io.rowhook.entity.schema;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.ForeignKey;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All entities as rows of others can name them, by what the settings call a reference and by the
 * source's own foreign keys. Only columns that are captured name something, and only by the columns
 * that an entity is known by: what a recipient is not told cannot be a foreign key of its own.
 */
final class EntityTargets {

  /** An entity and the columns that it is known by. */
  private record Target(String entityType, List<String> id) {}

  private final Map<TableId, TableMetadata> tables;
  private final Map<TableId, List<Target>> byRoot = new HashMap<>();
  private final Set<TableId> pointedAt = new HashSet<>();

  EntityTargets(List<EntityType> types, Map<TableId, TableMetadata> tables) {
    this.tables = tables;
    for (EntityType type : types) {
      List<String> id = type.id().isEmpty() ? primaryKey(type.table()) : type.id();
      if (!id.isEmpty()) {
        byRoot
            .computeIfAbsent(type.table(), _ -> new ArrayList<>(1))
            .add(new Target(type.name(), id));
      }
      pointedAt(type.references());
      type.parts().forEach(this::pointedAt);
    }
    tables
        .values()
        .forEach(table -> table.foreignKeys().forEach(key -> pointedAt.add(key.table())));
  }

  /** What the catalog says of all tables. */
  Map<TableId, TableMetadata> tables() {
    return tables;
  }

  private void pointedAt(ChildTable part) {
    pointedAt(part.references());
    part.parts().forEach(this::pointedAt);
  }

  private void pointedAt(List<LookupReference> references) {
    references.forEach(reference -> pointedAt.add(reference.table()));
  }

  /** What rows of an entity name. */
  EntityNaming naming(EntityType type, TableRole root, List<EntitySchema.Node> parts) {
    Map<String, List<EntityReference>> byPart = new HashMap<>();
    Set<String> unknown = new HashSet<>();
    for (EntitySchema.Node node : parts) {
      ChildTable part = node.part();
      byPart.put(
          node.path(),
          references(part.table(), node.role(), part.references(), part.key(), unknown));
    }
    return new EntityNaming(
        references(type.table(), root, type.references(), List.of(), unknown),
        byPart,
        pointedAt.contains(type.table()),
        unknown);
  }

  /**
   * @param belonging columns that say what a row belongs to, and so name nothing else
   * @param unknown is given the entities that are named by other columns than they are known by
   */
  private List<EntityReference> references(
      TableId from,
      TableRole role,
      List<LookupReference> declared,
      List<String> belonging,
      Set<String> unknown) {
    Set<EntityReference> all = new LinkedHashSet<>();
    for (LookupReference one : declared) {
      List<String> to = one.to().isEmpty() ? primaryKey(one.table()) : one.to();
      add(all, one.key(), one.prefix(), one.table(), to, unknown);
    }
    TableMetadata facts = tables.get(from);
    for (ForeignKey key : facts == null ? List.<ForeignKey>of() : facts.foreignKeys()) {
      if (role.columns().containsAll(key.columns())
          && !Set.copyOf(key.columns()).equals(Set.copyOf(belonging))) {
        add(all, key.columns(), "", key.table(), key.to(), unknown);
      }
    }
    return List.copyOf(all);
  }

  private void add(
      Set<EntityReference> all,
      List<String> columns,
      String prefix,
      TableId table,
      List<String> to,
      Set<String> unknown) {
    for (Target target : byRoot.getOrDefault(table, List.of())) {
      if (to.size() == columns.size()
          && to.size() == target.id().size()
          && to.containsAll(target.id())) {
        List<String> inOrder =
            target.id().stream().map(column -> columns.get(to.indexOf(column))).toList();
        all.add(new EntityReference(inOrder, prefix, target.entityType(), target.id()));
      } else {
        unknown.add(target.entityType());
      }
    }
  }

  private List<String> primaryKey(TableId table) {
    @Nullable TableMetadata facts = tables.get(table);
    return facts == null ? List.of() : facts.primaryKey();
  }
}
