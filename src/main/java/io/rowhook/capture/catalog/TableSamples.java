package io.rowhook.capture.catalog;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What some rows of a table say of it where the statistics say nothing. */
final class TableSamples {

  /** Names of columns whose values are worth a look. */
  private static final Pattern STATES =
      Pattern.compile("(^|_)(state|status|stage|phase|kind|type)$", Pattern.CASE_INSENSITIVE);

  /** Names of columns that may say of which kind the row is that another column names. */
  private static final Pattern KIND =
      Pattern.compile("(type|model|class|kind|table|table_?name)$", Pattern.CASE_INSENSITIVE);

  private static final int SAMPLE = 1000;
  private static final int FEW = 12;

  private final Connection connection;

  TableSamples(Connection connection) {
    this.connection = connection;
  }

  /** The same table with what its first rows tell; itself if it may not be read or is locked. */
  Table fill(Table table) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      Set<String> closed = TableColumns.read(connection, table.id()).closed();
      List<String> open =
          table.columns().stream()
              .map(Column::name)
              .filter(name -> !closed.contains(name))
              .map(TableId::quote)
              .toList();
      if (open.isEmpty()) {
        return table;
      }
      String some =
          "(SELECT %s FROM %s LIMIT %d) s"
              .formatted(String.join(", ", open), table.id().quoted(), SAMPLE);
      long rows = table.rows();
      if (rows <= 0) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + some)) {
          row.next();
          rows = row.getLong(1);
        }
      }
      List<Column> columns = new ArrayList<>();
      for (Column column : table.columns()) {
        if (closed.contains(column.name())) {
          columns.add(column);
          continue;
        }
        boolean asked =
            column.values().isEmpty()
                && column.kind().equals("text")
                && STATES.matcher(column.name()).find();
        List<String> few = asked ? values(statement, column.name(), some) : column.values();
        boolean text = column.kind().equals("text") && !column.generated();
        columns.add(text ? column.with(few, kinds(statement, column.name(), some)) : column);
      }
      return new Table(
          table.id(),
          columns,
          table.primaryKey(),
          table.uniqueKeys(),
          table.indexes(),
          table.foreignKeys(),
          rows,
          table.full(),
          table.partitioned(),
          table.secured());
    } catch (SQLException e) {
      connection.rollback(before);
      return table;
    }
  }

  /** What a column's texts name, where nearly all of them are of one form, and of few kinds. */
  private static Map<String, Long> kinds(Statement statement, String column, String some)
      throws SQLException {
    String name = TableId.quote(column) + "::text";
    String form =
        KIND.matcher(column).find() ? "true" : name + " ~ '^[A-Za-z][A-Za-z0-9_.]*,[0-9]+$'";
    Map<String, Long> kinds = new LinkedHashMap<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT regexp_replace(%1$s, ',[0-9]+$', ','), count(*), bool_and(%3$s) FROM %2$s WHERE %1$s <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT %4$d"
                .formatted(name, some, form, FEW + 1))) {
      while (row.next()) {
        if (!row.getBoolean(3)) {
          return Map.of();
        }
        kinds.put(row.getString(1), row.getLong(2));
      }
    }
    return kinds.size() <= FEW ? kinds : Map.of();
  }

  private static List<String> values(Statement statement, String column, String some)
      throws SQLException {
    String name = TableId.quote(column);
    List<String> values = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT %s::text FROM %s WHERE %s IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT %d"
                .formatted(name, some, name, FEW + 1))) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values.size() > 1 && values.size() <= FEW ? values : List.of();
  }
}
