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
import java.util.Objects;

/**
 * A table's columns to the last detail, to be held against those of the same table elsewhere. Needs
 * no right on it.
 *
 * @param columns by name, in the table's order; empty: there is no such table
 */
public record TableStructure(Map<String, Column> columns) {

  private static final String COLUMNS =
      """
      SELECT a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.atttypid::int8, a.atttypmod,
             a.attnotnull, a.attgenerated <> '',
             CASE WHEN l.collprovider = 'd'
                  THEN (SELECT coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate)
                          FROM pg_database d WHERE d.datname = current_database())
                  ELSE coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale', l.collcollate, '') END,
             coalesce(l.collisdeterministic, true)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
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
   * @param written its type as SQL writes it, with its length or precision
   * @param type the same to the last detail
   * @param collation the locale that it is ordered by; empty: none
   * @param bytewise whether values are equal only if all of their bytes are
   */
  public record Column(
      String name,
      int number,
      String written,
      ColumnType type,
      boolean notNull,
      boolean generated,
      String collation,
      boolean bytewise) {}

  /**
   * Reads one.
   *
   * @param types of the same connection, for all of its tables
   */
  public static TableStructure read(Connection connection, TableId table, ColumnType.Types types)
      throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ColumnType type = types.type(row.getLong(4), row.getInt(5));
          columns.put(
              row.getString(1),
              new Column(
                  row.getString(1),
                  row.getInt(2),
                  row.getString(3),
                  type,
                  row.getBoolean(6) || type.notNull(),
                  row.getBoolean(7),
                  Objects.requireNonNullElse(row.getString(8), ""),
                  row.getBoolean(9)));
        }
      }
    }
    return new TableStructure(columns);
  }

  /** The values of the columns that are of an enum, by their names. */
  public Map<String, List<String>> labels() {
    Map<String, List<String>> labels = new LinkedHashMap<>();
    columns.values().stream()
        .filter(column -> !column.type().labels().isEmpty())
        .forEach(column -> labels.put(column.name(), column.type().labels()));
    return labels;
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

  static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
