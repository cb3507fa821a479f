package io.rowhook.capture.checks;

import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Looks whether Rowhook's role sees all rows of the tables in which rows are looked up: rights on
 * schema, table and columns, and row-level security, by which PostgreSQL would leave rows out in
 * silence. One use.
 */
final class ReadAccessValidator {

  private static final String RIGHTS =
      """
      SELECT has_schema_privilege(n.oid, 'USAGE') AS schema, row_security_active(c.oid) AND NOT %s AS secured,
             c.relforcerowsecurity AND pg_has_role(c.relowner, 'USAGE') AS forced
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ? AND c.relname = ?
      """
          .formatted(TableColumns.POLICIES_SHOW_ALL);

  private final SourceConfig source;
  private final Connection connection;
  private final Findings findings;
  private final Optional<String> role;
  private final Set<TableId> told = new HashSet<>();

  /**
   * @param role of whose rights on columns alone is asked; empty: of all rights of the session's
   */
  ReadAccessValidator(
      SourceConfig source, Connection connection, Findings findings, Optional<String> role) {
    this.role = role;
    this.source = source;
    this.connection = connection;
    this.findings = findings;
  }

  /**
   * Adds all problems that keep rows of this table from being looked up; once for each table.
   *
   * @param place who asks
   * @param columns those that it has
   * @param wanted those that are read
   */
  void check(String place, TableId table, TableColumns columns, Collection<String> wanted)
      throws SQLException {
    Optional<MissingGrant> missing = columns.missing(table, wanted, role.orElse(source.user()));
    missing.ifPresent(findings::lacks);
    if (role.isPresent() || told.contains(table)) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(RIGHTS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          look(place, table, row, missing);
        }
      }
    }
  }

  private void look(String place, TableId table, ResultSet row, Optional<MissingGrant> missing)
      throws SQLException {
    String user = TableId.quote(source.user());
    if (!row.getBoolean("schema")) {
      problem(
          place,
          table,
          "database.user '%s' may not use schema %s, in which rows of %s are looked up. Run GRANT USAGE ON SCHEMA %s TO %s;"
              .formatted(
                  source.user(), table.schema(), table, TableId.quote(table.schema()), user));
    }
    missing.ifPresent(right ->
        problem(
            place,
            table,
            "database.user '%s' may not read %s, whose rows are looked up (columns %s). Run %s"
                .formatted(
                    source.user(), table, String.join(", ", right.columns()), right.statement())));
    if (row.getBoolean("secured")) {
      problem(
          place,
          table,
          "row-level security of %s would hide rows from database.user '%s' when they are looked up. Run ALTER ROLE %s BYPASSRLS; or CREATE POLICY rowhook ON %s FOR SELECT TO %s USING (true);%s"
              .formatted(
                  table,
                  source.user(),
                  user,
                  table.quoted(),
                  user,
                  row.getBoolean("forced")
                      ? " or, as the table is its own, ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;"
                          .formatted(table.quoted())
                      : ""));
    }
  }

  private void problem(String place, TableId table, String what) {
    told.add(table);
    findings.unavailable(table, place, what);
  }
}
