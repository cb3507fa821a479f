package io.rowhook.capture.checks;

import io.rowhook.base.DidYouMean;
import io.rowhook.base.Finding.Area;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableMetadata.Leaf;
import io.rowhook.capture.TableMetadata.ReplicaIdentity;
import io.rowhook.capture.TableRequirement;
import io.rowhook.capture.catalog.CatalogTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks whether each captured table can be captured, and what is known of its old rows. One use.
 */
public final class TableValidator {

  private static final String NAMES =
      """
      SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       LIMIT 10000
      """;

  private static final Set<String> SYSTEM = Set.of("pg_catalog", "information_schema", "pg_toast");

  private static final String TIMESCALE = "SELECT FROM pg_extension WHERE extname = 'timescaledb'";

  private static final String HYPERTABLE =
      "SELECT FROM _timescaledb_catalog.hypertable WHERE schema_name = ? AND table_name = ?";

  /** Where TimescaleDB keeps the chunks of its hypertables, unless told otherwise. */
  private static final String CHUNKS = "_timescaledb_internal";

  private final SourceConfig source;
  private final Connection connection;
  private final Findings findings;
  private final Set<TableId> captured = new HashSet<>();

  public TableValidator(SourceConfig source, Connection connection, Findings findings) {
    this.source = source;
    this.connection = connection;
    this.findings = findings;
  }

  /** The facts of each table that can be captured; adds a problem for each that cannot. */
  public List<TableMetadata> check(List<CapturedTable> tables) throws SQLException {
    tables.forEach(table -> captured.add(table.table()));
    List<TableMetadata> facts = new ArrayList<>();
    for (CapturedTable table : tables) {
      Optional<CatalogTable> found = CatalogTable.read(connection, table.table());
      if (found.isPresent()) {
        check(table, found.get()).ifPresent(facts::add);
      } else {
        missing(table.table());
      }
    }
    return facts;
  }

