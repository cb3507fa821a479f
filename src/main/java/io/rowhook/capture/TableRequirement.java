package io.rowhook.capture;

import java.util.List;

/**
 * What must hold for a captured table so that its rows can be told, and joined with those of other
 * tables; looked at before capture starts.
 */
public sealed interface TableRequirement {

  /** Who asks, for messages: {@code entities.yaml: Order.contains.lines}. */
  String place();

  /**
   * Its rows are told by other columns than the primary key: these must be unique, not null, and in
   * the table's {@code REPLICA IDENTITY}.
   */
  record Id(String place, List<String> columns) implements TableRequirement {
    public Id {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Its rows belong to those of another table: the key must be in the {@code REPLICA IDENTITY}, or
   * nobody could tell what a deleted row belonged to.
   *
   * @param name the attribute of the parent's rows that they are under
   * @param key the columns that name the parent
   * @param to columns of the parent; empty: its primary key
   * @param prefix stands before the parent's key in the one column of {@code key}; empty: none
   * @param orderBy must exist
   */
  record Part(
      String place,
      String name,
      List<String> key,
      List<String> to,
      String prefix,
      TableId parent,
      List<String> orderBy)
      implements TableRequirement {
    public Part {
      key = List.copyOf(key);
      to = List.copyOf(to);
      orderBy = List.copyOf(orderBy);
    }

    /** By the plain value of the parent's key. */
    public Part(String place, String name, List<String> key, TableId parent, List<String> orderBy) {
      this(place, name, key, List.of(), "", parent, orderBy);
    }
  }

  /**
   * Columns that are named, and so must be there.
   *
   * @param excluded whether they are named so that nobody gets them: one that is not there may have
   *     another name by now
   */
  record Columns(String place, List<String> columns, boolean excluded) implements TableRequirement {
    public Columns {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Its rows exist for us where an SQL condition holds: it must be one that tells the same of the
   * same row always, by columns that are known of an old row as well.
   */
  record Where(String place, String condition) implements TableRequirement {}

  /**
   * Its rows name those of another table, which is read and not captured.
   *
   * @param name the attribute that the other row is under
   * @param key the columns that name it
   * @param toKey columns of the other row; empty: its primary key
   * @param prefix stands before the other row's key in the one column of {@code key}; empty: none
   * @param attributes columns of the other table, which must exist
   * @param where a condition on the other row; empty: none
   * @param references what the other row names itself
   */
  record Reference(
      String place,
      String name,
      List<String> key,
      List<String> toKey,
      String prefix,
      TableId to,
      ColumnFilter attributes,
      String where,
      List<Reference> references)
      implements TableRequirement {
    public Reference {
      key = List.copyOf(key);
      toKey = List.copyOf(toKey);
      references = List.copyOf(references);
    }

    /** By the plain value of the other row's key, which names nothing itself. */
    public Reference(
        String place, String name, List<String> key, TableId to, List<String> attributes) {
      this(place, name, key, List.of(), "", to, ColumnFilter.only(attributes), "", List.of());
    }
  }
}
