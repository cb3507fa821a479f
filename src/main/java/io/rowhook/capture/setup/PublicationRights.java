package io.rowhook.capture.setup;

import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** What the user that Rowhook connects as may do to a publication. */
final class PublicationRights {

  private static final String OWNER =
      """
      SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ? AND c.relname = ?
      """;

  private PublicationRights() {}

  /** Whether it owns tables, which who alters a publication has to. */
  static boolean ownsAll(Connection connection, Set<TableId> tables) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OWNER)) {
      for (TableId table : tables) {
        statement.setString(1, table.schema());
        statement.setString(2, table.name());
        try (ResultSet row = statement.executeQuery()) {
          if (!row.next() || !row.getBoolean(1)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Whether it may make a publication in its database. */
  static boolean mayCreate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT has_database_privilege(current_database(), 'CREATE')")) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
