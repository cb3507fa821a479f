package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a table as the catalog has them at one moment.
 *
 * @param types of each by name, in the table's order; empty: there is no such table
 * @param primaryKey in the key's order; empty: there is none
 */
record TableColumns(Map<String, String> types, List<String> primaryKey) {

  private static final String COLUMNS =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """;

  private static final String PRIMARY_KEY =
      """
      SELECT a.attname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
       WHERE n.nspname = ? AND c.relname = ? AND i.indisprimary
       ORDER BY array_position(i.indkey::int2[], a.attnum)
      """;

  static TableColumns read(Connection connection, TableId table) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (PreparedStatement statement = ask(connection, COLUMNS, table);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        types.put(row.getString(1), row.getString(2));
      }
    }
    List<String> primaryKey = new ArrayList<>();
    try (PreparedStatement statement = ask(connection, PRIMARY_KEY, table);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        primaryKey.add(row.getString(1));
      }
    }
    return new TableColumns(types, primaryKey);
  }

  private static PreparedStatement ask(Connection connection, String sql, TableId table)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, table.schema());
    statement.setString(2, table.name());
    return statement;
  }
}
