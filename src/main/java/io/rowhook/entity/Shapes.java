package io.rowhook.entity;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
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
final class Shapes {

  /**
   * What a {@link NetChange#entityType} names.
   *
   * @param part null: the entity's root row
   */
  record Named(Shape shape, Shape.@Nullable Node part) {

    /** Whether more than the log is needed for it. */
    boolean isRead() {
      return shape.isRead() || role().condition() != null;
    }

    RowRole role() {
      return part == null ? shape.role() : part.role();
    }

    /** Whether it is an entity that consists of this one row. */
    boolean isAlone() {
      return part == null && !shape.hasParts();
    }
  }

  private final Map<String, Shape> byName = new LinkedHashMap<>();
  private final Map<String, Named> byPath = new HashMap<>();

  Shapes(List<EntityType> types, List<TableMetadata> facts) {
    Map<TableId, TableMetadata> tables =
        facts.stream().collect(Collectors.toMap(TableMetadata::table, Function.identity()));
    Set<TableId> shared = shared(types);
    for (EntityType type : types) {
      Shape shape = new Shape(type, tables, shared);
      byName.put(shape.name(), shape);
      byPath.put(shape.name(), new Named(shape, null));
      shape.parts().forEach(part -> byPath.put(part.path(), new Named(shape, part)));
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

  private static Stream<TableId> tables(List<Part> parts) {
    return parts.stream()
        .flatMap(part -> Stream.concat(Stream.of(part.table()), tables(part.parts())));
  }

  Map<String, Shape> byName() {
    return byName;
  }

  Named named(String path) {
    Named named = byPath.get(path);
    if (named == null) {
      throw new IllegalStateException("a change of something that is no entity: " + path);
    }
    return named;
  }
}
