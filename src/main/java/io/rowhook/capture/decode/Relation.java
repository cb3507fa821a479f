package io.rowhook.capture.decode;

import io.rowhook.capture.TableId;
import java.util.List;

/**
 * A table as the log describes it before the rows that are written in it: names, types and replica
 * identity are those of that place of the log, whatever the catalog says by now. What PostgreSQL
 * calls a Relation message ("Logical Replication Message Formats").
 *
 * @param oid the table's OID
 * @param table its schema and name
 * @param identity {@code pg_class.relreplident}: d (primary key), f (all columns), i (an index) or
 *     n (nothing)
 * @param columns those that are logged, in the order in which rows give their values
 */
public record Relation(int oid, TableId table, char identity, List<Column> columns) {

  /**
   * One column.
   *
   * @param typeOid of its type; a domain's own
   * @param typeModifier {@code pg_attribute.atttypmod}
   * @param key whether it is part of the replica identity; all are where that is f
   */
  record Column(String name, int typeOid, int typeModifier, boolean key) {}

  public Relation {
    columns = List.copyOf(columns);
  }
}
