package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rowhook.base.Json;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.debezium.PostgresConnections;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds a row of a table, whichever, for who wants to see what one looks like. */
public final class AnyRow {

  private static final String SESSION =
      "SET statement_timeout = '10s'; SET lock_timeout = '2s'; SET row_security = off";

  private AnyRow() {}

  /**
   * The values of a row's key, as JSON; empty: there is no row.
   *
   * @param key columns of the table
   * @param shown which others are going to be read
   * @param condition SQL on the row; empty: any row
   * @throws SourceException if the table may not be read, with the statement that mends it, or the
   *     source cannot be asked
   */
  public static Optional<ArrayNode> key(
      SourceConfig source, TableId table, List<String> key, ColumnFilter shown, String condition) {
    try (Connection connection = PostgresConnections.connect(source);
        Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
      connection.setReadOnly(true);
      TableColumns columns = TableColumns.read(connection, table);
      check(connection, source, table, columns, key, shown);
      String sql =
          "SELECT %s FROM %s%s LIMIT 1"
              .formatted(
                  key.stream()
                      .map(column -> "to_jsonb(" + TableId.quote(column) + ")::text")
                      .collect(Collectors.joining(", ")),
                  columns.from(table),
                  condition.isEmpty() ? "" : " WHERE " + condition);
      try (ResultSet row = statement.executeQuery(sql)) {
        return row.next() ? Optional.of(values(row, key.size())) : Optional.empty();
      }
    } catch (SQLException e) {
      throw SourceException.of(
          List.of(
              "a row of " + table + " cannot be read: " + SourceValidator.connecting(source, e)));
    }
  }

  private static void check(
      Connection connection,
      SourceConfig source,
      TableId table,
      TableColumns columns,
      List<String> key,
      ColumnFilter shown)
      throws SQLException {
    List<String> grants = new ArrayList<>();
    try (PreparedStatement asked =
        connection.prepareStatement("SELECT has_schema_privilege(?, 'USAGE')")) {
      asked.setString(1, table.schema());
      try (ResultSet row = asked.executeQuery()) {
        if (row.next() && !row.getBoolean(1)) {
          grants.add(
              "GRANT USAGE ON SCHEMA %s TO %s;"
                  .formatted(TableId.quote(table.schema()), TableId.quote(source.user())));
        }
      }
    }
    Set<String> wanted = new LinkedHashSet<>(key);
    columns.readable().stream().filter(shown::test).forEach(wanted::add);
    columns
        .missing(table, wanted, source.user())
        .ifPresent(missing -> grants.add(missing.statement()));
    if (!grants.isEmpty()) {
      throw SourceException.of(
          List.of(
              "database.user '%s' may not read %s. Have its owner run %s"
                  .formatted(source.user(), table, String.join(" ", grants))));
    }
  }

  private static ArrayNode values(ResultSet row, int count) throws SQLException {
    ArrayNode values = Json.MAPPER.createArrayNode();
    try {
      for (int i = 1; i <= count; i++) {
        values.add(Json.MAPPER.readTree(row.getString(i)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("jsonb is JSON", e);
    }
    return values;
  }
}
