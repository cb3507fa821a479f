package io.rowhook.capture.catalog;

import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table as the catalog has them at one moment.
 *
 * @param types of each by name, in the table's order, without length or precision; empty: there is
 *     no such table
 * @param bases what those types are at bottom, without domains: the name in {@code pg_catalog} (or
 *     {@code hstore}), {@code array}, {@code record} for a composite type; empty: any other
 * @param equals how SQL names the equality of those whose type is of an extension; that need not be
 *     in the search path
 * @param collations of those whose collation is not their type's own, as SQL writes it
 * @param generated those that PostgreSQL computes: they are not in the log, and so are never read
 * @param closed those that the role may not read
 * @param primaryKey in the key's order; empty: there is none
 * @param uniqueKeys the columns of each unique index that covers all rows, the primary key's too
 * @param partitioned whether its rows stand in partitions
 * @param policed whether row-level security applies to the role, and a policy lets it see all rows
 */
public record TableColumns(
    Map<String, String> types,
    Map<String, String> bases,
    Map<String, String> equals,
    Map<String, String> collations,
    Set<String> generated,
    Set<String> closed,
    List<String> primaryKey,
    List<List<String>> uniqueKeys,
    boolean partitioned,
    boolean policed) {

  /**
   * Whether the policies of table {@code c} let the role see all of its rows: one that applies has
   * the condition {@code true}, and no restrictive one has another. The condition is taken as it is
   * stored, since {@code pg_get_expr} waits for whoever has locked the table.
   */
  public static final String POLICIES_SHOW_ALL =
      """
      (SELECT coalesce(bool_or(polpermissive AND coalesce(shows, false)), false)
              AND NOT coalesce(bool_or(NOT polpermissive AND NOT shows), false)
         FROM (SELECT polpermissive,
                      polqual::text ~ '^[{]CONST :consttype 16 .* :constisnull false .*:constvalue 1 [[][ 0]* 1 [ 0]*[]][}]$' AS shows
                 FROM pg_policy
                WHERE polrelid = c.oid AND polcmd IN ('r', '*')
                  AND EXISTS (SELECT FROM unnest(polroles) r WHERE r = 0 OR pg_has_role(r, 'USAGE'))) applies)
      """;

  /** With -1 for the modifier a {@code char(5)} is a bpchar, not a {@code char(1)}. */
  private static final String COLUMNS =
      """
      SELECT a.attname, format_type(a.atttypid, -1), a.attgenerated <> '',
             CASE WHEN a.attcollation <> t.typcollation
                  THEN format('%%I.%%I', l.nspname, o.collname) END,
             c.relkind = 'p', CASE WHEN row_security_active(c.oid) THEN %s ELSE false END,
             CASE WHEN u.typtype = 'c' THEN 'record'
                  WHEN EXISTS (SELECT FROM pg_type e WHERE e.typarray = u.oid) THEN 'array'
                  WHEN un.nspname = 'pg_catalog' OR u.typname = 'hstore' THEN u.typname ELSE '' END,
             (SELECT format('OPERATOR(%%I.%%s)', pn.nspname, p.oprname)
                FROM pg_opclass s JOIN pg_am m ON m.oid = s.opcmethod AND m.amname IN ('btree', 'hash')
                JOIN pg_amop r ON r.amopfamily = s.opcfamily AND r.amoplefttype = u.oid AND r.amoprighttype = u.oid
                     AND r.amopstrategy = CASE m.amname WHEN 'btree' THEN 3 ELSE 1 END
                JOIN pg_operator p ON p.oid = r.amopopr JOIN pg_namespace pn ON pn.oid = p.oprnamespace
               WHERE s.opcdefault AND s.opcintype = u.oid AND pn.nspname <> 'pg_catalog'
               ORDER BY m.amname LIMIT 1),
             NOT has_column_privilege(coalesce(?::name, current_user), c.oid, a.attnum, 'SELECT')
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN LATERAL (WITH RECURSIVE under (oid, base) AS (
                        SELECT t.oid, t.typbasetype
                        UNION ALL SELECT d.oid, d.typbasetype FROM under JOIN pg_type d ON d.oid = under.base)
                      SELECT oid FROM under WHERE base = 0) AS bottom ON true
        JOIN pg_type u ON u.oid = bottom.oid JOIN pg_namespace un ON un.oid = u.typnamespace
        LEFT JOIN pg_collation o ON o.oid = a.attcollation
        LEFT JOIN pg_namespace l ON l.oid = o.collnamespace
       WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """
          .formatted(POLICIES_SHOW_ALL);

  private static final String KEYS =
      """
      SELECT a.attname, i.indexrelid, i.indisprimary FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place) ON k.place <= i.indnkeyatts
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
       WHERE n.nspname = ? AND c.relname = ? AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
         AND i.indexprs IS NULL
       ORDER BY k.place
      """;

  /** Those of a table, for the role of the session. */
  public static TableColumns read(Connection connection, TableId table) throws SQLException {
    return read(connection, table, null);
  }

  /**
   * The same for a role.
   *
   * @param role which must exist; null: that of the session
   */
  public static TableColumns read(Connection connection, TableId table, @Nullable String role)
      throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, String> bases = new HashMap<>();
    Map<String, String> equals = new HashMap<>();
    Map<String, String> collations = new HashMap<>();
    Set<String> generated = new HashSet<>();
    Set<String> closed = new HashSet<>();
    boolean partitioned = false;
    boolean policed = false;
    try (PreparedStatement statement = columns(connection, table, role);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String name = row.getString(1);
        types.put(name, row.getString(2));
        if (row.getBoolean(3)) {
          generated.add(name);
        }
        if (row.getBoolean(9)) {
          closed.add(name);
        }
        partitioned = row.getBoolean(5);
        policed = row.getBoolean(6);
        String collation = row.getString(4);
        if (collation != null) {
          collations.put(name, collation);
        }
        bases.put(name, row.getString(7));
        String equal = row.getString(8);
        if (equal != null) {
          equals.put(name, equal);
        }
      }
    }
    List<String> primaryKey = new ArrayList<>();
    Map<Long, List<String>> unique = new LinkedHashMap<>();
    try (PreparedStatement statement = keys(connection, table);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        unique.computeIfAbsent(row.getLong(2), _ -> new ArrayList<>()).add(row.getString(1));
        if (row.getBoolean(3)) {
          primaryKey.add(row.getString(1));
        }
      }
    }
    return new TableColumns(
        types,
        bases,
        equals,
        collations,
        generated,
        closed,
        primaryKey,
        List.copyOf(unique.values()),
        partitioned,
        policed);
  }

  /**
   * What to select from: the rows that are its own in the log, not those of tables that inherit
   * from it.
   */
  public String from(TableId table) {
    return partitioned ? table.quoted() : "ONLY " + table.quoted();
  }

  /** What a column's type is at bottom; empty: none that differs from others. */
  public String base(String column) {
    return bases.getOrDefault(column, "");
  }

  /** How the equality of this column and one that is compared with it is written. */
  public String equality(String column, TableColumns others, String other) {
    String own = equals.get(column);
    return own != null && own.equals(others.equals.get(other)) ? own : "=";
  }

  /** All that can be read back, in the table's order. */
  public List<String> readable() {
    return types.keySet().stream().filter(name -> !generated.contains(name)).toList();
  }

  /**
   * The right that a role lacks to read these columns.
   *
   * @param role whose columns these are
   */
  public Optional<MissingGrant> missing(TableId table, Collection<String> wanted, String role) {
    List<String> missing =
        readable().stream().filter(name -> closed.contains(name) && wanted.contains(name)).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(new MissingGrant(table, missing, wanted.containsAll(readable()), role));
  }

  private static PreparedStatement columns(
      Connection connection, TableId table, @Nullable String role) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(COLUMNS);
    statement.setString(1, role);
    statement.setString(2, table.schema());
    statement.setString(3, table.name());
    return statement;
  }

  private static PreparedStatement keys(Connection connection, TableId table) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(KEYS);
    statement.setString(1, table.schema());
    statement.setString(2, table.name());
    return statement;
  }
}
