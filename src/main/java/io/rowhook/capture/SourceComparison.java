package io.rowhook.capture;

import io.rowhook.capture.StructureChange.Kind;
import io.rowhook.capture.catalog.ColumnType;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.catalog.TableExposure;
import io.rowhook.capture.catalog.TableStructure;
import io.rowhook.capture.checks.ColumnComparison;
import io.rowhook.capture.checks.ExposureComparison;
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
      Map<TableId, TableColumns> columns,
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
          Optional<TableExposure> exposure =
              TableExposure.read(connection, table, source.user(), source.publication());
          exposure.ifPresent(one -> side.exposures.put(table, one));
          boolean known = exposure.filter(TableExposure::role).isPresent();
          side.columns.put(
              table, TableColumns.read(connection, table, known ? source.user() : null));
        }
        side.names.putAll(TableStructure.names(connection));
        return Optional.of(side);
      } catch (SQLException e) {
        failures.add(SourceValidator.connecting(where, e));
        return Optional.empty();
      }
    }

    TableColumns columns(TableId table) {
      return Objects.requireNonNull(columns.get(table));
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
      keys(table, here.columns(table).primaryKey(), there.columns(table).primaryKey(), changes);
      TableExposure shown = here.exposures.get(table);
      TableExposure shownThere = there.exposures.get(table);
      if (shown != null && shownThere != null) {
        ExposureComparison comparison =
            new ExposureComparison(source.user(), source.publication(), table, changes);
        comparison.compare(shown, shownThere);
        comparison.rights(shown, shownThere, here.columns(table), there.columns(table));
        comparison.unreadable(one, two, shown, shownThere, there.columns(table).closed());
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
    Map<TableId, List<String>> keys = new HashMap<>();
    here.columns.forEach((table, columns) -> keys.put(table, columns.primaryKey()));
    return new SourceComparison(all.size(), attributes, changes, problems, known, keys, List.of());
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
