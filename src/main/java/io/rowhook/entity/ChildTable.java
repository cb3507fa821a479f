package io.rowhook.entity;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.TableId;
import java.util.List;

/**
 * Rows that belong to an entity, or to another part of it: a change to one is an Updated of the
 * entity, whose data carries all of them under this name, as a list.
 *
 * @param name the attribute that they are under: {@code lines}
 * @param table theirs
 * @param key the columns that name the row they belong to, by {@code to} and in its order
 * @param to columns of the row that they belong to; empty: its primary key. Parts of parts have
 *     none; all parts of one entity have the same
 * @param prefix stands before the parent's key in the one column of {@code key}; a row with another
 *     one belongs to nothing; empty: none
 * @param orderBy what they are ordered by, before their own primary key
 * @param attributes the columns that are shown
 * @param where an SQL condition; rows that it does not hold for do not exist for us; empty: none
 * @param parts rows that belong to them; these have no parts of their own
 * @param references rows that they name
 */
public record ChildTable(
    String name,
    TableId table,
    List<String> key,
    List<String> to,
    String prefix,
    List<OrderBy> orderBy,
    ColumnFilter attributes,
    String where,
    List<ChildTable> parts,
    List<LookupReference> references) {

  public ChildTable {
    key = List.copyOf(key);
    to = List.copyOf(to);
    orderBy = List.copyOf(orderBy);
    parts = List.copyOf(parts);
    references = List.copyOf(references);
  }

  /** All rows of their table, by these columns. */
  public ChildTable(
      String name,
      TableId table,
      List<String> key,
      List<String> orderBy,
      List<String> excluded,
      List<ChildTable> parts,
      List<LookupReference> references) {
    this(
        name,
        table,
        key,
        List.of(),
        "",
        orderBy.stream().map(OrderBy::new).toList(),
        ColumnFilter.without(excluded),
        "",
        parts,
        references);
  }
}
