package io.rowhook.capture;

import io.rowhook.capture.StructureChange.Kind;
import io.rowhook.capture.catalog.ColumnType;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.catalog.TableExposure;
import io.rowhook.capture.catalog.TableStructure;
import io.rowhook.capture.checks.ColumnComparison;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.decode.TypeCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The source held against another database that is to take its place, as the same one after an
 * upgrade: what would no longer be captured or sent as it is now. Changes nothing in either, and
 * needs no slot, no publication and no role of Rowhook's in the other one.
 *
 * @param tables how many were compared
 * @param attributes how many of their columns
 * @param changes of tables that are in both
 * @param problems what keeps tables from being captured there, and does not here
 * @param known how many problems there are in both; {@code rowhook check} names them
 * @param keys the primary keys of the source's tables
 * @param failures why one of the two cannot be looked at; then nothing else is known
 */
public record SourceComparison(
    int tables,
    int attributes,
    List<StructureChange> changes,
    List<TableProblem> problems,
    int known,
    Map<TableId, List<String>> keys,
    List<String> failures) {

  /** So much of a table's columns tells it under another name. */
  private static final double ALIKE = 0.7;

  public SourceComparison {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
    keys = Map.copyOf(keys);
    failures = List.copyOf(failures);
  }

  /**
   * Compares.
   *
   * @param there the other one; its slot and publication mean nothing
   * @param captured tables that are captured
   * @param lookedUp further tables that references read
   */
  public static SourceComparison of(
      SourceConfig source,
      SourceConfig there,
      List<CapturedTable> captured,
      Collection<TableId> lookedUp) {
    Set<TableId> all = new LinkedHashSet<>();
    captured.forEach(table -> all.add(table.table()));
    all.addAll(lookedUp);
    List<String> failures = new ArrayList<>();
    Optional<Side> here = Side.read(source, source, captured, all, failures);
    Optional<Side> other = Side.read(there, source, captured, all, failures);
    return here.isPresent() && other.isPresent()
        ? compared(source, here.get(), there, other.get(), all)
        : new SourceComparison(0, 0, List.of(), List.of(), 0, Map.of(), failures);
  }

  /** One of the two databases. */
  private record Side(
      SourceValidator.Checked checked,
      Map<TableId, TableStructure> structures,
      Map<TableId, List<String>> keys,
      Map<TableId, TableExposure> exposures,
      Map<TableId, List<String>> names) {

    /** Empty: it cannot be looked at, which is a failure. */
    static Optional<Side> read(
        SourceConfig where,
        SourceConfig source,
        List<CapturedTable> captured,
        Set<TableId> all,
        List<String> failures) {
      SourceValidator.Checked checked = SourceValidator.structure(where, captured);
      failures.addAll(checked.problems());
      if (!checked.problems().isEmpty()) {
        return Optional.empty();
      }
      Side side =
          new Side(checked, new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
      try (Connection connection = PostgresConnections.connect(where)) {
        PostgresConnections.giveUpLocks(connection);
        ColumnType.Types types = new ColumnType.Types(connection, TypeCatalog.load(connection));
        for (TableId table : all) {
          side.structures.put(table, TableStructure.read(connection, table, types));
          side.keys.put(table, TableColumns.read(connection, table).primaryKey());
          TableExposure.read(connection, table, source.user(), source.publication())
              .ifPresent(exposure -> side.exposures.put(table, exposure));
        }
        side.names.putAll(TableStructure.names(connection));
        return Optional.of(side);
      } catch (SQLException e) {
        failures.add(SourceValidator.connecting(where, e));
        return Optional.empty();
      }
    }
  }

  private static SourceComparison compared(
      SourceConfig source, Side here, SourceConfig other, Side there, Set<TableId> all) {
    List<StructureChange> changes = new ArrayList<>();
    int attributes = 0;
    for (TableId table : all) {
      TableStructure one = Objects.requireNonNull(here.structures.get(table));
      TableStructure two = Objects.requireNonNull(there.structures.get(table));
      attributes += one.columns().size();
      if (one.columns().isEmpty() || two.columns().isEmpty()) {
        continue; // a problem, of one or of both
      }
      changes.addAll(ColumnComparison.compare(table, one, two));
      keys(
          table,
          here.keys.getOrDefault(table, List.of()),
          there.keys.getOrDefault(table, List.of()),
          changes);
      TableExposure shown = here.exposures.get(table);
      TableExposure shownThere = there.exposures.get(table);
      if (shown != null && shownThere != null) {
        exposure(source, table, shown, shownThere, changes);
      }
    }
    identities(here.checked, there.checked, changes);
    Set<String> before = new HashSet<>();
    here.checked.tableProblems().forEach(problem -> before.add(words(problem, source)));
    List<TableProblem> problems = new ArrayList<>();
    int known = 0;
    for (TableProblem problem : there.checked.tableProblems()) {
      if (before.contains(words(problem, other))) {
        known++;
      } else {
        problems.add(renamed(problem, here, other, there));
      }
    }
    return new SourceComparison(
        all.size(), attributes, changes, problems, known, here.keys, List.of());
  }

  /** What it says, wherever it is said. */
  private static String words(TableProblem problem, SourceConfig where) {
    return problem
        .text()
        .replace(where.place() + ": ", "")
        .replace("database '" + where.database() + "'", "the database");
  }

  private static void keys(
      TableId table, List<String> here, List<String> there, List<StructureChange> changes) {
    if (!here.isEmpty() && !there.isEmpty() && !here.equals(there)) {
      String one = String.join(", ", here);
      String two = String.join(", ", there);
      changes.add(
          new StructureChange(
              Kind.KEY,
              table,
              "has the primary key (%s) instead of (%s) there".formatted(two, one),
              one,
              two,
              ""));
    }
  }

  private static void identities(
      SourceValidator.Checked now, SourceValidator.Checked then, List<StructureChange> changes) {
    for (TableMetadata here : now.tables()) {
      for (TableMetadata there : then.tables()) {
        if (there.table().equals(here.table()) && here.logsOldRows() && !there.logsOldRows()) {
          changes.add(
              new StructureChange(
                  Kind.IDENTITY,
                  here.table(),
                  "logs only %s of a row's old state there (REPLICA IDENTITY)"
                      .formatted(String.join(", ", there.identityColumns())),
                  "FULL",
                  there.identity().name(),
                  there.fullIdentityStatement()));
        }
      }
    }
  }

  private static void exposure(
      SourceConfig source,
      TableId table,
      TableExposure one,
      TableExposure two,
      List<StructureChange> changes) {
    String role = source.user();
    if (one.publication() && two.publication()) {
      String publication = TableId.quote(source.publication());
      if (one.published() && !two.published()) {
        published(
            table,
            "is not in publication %s there".formatted(source.publication()),
            "ALTER PUBLICATION %s ADD TABLE %s;".formatted(publication, table.quoted()),
            changes);
      } else if (one.part().isEmpty() && !two.part().isEmpty()) {
        published(
            table,
            "is in publication %s there with %s only".formatted(source.publication(), two.part()),
            "ALTER PUBLICATION %s DROP TABLE %s; ALTER PUBLICATION %s ADD TABLE %s;"
                .formatted(publication, table.quoted(), publication, table.quoted()),
            changes);
      } else if (one.operations() && !two.operations()) {
        published(
            table,
            "is in publication %s there, which lacks inserts, updates, deletes or truncates"
                .formatted(source.publication()),
            "ALTER PUBLICATION %s SET (publish = 'insert, update, delete, truncate');"
                .formatted(publication),
            changes);
      }
    }
    if (one.role() && two.role()) {
      String user = TableId.quote(role);
      if (one.usable() && !two.usable()) {
        seen(
            table,
            "stands in a schema that %s may not use there".formatted(role),
            "GRANT USAGE ON SCHEMA %s TO %s;".formatted(TableId.quote(table.schema()), user),
            changes);
      }
      if (one.readable() && !two.readable()) {
        seen(
            table,
            "may not be read by %s there, or not all its columns".formatted(role),
            "GRANT SELECT ON %s TO %s;".formatted(table.quoted(), user),
            changes);
      }
      if (!one.secured() && two.secured()) {
        seen(
            table,
            "has row-level security there, which hides rows from %s".formatted(role),
            "CREATE POLICY rowhook ON %s FOR SELECT TO %s USING (true);"
                .formatted(table.quoted(), user),
            changes);
      }
    }
  }

  private static void published(
      TableId table, String what, String mend, List<StructureChange> changes) {
    changes.add(new StructureChange(Kind.PUBLICATION, table, what, "", "", mend));
  }

  private static void seen(TableId table, String what, String mend, List<StructureChange> changes) {
    changes.add(new StructureChange(Kind.RIGHTS, table, what, "", "", mend));
  }

  /** A table that is gone may be there under another name. */
  private static TableProblem renamed(
      TableProblem problem, Side here, SourceConfig other, Side there) {
    TableId table = problem.table();
    List<String> its = here.names.getOrDefault(table, List.of());
    boolean gone = Objects.requireNonNull(there.structures.get(table)).columns().isEmpty();
    if (its.isEmpty() || !gone) {
      return problem;
    }
    // the nearest name that is like it is so here as well
    String what = "table %s does not exist in database '%s'".formatted(table, other.database());
    for (Map.Entry<TableId, List<String>> fresh : there.names.entrySet()) {
      long same = its.stream().filter(fresh.getValue()::contains).count();
      if (!here.names.containsKey(fresh.getKey()) && same >= its.size() * ALIKE) {
        what += "; it is probably %s now. Name that in entities.yaml".formatted(fresh.getKey());
        break;
      }
    }
    return new TableProblem(table, problem.suspends(), problem.place(), what);
  }
}
