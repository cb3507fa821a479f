package io.rowhook.capture.catalog;

import io.rowhook.capture.PublicationRoutes;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.TableId;
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
public record PublicationState(
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
   * @param routes by which
   */
  public record Member(TableId name, boolean whole, PublicationRoutes routes) {}

  public PublicationState {
    tables = Map.copyOf(tables);
  }

  /**
   * Row filters and column lists stand in {@code pg_publication_rel} from PostgreSQL 15 on; a table
   * that is published with its schema has no row there. A partitioned table is whole if it is named
   * itself, or an ancestor is, or all partitions are sent.
   */
  @SuppressWarnings("InlineFormatString") // too long to stand in its method
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
             AS whole,
             coalesce((SELECT string_agg(c.oid || '/' || route, ' ' ORDER BY route) FROM (%4$s) t),
                      (SELECT string_agg(member || '/' || route, ' ' ORDER BY member, route)
                         FROM (%2$s SELECT leaf.oid AS member FROM tree JOIN pg_class leaf ON leaf.oid = tree.relid
                                     WHERE c.relkind = 'p' AND leaf.relkind <> 'p') l,
                              LATERAL (%5$s) t), '') AS routes
        FROM pg_publication p LEFT JOIN pg_class c ON c.oid = ANY (?::int8[]::oid[])
             LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE p.pubname = ?
      """;

  /**
   * The rows that hold a table or an ancestor of it. A publication that is altered itself, which
   * operations it publishes, holds all of them anew; one that has got another owner does not, which
   * {@link PublicationRoutes} tell by the owner.
   */
  @SuppressWarnings("InlineFormatString") // as above
  private static final String ROUTES =
      """
      SELECT concat_ws(':', p.xmin || '@' || p.pubowner, 'all') AS route WHERE p.puballtables
      UNION ALL SELECT concat_ws(':', p.xmin || '@' || p.pubowner, 'table', r.oid, r.xmin) FROM pg_publication_rel r
                 WHERE r.prpubid = p.oid AND (r.prrelid = %1$s OR r.prrelid IN (SELECT pg_partition_ancestors(%1$s)))
                   AND coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') IS NULL
      """;

  /** Publications of whole schemas came with PostgreSQL 15. */
  @SuppressWarnings("InlineFormatString") // as above
  private static final String SCHEMA_ROUTES =
      """
      UNION ALL SELECT concat_ws(':', p.xmin || '@' || p.pubowner, 'schema', s.oid, s.xmin) FROM pg_publication_namespace s
                 WHERE s.pnpubid = p.oid AND s.pnnspid IN
                   (SELECT x.relnamespace FROM pg_class x
                     WHERE x.oid = %1$s OR x.oid IN (SELECT pg_partition_ancestors(%1$s)))
      """;

  /**
   * Reads it.
   *
   * @param oids of the tables asked for
   * @return empty: there is no such publication
   */
  public static Optional<PublicationState> read(
      Connection connection, String publication, Collection<Long> oids) throws SQLException {
    String routes = PublicationMembers.hasSchemas(connection) ? ROUTES + SCHEMA_ROUTES : ROUTES;
    String sql =
        READ.formatted(
            PublicationMembers.sent(connection, "c"),
            PublicationMembers.tree("c.oid"),
            PublicationMembers.sent(connection, "leaf"),
            routes.formatted("c.oid"),
            routes.formatted("member"));
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
            tables.put(
                row.getLong("relation"),
                new Member(
                    name, row.getBoolean("whole"), new PublicationRoutes(row.getString("routes"))));
          }
        } while (row.next());
        return Optional.of(new PublicationState(oid, allTables, operations, roots, tables));
      }
    }
  }

  /** Whether it has held a table all along since then. */
  public boolean follows(PublishedTables.Table known) {
    Member member = tables.get(known.oid());
    return member != null && member.routes().follow(known.routes());
  }

  /** The same of these tables only. */
  public PublicationState only(Collection<Long> oids) {
    Map<Long, Member> kept = new HashMap<>(tables);
    kept.keySet().retainAll(oids);
    return new PublicationState(oid, allTables, operations, roots, kept);
  }

  /** Whether a table is in the publication with all its rows and columns. */
  public boolean isWhole(long table) {
    Member member = tables.get(table);
    return member != null && member.whole();
  }
}
