package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table's columns to the last detail, to be held against those of the same table elsewhere. Needs
 * no right on it.
 *
 * @param columns by name, in the table's order; empty: there is no such table
 */
public record TableStructure(Map<String, Column> columns) {

  private static final String COLUMNS =
      """
      SELECT a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), u.oid::int8, u.typname, bottom.modifier,
             a.attnotnull OR t.typnotnull, a.attgenerated <> '',
             ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = u.oid ORDER BY e.enumsortorder)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN LATERAL (WITH RECURSIVE under (oid, modifier) AS (
                        SELECT a.atttypid, a.atttypmod
                        UNION ALL SELECT d.typbasetype, d.typtypmod FROM under JOIN pg_type d ON d.oid = under.oid
                         WHERE d.typtype = 'd')
                      SELECT under.oid, under.modifier FROM under JOIN pg_type d ON d.oid = under.oid
                       WHERE d.typtype <> 'd') AS bottom ON true
        JOIN pg_type u ON u.oid = bottom.oid
       WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """;

  /** Of every table by its name, and nothing that PostgreSQL has by itself. */
  private static final String NAMES =
      """
      SELECT n.nspname, c.relname, array_agg(a.attname::text)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       GROUP BY 1, 2
      """;

  /**
   * A column.
   *
   * @param number PostgreSQL's own, which a renamed column keeps
   * @param type as SQL writes it, with its length or precision
   * @param base the OID of its type without domains
   * @param baseName that type's name
   * @param modifier that type's modifier; below 0: none
   * @param labels of an enum, in its order
   */
  public record Column(
      String name,
      int number,
      String type,
      long base,
      String baseName,
      int modifier,
      boolean notNull,
      boolean generated,
      List<String> labels) {
    public Column {
      labels = List.copyOf(labels);
    }
  }

  /** Reads one. */
  public static TableStructure read(Connection connection, TableId table) throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.put(
              row.getString(1),
              new Column(
                  row.getString(1),
                  row.getInt(2),
                  row.getString(3),
                  row.getLong(4),
                  row.getString(5),
                  row.getInt(6),
                  row.getBoolean(7),
                  row.getBoolean(8),
                  texts(row.getArray(9))));
        }
      }
    }
    return new TableStructure(columns);
  }

  /** The columns of every table. */
  public static Map<TableId, List<String>> names(Connection connection) throws SQLException {
    Map<TableId, List<String>> names = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(NAMES);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        names.put(new TableId(row.getString(1), row.getString(2)), texts(row.getArray(3)));
      }
    }
    return names;
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
