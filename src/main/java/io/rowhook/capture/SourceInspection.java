package io.rowhook.capture;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.checks.SourceAdvice;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.setup.ContinuityCheck;
import io.rowhook.capture.setup.Publication;
import io.rowhook.capture.setup.PublicationDrift;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that can be said of a source without capturing it: what {@code rowhook run} would refuse, in
 * the same words, and what it would be silent about. Changes nothing.
 *
 * @param findings in the order found
 * @param tables what the catalog says of the captured tables that are as they must be
 * @param columns of these and of those that references read, by name the type; empty: no table
 * @param version of the server; empty: it cannot be asked
 */
public record SourceInspection(
    List<Finding> findings,
    List<TableMetadata> tables,
    Map<TableId, Map<String, String>> columns,
    Optional<String> version) {

  private static final String NOTHING_SENT =
      "Nothing is captured, so no webhook is sent; rowhook run does not start";

  public SourceInspection {
    findings = List.copyOf(findings);
    tables = List.copyOf(tables);
    columns = Map.copyOf(columns);
  }

  /** The journal that belongs to the source's slot. */
  public enum Journal {
    /** There is none: everything begins. */
    NEW,
    /** It is there. */
    KNOWN,
    /** It is there, and a Rowhook runs on it. */
    RUNNING
  }

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
        journal == Journal.RUNNING
            ? SourceValidator.lookBeside(source, tables)
            : SourceValidator.look(source, tables);
    List<Finding> found = new ArrayList<>();
    for (String problem : checked.problems()) {
      found.add(Finding.of(Severity.error, Area.source, problem, NOTHING_SENT));
    }
    for (TableProblem problem : checked.tableProblems()) {
      found.add(Finding.of(Severity.error, Area.tables, problem.text(), effect(problem)));
    }
    for (String warning : checked.warnings()) {
      boolean advice = checked.advice().contains(warning);
      Area area = warning.contains("max_slot_wal_keep_size") ? Area.source : Area.tables;
      found.add(Finding.of(advice ? Severity.advice : Severity.warning, area, warning, ""));
    }
    Map<TableId, Map<String, String>> columns = new HashMap<>();
    Optional<String> version = Optional.empty();
    try (Connection connection = PostgresConnections.connect(source)) {
      PostgresConnections.giveUpLocks(connection);
      version = Optional.of(connection.getMetaData().getDatabaseProductVersion());
      new SourceAdvice(source, connection, found).check(clock);
      for (CapturedTable table : tables) {
        columns.put(table.table(), readable(TableColumns.read(connection, table.table())));
      }
      for (TableId table : lookedUp) {
        columns.put(table, readable(TableColumns.read(connection, table)));
      }
      if (!checked.tables().isEmpty()) {
        publication(source, Publication.plan(connection, source, checked.tables()), found);
      }
      if (journal == Journal.NEW && checked.problems().isEmpty()) {
        Slot.read(connection, source.slot())
            .filter(slot -> !slot.lost())
            .ifPresent(slot -> orphan(source, slot, found));
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
    return new SourceInspection(found, checked.tables(), columns, version);
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
        : "Webhooks lack what is looked up in %s, and say so as unavailable; rowhook run does not start with it"
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

  /** A slot that no journal belongs to: row changes may be missing. */
  private static void orphan(SourceConfig source, Slot slot, List<Finding> found) {
    try {
      PostgresConnections.Identity server = PostgresConnections.identify(source);
      PublicationDrift none = new PublicationDrift(null, false, Position.START, List.of());
      ContinuityCheck.Verdict verdict =
          ContinuityCheck.judge(
              source, null, Position.START, server, Optional.of(slot), null, new TreeMap<>(), none);
      if (verdict instanceof ContinuityCheck.Verdict.Gap(String what, _)) {
        found.add(Finding.of(Severity.error, Area.source, what, "rowhook run does not start"));
      }
    } catch (SQLException e) {
      found.add(
          Finding.of(
              Severity.error, Area.source, SourceValidator.connecting(source, e), NOTHING_SENT));
    }
  }
}
