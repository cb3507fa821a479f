package io.rowhook.testing;

import io.rowhook.journal.rows.SharedTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Looks into the journals' files of instances that share one in Kafka, also while they are written.
 */
public final class JournalFiles {

  private static final int MOST_ROWS = 5;

  private JournalFiles() {}

  private static Connection open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try (Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA busy_timeout = 5000");
      sql.execute("PRAGMA query_only = 1");
    }
    return connection;
  }

  private static List<String> list(Statement sql, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet row = sql.executeQuery(query)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          String value = row.getString(i);
          text.append(i == 1 ? "" : "|")
              .append(value == null ? "" : value.substring(0, Math.min(60, value.length())));
        }
        rows.add(text.toString());
      }
    }
    return rows;
  }

  /** Whether its instance is the one that captures, as far as it has heard. */
  public static boolean captures(Path file) {
    try (Connection connection = open(file);
        Statement sql = connection.createStatement()) {
      return !list(
              sql,
              "SELECT 1 FROM note, followed_log WHERE name = 'captured-by'"
                  + " AND text ->> 'instance' = instance")
          .isEmpty();
    } catch (SQLException e) {
      return false; // it is being made
    }
  }

  /** How the shared rows of two files differ, in words; empty: they do not. */
  public static List<String> differences(Path one, Path other) {
    List<String> all = new ArrayList<>();
    try (Connection connection = open(one);
        Statement sql = connection.createStatement()) {
      sql.execute("ATTACH '" + other.toAbsolutePath() + "' AS other");
      for (String table : SharedTable.names()) {
        String columns =
            list(sql, "SELECT name FROM pragma_table_info('" + table + "')").stream()
                .filter(column -> !column.equals("in_force"))
                .collect(Collectors.joining(", "));
        compare(sql, table, columns, "main", "other", one, all);
        compare(sql, table, columns, "other", "main", other, all);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  private static void compare(
      Statement sql,
      String table,
      String columns,
      String in,
      String notIn,
      Path file,
      List<String> all)
      throws SQLException {
    String rows =
        "SELECT %s FROM %s.%s EXCEPT SELECT %s FROM %s.%s"
            .formatted(columns, in, table, columns, notIn, table);
    List<String> found = list(sql, rows + " LIMIT " + MOST_ROWS);
    if (!found.isEmpty()) {
      String count = list(sql, "SELECT count(*) FROM (" + rows + ")").getFirst();
      all.add("%s rows of %s only in %s: %s".formatted(count, table, file.getFileName(), found));
    }
  }

  /** What is wrong with a journal in which everything is delivered, in words. */
  public static List<String> inconsistencies(Path file) {
    try (Connection connection = open(file);
        Statement sql = connection.createStatement()) {
      List<String> all = new ArrayList<>();
      list(
              sql,
              "SELECT r.name, d.sequence, d.state FROM delivery d JOIN recipient r ON r.id = d.recipient")
          .forEach(row -> all.add("a delivery is open: " + row));
      list(
              sql,
              "SELECT name, cursor, head FROM recipient, (SELECT max(sequence) AS head FROM event)"
                  + " WHERE cursor <> head")
          .forEach(row -> all.add("a cursor is not at the head: " + row));
      list(
              sql,
              "SELECT recipient, sequence, min(number), max(number), count(*) FROM attempt"
                  + " WHERE redelivery = 0 GROUP BY 1, 2"
                  + " HAVING min(number) <> 1 OR max(number) <> count(*)")
          .forEach(row -> all.add("attempts are missing: " + row));
      list(
              sql,
              "SELECT recipient, sequence, count(*) FROM attempt"
                  + " WHERE outcome = 'delivered' AND redelivery = 0 GROUP BY 1, 2 HAVING count(*) > 1")
          .forEach(row -> all.add("delivered twice, as the journal says: " + row));
      return all.subList(0, Math.min(20, all.size()));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
