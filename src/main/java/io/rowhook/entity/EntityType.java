package io.rowhook.entity;

import io.rowhook.capture.TableId;
import java.util.List;

/**
 * A kind of business object and the tables that its rows stand in.
 *
 * @param name in the singular: {@code Article}
 * @param table its root table
 * @param id the columns that recipients know it by; empty: the table's primary key
 * @param excluded columns that are not captured: not journaled, not in templates; changes to these
 *     alone make no event
 * @param parts rows of other tables that belong to it
 * @param references rows of other tables that it names
 */
public record EntityType(
    String name,
    TableId table,
    List<String> id,
    List<String> excluded,
    List<Part> parts,
    List<Reference> references) {

  public EntityType {
    id = List.copyOf(id);
    excluded = List.copyOf(excluded);
    parts = List.copyOf(parts);
    references = List.copyOf(references);
  }

  /** One that is a row of one table, and nothing else. */
  public EntityType(String name, TableId table, List<String> id, List<String> excluded) {
    this(name, table, id, excluded, List.of(), List.of());
  }
}