  private void missing(TableId table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(NAMES);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        names.add(new TableId(rows.getString(1), rows.getString(2)).toString());
      }
    }
    problem(
        table,
        "does not exist in database '%s'%s"
            .formatted(
                source.database(),
                DidYouMean.to(table.toString(), names)
                    .map(n -> "; the nearest is " + n)
                    .orElse("")));
  }

  private Optional<TableMetadata> check(CapturedTable captured, CatalogTable table)
      throws SQLException {
    String not = kind(table);
    if (!not.isEmpty()) {
      problem(table.table(), not);
      return Optional.empty();
    }
    List<CatalogTable> leaves = table.leaves(connection);
    try {
      TableIdentity identity = TableIdentity.of(table, leaves, id(captured));
      TableMetadata facts =
          new TableMetadata(
              table.table(),
              table.oid(),
              table.columns(),
              identity.key(),
              identity.mode(),
              identity.columns(),
              identity.uniqueKeys(),
              table.isPartitioned(),
              leaves.stream().map(leaf -> new Leaf(leaf.table(), leaf.oid())).toList(),
              table.foreignKeys(connection));
      if (!apart(table) || !excluded(captured, facts) || !family(table, leaves)) {
        return Optional.empty();
      }
      report(facts);
      return Optional.of(facts);
    } catch (TableIdentity.UnfitException e) {
      problem(table.table(), e.what());
      return Optional.empty();
    }
  }

  private static List<String> id(CapturedTable captured) {
    return captured.requirements().stream()
        .filter(TableRequirement.Id.class::isInstance)
        .map(requirement -> ((TableRequirement.Id) requirement).columns())
        .findFirst()
        .orElse(List.of());
  }

  /** A row has one table: a partition and the table that it is a partition of cannot both be it. */
  private boolean apart(CatalogTable table) throws SQLException {
    for (TableId above : table.ancestors(connection)) {
      if (captured.contains(above)) {
        problem(
            table.table(),
            "is a partition of %s, which is captured as well, and a row belongs to one of the two. Take one out of entities.yaml"
                .formatted(above));
        return false;
      }
    }
    return true;
  }

  /**
   * Looks for rows of other tables that a SELECT from this one shows, but that are not its own in
   * the log. False: none are its own.
   */
  private boolean family(CatalogTable table, List<CatalogTable> leaves) throws SQLException {
    for (CatalogTable leaf : leaves) {
      String not = kind(leaf);
      if (!not.isEmpty()) {
        partly(table.table(), "has the partition %s, which %s".formatted(leaf.table(), not));
      }
    }
    List<TableId> heirs =
        table.heirs(connection).stream().filter(heir -> !captured.contains(heir)).toList();
    if (isHypertable(table) || heirs.stream().anyMatch(heir -> heir.schema().equals(CHUNKS))) {
      problem(
          table.table(),
          "is a hypertable of TimescaleDB: its rows stand in chunks, under whose names they are in the log, and chunks come and go. Rowhook cannot capture it; a table that is PARTITION BY RANGE can be captured");
      return false;
    }
    if (!heirs.isEmpty()) {
      partly(
          table.table(),
          "has tables that inherit from it (%s), whose rows are not its own in the log. Name them in entities.yaml as well, or run ALTER TABLE %s NO INHERIT %s;"
              .formatted(
                  heirs.stream().map(TableId::toString).collect(Collectors.joining(", ")),
                  heirs.getFirst().quoted(),
                  table.table().quoted()));
    }
    return true;
  }

  /** One that has no chunk yet has no heir either. */
  private boolean isHypertable(CatalogTable table) throws SQLException {
    try (PreparedStatement catalog = connection.prepareStatement(TIMESCALE);
        ResultSet found = catalog.executeQuery()) {
      if (!found.next()) {
        return false;
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(HYPERTABLE)) {
      statement.setString(1, table.table().schema());
      statement.setString(2, table.table().name());
      try (ResultSet found = statement.executeQuery()) {
        return found.next();
      }
    }
  }

  private void report(TableMetadata facts) {
    if (facts.identity() != ReplicaIdentity.FULL) {
      findings.advise(
          Area.tables,
          "%s: table %s logs only %s of a row's old state, so 'previous', 'changed' and a Deleted's data are unknown, and so is a large value that an UPDATE leaves alone. Run %s"
              .formatted(
                  source.place(),
                  facts.table(),
                  String.join(", ", facts.identityColumns()),
                  facts.fullIdentityStatement()));
    }
    if (!facts.generatedColumns().isEmpty()) {
      findings.advise(
          Area.tables,
          "%s: table %s: PostgreSQL computes %s and does not log it, so it is not captured, and not read back either"
              .formatted(
                  source.place(), facts.table(), String.join(", ", facts.generatedColumns())));
    }
  }

  private boolean excluded(CapturedTable captured, TableMetadata facts) {
    boolean good = true;
    for (String column : captured.columns().exclude()) {
      if (facts.primaryKey().contains(column)) {
        problem(captured.table(), "column " + column + " is excluded, but is in the primary key");
        good = false;
      } else if (facts.allColumns().stream().noneMatch(c -> c.name().equals(column))) {
        problem(
            captured.table(),
            "column "
                + column
                + " is excluded, but does not exist"
                + DidYouMean.to(column, facts.columns())
                    .map(n -> "; the nearest is " + n)
                    .orElse(""));
        good = false;
      }
    }
    return good;
  }

  private static String kind(CatalogTable table) {
    String what =
        switch (table.kind()) {
          case "v" -> "a view";
          case "m" -> "a materialized view";
          case "f" -> "a foreign table";
          default ->
              switch (table.persistence()) {
                case "u" -> "an unlogged table";
                case "t" -> "a temporary table";
                default -> SYSTEM.contains(table.table().schema()) ? "a system table" : "";
              };
        };
    return what.isEmpty()
        ? ""
        : "is "
            + what
            + ", but Rowhook captures ordinary tables only. "
            + (what.endsWith("unlogged table")
                ? "Run ALTER TABLE " + table.table().quoted() + " SET LOGGED;"
                : "Name the table that the rows stand in");
  }

  private void problem(TableId table, String what) {
    findings.suspend(table, source.place(), "table %s %s".formatted(table, what));
  }

  /** The rows that are its own in the log can be told. */
  private void partly(TableId table, String what) {
    findings.unavailable(table, source.place(), "table %s %s".formatted(table, what));
  }
}
