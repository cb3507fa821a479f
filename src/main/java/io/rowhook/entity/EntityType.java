package io.rowhook.entity;

import io.rowhook.capture.TableId;
import java.util.List;

/**
 * A kind of business object and the table that its rows stand in.
 *
 * @param name in the singular: {@code Article}
 * @param table its root table
 * @param id the columns that recipients know it by; empty: the table's primary key
 * @param excluded columns that are not captured: not journaled, not in templates; changes to these
 *     alone make no event
 */
public record EntityType(String name, TableId table, List<String> id, List<String> excluded) {

  public EntityType {
    id = List.copyOf(id);
    excluded = List.copyOf(excluded);
  }
}
