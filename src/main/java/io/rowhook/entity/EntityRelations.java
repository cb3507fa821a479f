package io.rowhook.entity;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.schema.EntitySchema;
import io.rowhook.entity.schema.EntitySchemas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which entities name which others, as their events tell it ({@link NamedEntities}). Immutable.
 *
 * @param byEntity of each by its name
 */
public record EntityRelations(Map<String, Relation> byEntity) {

  /**
   * Of one entity.
   *
   * @param id the columns that it is known by
   * @param named what its rows can name
   * @param unknown what its rows name by other columns than it is known by, which no event tells
   */
  public record Relation(List<String> id, Set<String> named, Set<String> unknown) {

    public Relation {
      id = List.copyOf(id);
      named = Set.copyOf(named);
      unknown = Set.copyOf(unknown);
    }
  }

  public EntityRelations {
    byEntity = Map.copyOf(byEntity);
  }

  /** Empty where a table that is to be captured is not among those that are known. */
  public static Optional<EntityRelations> of(List<EntityType> types, List<TableMetadata> tables) {
    Set<TableId> known = tables.stream().map(TableMetadata::table).collect(Collectors.toSet());
    if (!CapturePlan.of(types).stream().allMatch(table -> known.contains(table.table()))) {
      return Optional.empty();
    }
    Map<String, Relation> byEntity = new HashMap<>();
    for (EntitySchema schema : new EntitySchemas(types, tables).byName().values()) {
      byEntity.put(
          schema.name(),
          new Relation(schema.id(), schema.naming().entityTypes(), schema.naming().unknown()));
    }
    return Optional.of(new EntityRelations(byEntity));
  }
}
