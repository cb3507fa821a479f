package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a role and a publication get to see of a table, whoever asks.
 *
 * @param role whether there is such a role; nothing is known of its rights without it
 * @param usable whether it may use the schema
 * @param whole whether it may read the table, and so columns that are added later
 * @param secured whether row-level security hides rows from it
 * @param publication whether there is such a publication; nothing is known of it otherwise
 * @param operations whether that has inserts, updates, deletes and truncates
 * @param published whether it has the table, or one of its partitions
 * @param part the condition or the columns that it has only; empty: all rows and columns
 */
public record TableExposure(
    boolean role,
    boolean usable,
    boolean whole,
    boolean secured,
    boolean publication,
    boolean operations,
    boolean published,
    String part) {

  private static final String READ =
      """
      WITH here AS (
        SELECT c.*, n.oid AS space, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ?),
      sent AS (
        SELECT to_jsonb(t) AS t FROM pg_publication_tables t
         WHERE t.pubname = ? AND (t.schemaname, t.tablename) IN
               (SELECT m.nspname, c.relname FROM pg_class c JOIN pg_namespace m ON m.oid = c.relnamespace
                 WHERE c.oid IN (SELECT oid FROM here UNION ALL SELECT f.relid FROM here, pg_partition_tree(here.oid) f)))
      SELECT r.oid IS NOT NULL,
             has_schema_privilege(r.oid, here.space, 'USAGE'),
             has_table_privilege(r.oid, here.oid, 'SELECT'),
             here.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
               AND (here.relforcerowsecurity OR NOT pg_has_role(r.oid, here.relowner, 'USAGE'))
               AND NOT EXISTS (SELECT FROM pg_policies p
                                WHERE p.schemaname = here.nspname AND p.tablename = here.relname
                                  AND p.permissive = 'PERMISSIVE' AND p.cmd IN ('SELECT', 'ALL') AND p.qual = 'true'
                                  AND p.roles && ARRAY['public', r.rolname]),
             p.oid IS NOT NULL, p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate,
             EXISTS (SELECT FROM sent),
             (SELECT t ->> 'rowfilter' FROM sent WHERE t ->> 'rowfilter' IS NOT NULL LIMIT 1),
             (SELECT t ->> 'attnames' FROM sent
               WHERE jsonb_array_length(t -> 'attnames') <
                     (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = here.oid AND a.attnum > 0
                       AND NOT a.attisdropped AND a.attgenerated = '') LIMIT 1)
        FROM here LEFT JOIN pg_roles r ON r.rolname = ? LEFT JOIN pg_publication p ON p.pubname = ?
      """;

  /** Empty: there is no such table. */
  public static Optional<TableExposure> read(
      Connection connection, TableId table, String role, String publication) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      statement.setString(3, publication);
      statement.setString(4, role);
      statement.setString(5, publication);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        String filter = row.getString(8);
        String columns = row.getString(9);
        return Optional.of(
            new TableExposure(
                row.getBoolean(1),
                row.getBoolean(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getBoolean(7),
                filter != null
                    ? "rows with " + filter
                    : columns == null ? "" : "columns " + columns));
      }
    }
  }
}
