package io.rowhook.capture.catalog;

import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One text for all that {@link TableMetadata} depend on, of each of some tables, by one statement:
 * two are equal if nothing has changed between. A table that does not exist has none.
 */
public final class CatalogFingerprint {

  private static final String READ =
      """
      SELECT w.place, concat_ws(' ', c.oid, c.relkind, c.relreplident, c.relpersistence, c.relrowsecurity,
               c.relforcerowsecurity,
               (SELECT string_agg(concat_ws(',', a.attnum, quote_ident(a.attname), a.atttypid, a.attnotnull, a.attgenerated), ' ' ORDER BY a.attnum)
                  FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
               (SELECT string_agg(concat_ws(',', i.indexrelid, i.indkey, i.indisprimary, i.indisreplident, i.indisvalid, i.indimmediate), ' ' ORDER BY i.indexrelid)
                  FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique),
               CASE WHEN c.relkind = 'p' THEN (%s
                SELECT string_agg(concat_ws(',', x.oid, x.relreplident), ' ' ORDER BY x.oid)
                  FROM tree JOIN pg_class x ON x.oid = tree.relid WHERE x.relkind <> 'p') END)
        FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS w (schema, name, place)
        JOIN pg_namespace n ON n.nspname = w.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
      """
          .formatted(PublicationMembers.tree("c.oid"));

  private CatalogFingerprint() {}

  public static Map<TableId, String> read(Connection connection, Collection<TableId> tables)
      throws SQLException {
    List<TableId> asked = List.copyOf(tables);
    Map<TableId, String> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setArray(
          1, connection.createArrayOf("text", asked.stream().map(TableId::schema).toArray()));
      statement.setArray(
          2, connection.createArrayOf("text", asked.stream().map(TableId::name).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.put(asked.get(row.getInt(1) - 1), row.getString(2));
        }
      }
    }
    return found;
  }
}
