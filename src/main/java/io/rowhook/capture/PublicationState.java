package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The publication as the catalog has it at one moment, and what becomes of some tables in it, by
 * OID: names can be given to other tables.
 *
 * @param oid the publication's own; one that was dropped and made anew has another
 * @param allTables whether it holds all tables there are
 * @param operations whether it publishes INSERT, UPDATE and DELETE
 * @param roots whether partitions are sent under the name of their root
 * @param tables those asked for that exist
 */
record PublicationState(
    long oid,
    boolean allTables,
    boolean operations,
    boolean roots,
    Map<Long, PublicationState.Member> tables) {

  /**
   * A table.
   *
   * @param name what it is called
   * @param whole whether it is in the publication with all its rows and columns
   */
  record Member(TableId name, boolean whole) {}

  PublicationState {
    tables = Map.copyOf(tables);
  }

  /**
   * Row filters and column lists stand in {@code pg_publication_rel} from PostgreSQL 15 on; a table
   * that is published with its schema has no row there. A partitioned table is whole if it is named
   * itself, or an ancestor is, or all partitions are sent.
   */
  private static final String READ =
      """
      SELECT p.oid::int8 AS publication, p.puballtables, p.pubinsert AND p.pubupdate AND p.pubdelete AS operations,
             p.pubviaroot, c.oid::int8 AS relation, n.nspname, c.relname,
             p.puballtables
             OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid
                           AND (r.prrelid = c.oid OR r.prrelid IN (SELECT pg_partition_ancestors(c.oid)))
                           AND coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') IS NULL)
             OR NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid)
                AND (%1$s OR c.relkind = 'p' AND NOT EXISTS (
                       %2$s SELECT FROM tree JOIN pg_class leaf ON leaf.oid = tree.relid
                             WHERE leaf.relkind <> 'p' AND NOT %3$s))
             AS whole
        FROM pg_publication p LEFT JOIN pg_class c ON c.oid = ANY (?::int8[]::oid[])
             LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE p.pubname = ?
      """;

  /**
   * Reads it.
   *
   * @param oids of the tables asked for
   * @return empty: there is no such publication
   */
  static Optional<PublicationState> read(
      Connection connection, String publication, Collection<Long> oids) throws SQLException {
    String sql =
        READ.formatted(
            PublicationMembers.sent(connection, "c"),
            PublicationMembers.tree("c.oid"),
            PublicationMembers.sent(connection, "leaf"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("int8", oids.toArray()));
      statement.setString(2, publication);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long oid = row.getLong("publication");
        boolean allTables = row.getBoolean("puballtables");
        boolean operations = row.getBoolean("operations");
        boolean roots = row.getBoolean("pubviaroot");
        Map<Long, Member> tables = new HashMap<>();
        do {
          if (row.getString("relname") != null) {
            TableId name = new TableId(row.getString("nspname"), row.getString("relname"));
            tables.put(row.getLong("relation"), new Member(name, row.getBoolean("whole")));
          }
        } while (row.next());
        return Optional.of(new PublicationState(oid, allTables, operations, roots, tables));
      }
    }
  }

  /** Whether a table is in the publication with all its rows and columns. */
  boolean isWhole(long table) {
    Member member = tables.get(table);
    return member != null && member.whole();
  }
}
