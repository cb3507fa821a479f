package io.rowhook.capture;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.catalog.ColumnType;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.catalog.TableStructure;
import io.rowhook.capture.checks.SourceAdvice;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.decode.TypeCatalog;
import io.rowhook.capture.setup.Continuity;
import io.rowhook.capture.setup.ContinuityCheck;
import io.rowhook.capture.setup.Publication;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that can be said of a source without capturing it: what {@code rowhook run} would refuse, in
 * the same words, and what it would be silent about. Changes nothing.
 *
 * @param findings in the order found
 * @param atStart those of them that {@code rowhook run} says itself before it captures, or by which
 *     it refuses to
 * @param tables what the catalog says of the captured tables that are as they must be
 * @param columns of these and of those that references read, by name the type; empty: no table
 * @param labels the values of those of them that are of an enum, by table and column
 * @param version of the server; empty: it cannot be asked
 */
public record SourceInspection(
    List<Finding> findings,
    List<Finding> atStart,
    List<TableMetadata> tables,
    Map<TableId, Map<String, String>> columns,
    Map<TableId, Map<String, List<String>>> labels,
    Optional<String> version) {

  private static final String NOTHING_SENT =
      "Nothing is captured, so no webhook is sent; rowhook run does not start";

  public SourceInspection {
    findings = List.copyOf(findings);
    atStart = List.copyOf(atStart);
    tables = List.copyOf(tables);
    columns = Map.copyOf(columns);
    labels = Map.copyOf(labels);
  }

  /**
   * The journal that belongs to the source's slot.
   *
   * @param running whether a Rowhook runs on it, which knows better
   * @param durable what it holds; empty: that cannot be seen
   */
  public record Journal(boolean running, Optional<CheckpointReader> durable) {}

  /**
   * Looks at it.
   *
   * @param tables that are captured
   * @param lookedUp further tables that references read
   * @param clock of this machine
   */
  public static SourceInspection of(
      SourceConfig source,
      List<CapturedTable> tables,
      Collection<TableId> lookedUp,
      Journal journal,
      InstantSource clock) {
    SourceValidator.Checked checked =
        journal.running()
            ? SourceValidator.lookBeside(source, tables)
            : SourceValidator.look(source, tables);
    List<Finding> found = new ArrayList<>();
    List<String> problems = new ArrayList<>(checked.problems());
    problems.remove(SourceValidator.noTable(source)); // the settings say it
    for (String problem : problems) {
      found.add(Finding.of(Severity.error, Area.source, problem, NOTHING_SENT));
    }
    for (TableProblem problem : checked.tableProblems()) {
      found.add(Finding.of(Severity.error, Area.tables, problem.text(), effect(problem)));
    }
    for (SourceWarning warning : checked.warnings()) {
      Severity severity = warning.advice() ? Severity.advice : Severity.warning;
      found.add(Finding.of(severity, warning.area(), warning.text(), ""));
    }
    List<Finding> atStart = List.copyOf(found);
    Map<TableId, Map<String, String>> columns = new HashMap<>();
    Map<TableId, Map<String, List<String>>> labels = new HashMap<>();
    Optional<String> version = Optional.empty();
    try (Connection connection = PostgresConnections.connect(source)) {
      PostgresConnections.giveUpLocks(connection);
      version = Optional.of(connection.getMetaData().getDatabaseProductVersion());
      new SourceAdvice(source, connection, found).check(clock);
      ColumnType.Types types = new ColumnType.Types(connection, TypeCatalog.load(connection));
      for (CapturedTable table : tables) {
        columns.put(table.table(), readable(TableColumns.read(connection, table.table())));
        labels.put(table.table(), TableStructure.read(connection, table.table(), types).labels());
      }
      for (TableId table : lookedUp) {
        columns.put(table, readable(TableColumns.read(connection, table)));
      }
      if (!checked.tables().isEmpty()) {
        publication(source, Publication.plan(connection, source, checked.tables()), found);
      }
      if (!journal.running() && checked.problems().isEmpty() && journal.durable().isPresent()) {
        Continuity seen =
            Continuity.look(
                source, connection, journal.durable().get(), checked.tables(), List.of());
        if (seen.verdict() instanceof ContinuityCheck.Verdict.Gap(String what, _)
            && seen.slot().stream().noneMatch(Slot::lost)) { // which is said already
          found.add(Finding.of(Severity.error, Area.source, what, "rowhook run does not start"));
        }
      }
    } catch (SQLException e) {
      String words = SourceValidator.connecting(source, e);
      if (!checked.problems().contains(words)) {
        found.add(
            Finding.of(
                Severity.error,
                Area.source,
                words,
                "What else is there to be said of the source is not known"));
      }
    }
    return new SourceInspection(found, atStart, checked.tables(), columns, labels, version);
  }

  private static Map<String, String> readable(TableColumns columns) {
    Map<String, String> types = new HashMap<>(columns.types());
    types.keySet().retainAll(columns.readable());
    return types;
  }

  private static String effect(TableProblem problem) {
    return problem.suspends()
        ? "Changes of rows of %s make no webhook; rowhook run does not start, or goes on without the table"
            .formatted(problem.table())
        : "Webhooks lack what is looked up in %s, and say so as unavailable; rowhook run does not start with it where it is new, and says it otherwise"
            .formatted(problem.table());
  }

  private static void publication(SourceConfig source, Publication.Plan plan, List<Finding> found) {
    for (String problem : plan.problems()) {
      found.add(Finding.of(Severity.error, Area.source, problem, NOTHING_SENT));
    }
    if (!plan.statements().isEmpty()) {
      found.add(
          new Finding(
              Severity.advice,
              Area.source,
              "%s: publication.name '%s' %s"
                  .formatted(
                      source.place(),
                      source.publication(),
                      plan.missing() ? "does not exist" : "is not as it must be"),
              "rowhook run mends that itself, which it may: " + String.join(" ", plan.statements()),
              ""));
    }
  }
}
