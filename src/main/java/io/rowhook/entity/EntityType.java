package io.rowhook.entity;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.TableId;
import java.util.List;

/**
 * A kind of business object and the tables that its rows stand in.
 *
 * @param name in the singular: {@code Article}
 * @param table its root table
 * @param id the columns that recipients know it by; empty: the table's primary key
 * @param attributes the columns that are shown; changes to others alone make no event
 * @param where an SQL condition; rows that it does not hold for do not exist for us; empty: none
 * @param deleted an SQL condition; rows that it holds for count as deleted; empty: none
 * @param parts rows of other tables that belong to it
 * @param references rows of other tables that it names
 * @param index columns by whose value its events are found
 */
public record EntityType(
    String name,
    TableId table,
    List<String> id,
    ColumnFilter attributes,
    String where,
    String deleted,
    List<ChildTable> parts,
    List<LookupReference> references,
    List<String> index) {

  public EntityType {
    id = List.copyOf(id);
    parts = List.copyOf(parts);
    references = List.copyOf(references);
    index = List.copyOf(index);
  }

  /** One whose events are found by its id alone. */
  public EntityType(
      String name,
      TableId table,
      List<String> id,
      ColumnFilter attributes,
      String where,
      String deleted,
      List<ChildTable> parts,
      List<LookupReference> references) {
    this(name, table, id, attributes, where, deleted, parts, references, List.of());
  }

  /** One that every row of its table is. */
  public EntityType(
      String name,
      TableId table,
      List<String> id,
      List<String> excluded,
      List<ChildTable> parts,
      List<LookupReference> references) {
    this(name, table, id, ColumnFilter.without(excluded), "", "", parts, references);
  }

  /** One that is a row of one table, and nothing else. */
  public EntityType(String name, TableId table, List<String> id, List<String> excluded) {
    this(name, table, id, excluded, List.of(), List.of());
  }

  /** The columns of its row that its parts name it by; empty: the table's primary key. */
  public List<String> key() {
    return parts.isEmpty() ? List.of() : parts.getFirst().to();
  }

  /** What holds for a row that exists for us; empty: all do. */
  public String condition() {
    if (deleted.isEmpty()) {
      return where;
    }
    String there = "(" + deleted + ") IS NOT TRUE";
    return where.isEmpty() ? there : "(" + where + ") AND " + there;
  }
}
