package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/**
 * Which tables a publication sends, by the catalog alone. {@code pg_publication_tables} and the
 * function under it lock each table, and so wait for whoever has locked any of them; what is asked
 * here waits for nobody.
 */
@SuppressWarnings("InlineFormatString") // too long to stand in their methods
public final class PublicationMembers {

  /** Publications of whole schemas came with PostgreSQL 15. */
  private static final int SCHEMAS_SINCE = 15;

  private static final String SCHEMA =
      " OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = %1$s.relnamespace)";

  private static final String NAMED =
      "(p.puballtables OR EXISTS (SELECT FROM pg_publication_rel m WHERE m.prpubid = p.oid AND m.prrelid = %1$s.oid)";

  /** System tables have smaller OIDs. */
  private static final String SENT =
      """
      (%1$s.relkind IN ('r', 'p') AND %1$s.relpersistence = 'p' AND %1$s.oid >= 16384
       AND CASE WHEN p.pubviaroot THEN %2$s AND NOT (%3$s) ELSE %1$s.relkind = 'r' AND (%2$s OR %3$s) END)
      """;

  private static final String UNDER =
      """
      %1$s.relispartition AND EXISTS (
        SELECT FROM pg_partition_ancestors(%1$s.oid) t JOIN pg_class above ON above.oid = t.relid
         WHERE above.oid <> %1$s.oid AND %2$s)
      """;

  private static final String TREE =
      """
      WITH RECURSIVE tree (relid) AS (SELECT %s UNION ALL
        SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.relid
          JOIN pg_class part ON part.oid = i.inhrelid WHERE part.relispartition AND NOT i.inhdetachpending)
      """;

  /**
   * A table is whole if neither rows nor columns are left out. A partitioned table is named as
   * itself, also where its partitions are sent under their own names.
   */
  private static final String TABLES =
      """
      SELECT n.nspname, c.relname,
             NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid
                            AND coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') IS NOT NULL)
             AS whole
        FROM pg_publication p, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE p.pubname = ? AND (%s OR c.relkind = 'p' AND %s)
      """;

  private PublicationMembers() {}

  /**
   * A {@code tree} of one column {@code relid}: a table and its partitions at any depth; as SQL.
   * {@code pg_partition_tree} locks them.
   */
  public static String tree(String oid) {
    return TREE.formatted(oid);
  }

  /** Whether there can be publications of whole schemas. */
  static boolean hasSchemas(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseMajorVersion() >= SCHEMAS_SINCE;
  }

  /**
   * Whether the publication {@code p} names a table, or its schema, or all; as SQL.
   *
   * @param table an alias of {@code pg_class}
   */
  private static String named(Connection connection, String table) throws SQLException {
    return (hasSchemas(connection) ? NAMED + SCHEMA + ")" : NAMED + ")").formatted(table);
  }

  /**
   * Whether publication {@code p} sends rows of a table under its own name; as SQL.
   *
   * @param table an alias of {@code pg_class}
   */
  static String sent(Connection connection, String table) throws SQLException {
    return SENT.formatted(
        table, named(connection, table), UNDER.formatted(table, named(connection, "above")));
  }

  /** Adds the tables in it: those with all rows and columns, and the others. */
  public static void read(
      Connection connection, String publication, Set<TableId> whole, Set<TableId> partly)
      throws SQLException {
    String sql = TABLES.formatted(sent(connection, "c"), named(connection, "c"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, publication);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          (row.getBoolean("whole") ? whole : partly)
              .add(new TableId(row.getString("nspname"), row.getString("relname")));
        }
      }
    }
  }
}
