package io.rowhook.capture;

import java.util.List;

/**
 * What must hold for a captured table so that its rows can be told, and joined with those of other
 * tables; looked at before capture starts.
 */
public sealed interface Demand {

  /** Who asks, for messages: {@code entities.yaml: Order.contains.lines}. */
  String place();

  /**
   * Its rows are told by other columns than the primary key: these must be unique, not null, and in
   * the table's {@code REPLICA IDENTITY}.
   */
  record Id(String place, List<String> columns) implements Demand {
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
   * @param orderBy must exist
   */
  record Part(String place, String name, List<String> key, TableId parent, List<String> orderBy)
      implements Demand {
    public Part {
      key = List.copyOf(key);
      orderBy = List.copyOf(orderBy);
    }
  }

  /**
   * Its rows name those of another table, which is read and not captured.
   *
   * @param name the attribute that the other row is under
   * @param key the columns that name it
   * @param attributes columns of the other table, which must exist
   */
  record Reference(String place, String name, List<String> key, TableId to, List<String> attributes)
      implements Demand {
    public Reference {
      key = List.copyOf(key);
      attributes = List.copyOf(attributes);
    }
  }
}
