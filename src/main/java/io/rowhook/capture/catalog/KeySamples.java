package io.rowhook.capture.catalog;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Whether rows name others by a foreign key that nobody declared. */
public final class KeySamples {

  /** Up to so many rows are read; one in {@link #LOST} of them may name a row that is gone. */
  private static final int SAMPLE = 1000;

  private static final int LOST = 10;

  private KeySamples() {}

  /** The catalog without the keys by which they do not, and ends the connection's transaction. */
  public static SourceCatalog confirmed(Connection connection, SourceCatalog catalog)
      throws SQLException {
    SourceCatalogReader.begin(connection);
    List<Table> tables = new ArrayList<>();
    for (Table table : catalog.tables()) {
      List<ForeignKey> keys = new ArrayList<>();
      for (ForeignKey key : table.foreignKeys()) {
        if (key.declared() || isConfirmed(connection, table.id(), key)) {
          keys.add(key);
        }
      }
      tables.add(table.with(keys));
    }
    connection.rollback();
    return new SourceCatalog(catalog.server(), tables);
  }

  /** Also where no row says otherwise, or none may be read. */
  private static boolean isConfirmed(Connection connection, TableId table, ForeignKey key)
      throws SQLException {
    String sql =
        "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM %1$s t WHERE t.%2$s = s.k)) FROM (SELECT %3$s k FROM %4$s WHERE %3$s IS NOT NULL LIMIT %5$d) s"
            .formatted(
                key.table().quoted(),
                TableId.quote(key.to().getFirst()),
                TableId.quote(key.columns().getFirst()),
                table.quoted(),
                SAMPLE);
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(2) * LOST <= row.getLong(1);
    } catch (SQLException e) {
      connection.rollback(before);
      return true;
    }
  }
}
