package io.rowhook.entity.schema;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.NetChange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All entities of one engine's life. Immutable. */
public final class EntitySchemas {

  /**
   * What a {@link NetChange#entityType} names.
   *
   * @param part null: the entity's root row
   */
  public record Named(EntitySchema schema, EntitySchema.@Nullable Node part) {

    /** Whether more than the log is needed for it. */
    public boolean isRead() {
      return schema.isRead() || role().condition() != null;
    }

    public TableRole role() {
      return part == null ? schema.role() : part.role();
    }

    /** Whether it is an entity that consists of this one row. */
    public boolean isAlone() {
      return part == null && !schema.hasParts();
    }
  }

  private final Map<String, EntitySchema> byName = new LinkedHashMap<>();
  private final Map<String, Named> byPath = new HashMap<>();

  public EntitySchemas(List<EntityType> types, List<TableMetadata> facts) {
    Map<TableId, TableMetadata> tables =
        facts.stream().collect(Collectors.toMap(TableMetadata::table, Function.identity()));
    Set<TableId> shared = shared(types);
    EntityTargets targets = new EntityTargets(types, tables);
    for (EntityType type : types) {
      EntitySchema schema = new EntitySchema(type, shared, targets);
      byName.put(schema.name(), schema);
      byPath.put(schema.name(), new Named(schema, null));
      schema.parts().forEach(part -> byPath.put(part.path(), new Named(schema, part)));
    }
  }

  /** The tables whose rows are parts of more than one type of entity. */
  private static Set<TableId> shared(List<EntityType> types) {
    Set<TableId> once = new HashSet<>();
    Set<TableId> shared = new HashSet<>();
    for (EntityType type : types) {
      tables(type.parts()).distinct().filter(table -> !once.add(table)).forEach(shared::add);
    }
    return shared;
  }

  private static Stream<TableId> tables(List<ChildTable> parts) {
    return parts.stream()
        .flatMap(part -> Stream.concat(Stream.of(part.table()), tables(part.parts())));
  }

  public Map<String, EntitySchema> byName() {
    return byName;
  }

  public Named named(String path) {
    Named named = byPath.get(path);
    if (named == null) {
      throw new IllegalStateException("a change of something that is no entity: " + path);
    }
    return named;
  }
}
