package io.rowhook.capture.lookup;

import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.RowLookup.Query;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The columns of tables, as one snapshot of the source shows them. One use; one thread. */
final class SnapshotColumns {

  private final Connection connection;
  private final LookupState shared;

  /** The tables whose columns this snapshot has shown. */
  private final Set<TableId> lookedAt = new HashSet<>();

  SnapshotColumns(Connection connection, LookupState shared) {
    this.connection = connection;
    this.shared = shared;
  }

  /** Those that a condition is judged by: as they were when it was first. */
  TableColumns judging(Condition condition) throws SQLException {
    TableColumns known = shared.judgedBy().get(condition);
    if (known == null) {
      known = of(condition.table());
      shared.judgedBy().put(condition, known);
    }
    return known;
  }

  /** Forgets those of a query; whether columns were used that an earlier snapshot has shown. */
  boolean forget(Query query) {
    List<TableId> used = new ArrayList<>(List.of(query.table()));
    if (query.asked() != null) {
      used.add(query.asked().table());
    }
    boolean earlier = false;
    for (TableId table : used) {
      earlier |= shared.tables().remove(table) != null && !lookedAt.contains(table);
    }
    return earlier;
  }

  /**
   * Those of a query's table; as of this snapshot, where an earlier one has shown too few, or some
   * that may not be read: a right may have been given since.
   */
  TableColumns of(Query query) throws SQLException {
    TableColumns known = of(query.table());
    boolean lacking =
        !known.types().keySet().containsAll(query.known())
            || !Collections.disjoint(known.closed(), LookupStatement.wanted(query, known));
    if (lacking && !lookedAt.contains(query.table())) {
      shared.tables().remove(query.table());
      known = of(query.table());
    }
    return known;
  }

  /** Those of a table, as of this snapshot or an earlier one. */
  TableColumns of(TableId table) throws SQLException {
    TableColumns known = shared.tables().get(table);
    if (known == null) {
      lookedAt.add(table);
      known = TableColumns.read(connection, table);
      shared.tables().put(table, known);
    }
    return known;
  }
}
