package io.rowhook.journal.tables;

import io.rowhook.entity.IndexedValue;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.SQLException;
import java.util.List;

/** The values of columns by which events are found, on disk. */
public final class IndexDao {

  private static final String INSERT =
      "INSERT INTO indexed_value (sequence, column_id, value)"
          + " SELECT ?, id, ? FROM indexed_column WHERE entity_type = ? AND name = ?";

  private IndexDao() {}

  /** Writes what an event is found by. */
  public static void insert(
      SqliteSession sql, long sequence, String entityType, List<IndexedValue> values)
      throws SQLException {
    for (IndexedValue value : values) {
      if (sql.update(INSERT, sequence, value.value(), entityType, value.column()) == 0) {
        sql.update(
            "INSERT INTO indexed_column (entity_type, name) VALUES (?, ?)",
            entityType,
            value.column());
        sql.update(INSERT, sequence, value.value(), entityType, value.column());
      }
    }
  }

  /** Whether anything is indexed: else there is nothing to remove. */
  public static boolean isUsed(SqliteSession sql) throws SQLException {
    return sql.number("SELECT EXISTS (SELECT 1 FROM indexed_value)") == 1;
  }

  /** Removes what an event is found by. */
  public static void remove(SqliteSession sql, long sequence) throws SQLException {
    sql.update("DELETE FROM indexed_value WHERE sequence = ?", sequence);
  }

  /** Removes of what an event is found by the texts of rows that stand in a column's place. */
  public static void removeRows(SqliteSession sql, long sequence) throws SQLException {
    sql.update("DELETE FROM indexed_value WHERE sequence = ? AND value LIKE '{%'", sequence);
  }

  /** The columns that events were ever indexed by, as {@code Order.order_no}; sorted. */
  public static List<String> columns(SqliteSession sql) throws SQLException {
    return sql.list(
        "SELECT entity_type || '.' || name AS column_name FROM indexed_column ORDER BY 1",
        row -> row.getString(1));
  }
}
