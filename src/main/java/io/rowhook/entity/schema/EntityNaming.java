package io.rowhook.entity.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which other entities an entity's rows name. Immutable.
 *
 * @param root by its root row
 * @param parts by the rows of its parts, by their paths
 * @param isNamed whether rows of others can name it
 * @param unknown entities that its rows name by other columns than they are known by, which an
 *     event does not tell
 */
public record EntityNaming(
    List<EntityReference> root,
    Map<String, List<EntityReference>> parts,
    boolean isNamed,
    Set<String> unknown) {

  public EntityNaming {
    root = List.copyOf(root);
    parts = Map.copyOf(parts);
    unknown = Set.copyOf(unknown);
  }

  /** The entities that its rows can name. */
  public Set<String> entityTypes() {
    return Stream.concat(root.stream(), parts.values().stream().flatMap(List::stream))
        .map(EntityReference::entityType)
        .collect(Collectors.toSet());
  }

  /** Adds the keys of the entities that a root row names; null: there is no such row. */
  public void ofRoot(@Nullable ObjectNode row, Collection<String> entityKeys) {
    if (row != null) {
      add(root, row, entityKeys);
    }
  }

  /** Adds the keys of the entities that a row of a part names. */
  public void ofPart(EntitySchema.Node part, ObjectNode row, Collection<String> entityKeys) {
    add(parts.getOrDefault(part.path(), List.of()), row, entityKeys);
  }

  private static void add(
      List<EntityReference> references, ObjectNode row, Collection<String> entityKeys) {
    for (EntityReference reference : references) {
      reference.named(row).ifPresent(entityKeys::add);
    }
  }
}
