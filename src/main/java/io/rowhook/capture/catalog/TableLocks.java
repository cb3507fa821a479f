package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tables other sessions hold locked, or wait to lock, so that they cannot be put into a
 * publication now.
 */
public final class TableLocks {

  /** What {@code ALTER PUBLICATION} locks a table by waits for these. */
  private static final String READ =
      """
      SELECT l.relation::int8, l.pid, l.mode FROM pg_locks l
       WHERE l.locktype = 'relation' AND l.relation = ANY (?::int8[]::oid[])
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND l.pid <> pg_backend_pid()
         AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
       ORDER BY l.granted DESC, l.pid
      """;

  @SuppressWarnings("InlineFormatString") // too long to stand in its method
  private static final String BY_NAME =
      """
      SELECT w.place, t.relid::int8 FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS w (schema, name, place)
        JOIN pg_namespace n ON n.nspname = w.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name,
        LATERAL (%s SELECT relid FROM tree) t
      """;

  private TableLocks() {}

  /** Who holds one; for a person to look at. */
  public record Holder(int pid, String mode) {}

  /** Those of these tables that are locked, or have a partition that is. */
  public static Map<TableId, Holder> read(Connection connection, Collection<TableId> tables)
      throws SQLException {
    Map<Long, TableId> oids = oids(connection, List.copyOf(tables));
    Map<TableId, Holder> locked = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setArray(1, connection.createArrayOf("int8", oids.keySet().toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          TableId table = oids.get(row.getLong(1));
          if (table != null) {
            locked.putIfAbsent(table, new Holder(row.getInt(2), row.getString(3)));
          }
        }
      }
    }
    return locked;
  }

  private static Map<Long, TableId> oids(Connection connection, List<TableId> tables)
      throws SQLException {
    Map<Long, TableId> oids = new HashMap<>();
    String sql = BY_NAME.formatted(PublicationMembers.tree("c.oid"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(
          1, connection.createArrayOf("text", tables.stream().map(TableId::schema).toArray()));
      statement.setArray(
          2, connection.createArrayOf("text", tables.stream().map(TableId::name).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          oids.put(row.getLong(2), tables.get(row.getInt(1) - 1));
        }
      }
    }
    return oids;
  }
}
