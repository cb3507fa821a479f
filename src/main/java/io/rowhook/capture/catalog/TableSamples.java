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
import java.util.List;
import java.util.regex.Pattern;

/** What some rows of a table say of it where the statistics say nothing. */
final class TableSamples {

  /** Names of columns whose values are worth a look. */
  private static final Pattern STATES =
      Pattern.compile("(^|_)(state|status|stage|phase|kind|type)$", Pattern.CASE_INSENSITIVE);

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
      String some = "(SELECT * FROM %s LIMIT %d) s".formatted(table.id().quoted(), SAMPLE);
      long rows = table.rows();
      if (rows <= 0) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + some)) {
          row.next();
          rows = row.getLong(1);
        }
      }
      List<Column> columns = new ArrayList<>();
      for (Column column : table.columns()) {
        boolean asked =
            column.values().isEmpty()
                && column.kind().equals("text")
                && STATES.matcher(column.name()).find();
        columns.add(
            asked
                ? SourceCatalogReader.withValues(column, values(statement, column.name(), some))
                : column);
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
