package io.rowhook.entity;

import io.rowhook.capture.TableId;
import java.util.List;

/**
 * Rows that belong to an entity, or to another part of it: a change to one is an Updated of the
 * entity, whose data carries all of them under this name, as a list.
 *
 * @param name the attribute that they are under: {@code lines}
 * @param table theirs
 * @param key the columns that name the row they belong to, by its primary key and in its order
 * @param orderBy the columns that they are ordered by, before their own primary key
 * @param excluded columns that are not captured
 * @param parts rows that belong to them; these have no parts of their own
 * @param references rows that they name
 */
public record Part(
    String name,
    TableId table,
    List<String> key,
    List<String> orderBy,
    List<String> excluded,
    List<Part> parts,
    List<Reference> references) {

  public Part {
    key = List.copyOf(key);
    orderBy = List.copyOf(orderBy);
    excluded = List.copyOf(excluded);
    parts = List.copyOf(parts);
    references = List.copyOf(references);
  }
}
