package io.rowhook.entity;

import java.util.List;

/**
 * The columns that tell an entity's row from others.
 *
 * @param id those that recipients know it by
 * @param primaryKey those of its table's primary key
 */
public record EntityKeys(List<String> id, List<String> primaryKey) {

  public EntityKeys {
    id = List.copyOf(id);
    primaryKey = List.copyOf(primaryKey);
  }

  /** As far as settings say it: an empty list is the primary key, whatever that is. */
  public static EntityKeys of(EntityType type) {
    return new EntityKeys(type.id(), List.of());
  }
}
