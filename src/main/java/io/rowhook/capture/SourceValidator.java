package io.rowhook.capture;

import io.rowhook.capture.checks.Findings;
import io.rowhook.capture.checks.RelationValidator;
import io.rowhook.capture.checks.ServerValidator;
import io.rowhook.capture.checks.TableValidator;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.lookup.LookupFailure;
import io.rowhook.capture.setup.Publication;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks, before an engine starts, whether the source can be captured; finds all problems at once,
 * each with the statement or setting that mends it. Changes nothing.
 */
public final class SourceValidator {

  /** The oldest server with logical messages in {@code pgoutput}. */
  private static final int OLDEST = 14;

  private final SourceConfig source;
  private final Findings findings = new Findings();
  private final boolean running;
  private final boolean rights;
  private final Optional<String> role;

  private SourceValidator(SourceConfig source) {
    this(source, false, true, Optional.empty());
  }

  private SourceValidator(
      SourceConfig source, boolean running, boolean rights, Optional<String> role) {
    this.source = source;
    this.running = running;
    this.rights = rights;
    this.role = role;
  }

  /**
   * What was found.
   *
   * @param tables what the catalog says about each table that can be captured as such, in the order
   *     asked; one of them may have a problem all the same, with what it is joined with
   * @param tableProblems what is wrong with single tables: others can be captured
   * @param problems what is wrong with the source: nothing can be captured
   * @param warnings what an administrator should know
   */
  public record Checked(
      List<TableMetadata> tables,
      List<TableProblem> tableProblems,
      List<String> problems,
      List<SourceWarning> warnings) {

    public Checked {
      tables = List.copyOf(tables);
      tableProblems = List.copyOf(tableProblems);
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }

    /** The tables whose row changes cannot be told, each with every reason. */
    public Map<TableId, List<String>> suspended() {
      return tableProblems.stream()
          .filter(TableProblem::suspends)
          .collect(
              Collectors.groupingBy(
                  TableProblem::table,
                  LinkedHashMap::new,
                  Collectors.mapping(TableProblem::text, Collectors.toList())));
    }

    /** The same without those of these tables that have problems. */
    private Checked without(Set<TableId> suspended) {
      Set<TableId> without = new HashSet<>(suspended);
      without.retainAll(suspended().keySet());
      return new Checked(
          tables.stream().filter(table -> !without.contains(table.table())).toList(),
          tableProblems.stream().filter(one -> !without.contains(one.table())).toList(),
          problems,
          warnings);
    }

    /**
     * Itself, if nothing is wrong at all.
     *
     * @throws SourceException with every problem found
     */
    public Checked strict() {
      List<String> all = new ArrayList<>(problems);
      tableProblems.forEach(problem -> all.add(problem.text()));
      if (!all.isEmpty()) {
        throw SourceException.of(all);
      }
      return this;
    }
  }

  /**
   * Checks the server, the tables, the publication and the slot.
   *
   * @throws SourceException with every problem found
   */
  public static Checked run(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source).check(tables, true, true).strict();
  }

  /**
   * Checks server, tables and slot, and tells problems apart: those of one table need not stop the
   * others. What the publication lacks is judged by whoever joins.
   */
  public static Checked look(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source).check(tables, true, false);
  }

  /** The same beside a Rowhook that runs with these settings, whose slot is in use by right. */
  static Checked lookBeside(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source, true, true, Optional.empty()).check(tables, true, false);
  }

  /**
   * Checks tables and publication only: the slot may be in use by our own engine.
   *
   * @throws SourceException if they cannot be captured, or the source cannot be asked
   */
  public static Checked tables(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source).check(tables, false, true).strict();
  }

  /**
   * The same beside tables that are suspended: what is wrong with these is known already. Returns
   * all tables that can be captured now.
   *
   * @throws SourceException if another one cannot be captured, or the source cannot be asked
   */
  static Checked tables(SourceConfig source, List<CapturedTable> tables, Set<TableId> suspended) {
    return new SourceValidator(source).check(tables, false, true).without(suspended).strict();
  }

  /**
   * Checks tables as the catalog has them, whoever asks: the rights of the role are not looked at.
   */
  static Checked structure(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source, false, false, Optional.empty()).check(tables, false, false);
  }

  /** Checks tables only, and tells problems apart. */
  public static Checked lookAtTables(SourceConfig source, List<CapturedTable> tables) {
    return new SourceValidator(source).check(tables, false, false);
  }

  /**
   * The rights that a role lacks to read what is looked up; none of a role that is not there. What
   * else is wrong is not said.
   *
   * @param source logged in to by somebody who sees the catalog
   * @throws SourceException if it cannot be asked
   */
  public static List<MissingGrant> missing(
      SourceConfig source, String role, List<CapturedTable> tables) {
    try (Connection connection = PostgresConnections.connect(source);
        PreparedStatement asked =
            connection.prepareStatement("SELECT FROM pg_roles WHERE rolname = ?")) {
      asked.setString(1, role);
      try (ResultSet row = asked.executeQuery()) {
        if (!row.next()) {
          return List.of();
        }
      }
      SourceValidator validator = new SourceValidator(source, false, true, Optional.of(role));
      validator.tables(connection, tables);
      return validator.findings.missing();
    } catch (SQLException e) {
      throw SourceException.of(List.of(connecting(source, e)));
    }
  }

  private Checked check(List<CapturedTable> tables, boolean whole, boolean publication) {
    List<TableMetadata> facts = List.of();
    try (Connection connection = PostgresConnections.connect(source)) {
      PostgresConnections.giveUpLocks(connection);
      if (whole) {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST) {
          findings.refuse(
              "%s: the server at %s is PostgreSQL %d, but Rowhook needs %d or newer"
                  .formatted(source.place(), source.address(), version, OLDEST));
          return result(facts);
        }
        new ServerValidator(source, connection, findings, running).check();
      }
      facts = tables(connection, tables);
      if (publication && facts.size() == tables.size()) {
        Publication.plan(connection, source, facts).problems().forEach(findings::refuse);
      }
    } catch (SQLException e) {
      findings.refuse(connecting(source, e));
    }
    return result(facts);
  }

  private List<TableMetadata> tables(Connection connection, List<CapturedTable> tables)
      throws SQLException {
    if (tables.isEmpty()) {
      findings.refuse(noTable(source));
      return List.of();
    }
    List<TableMetadata> facts = new TableValidator(source, connection, findings).check(tables);
    new RelationValidator(source, connection, facts, findings, rights, role).check(tables);
    return facts;
  }

  private Checked result(List<TableMetadata> facts) {
    return new Checked(facts, findings.tables(), findings.problems(), findings.warnings());
  }

  /** What is said where no entity is configured. */
  static String noTable(SourceConfig source) {
    return "%s: no table is captured. Name one in entities.yaml".formatted(source.place());
  }

  /** What a failed connection or statement means, in a sentence. */
  public static String connecting(SourceConfig source, SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    String says = Optional.ofNullable(e.getMessage()).orElse("no message").strip();
    return switch (state) {
      case "28P01" ->
          "%s: database.user '%s' cannot log in to %s: the password (database.password) is wrong"
              .formatted(source.place(), source.user(), source.server());
      case "28000" ->
          "%s: database.user '%s' may not log in to %s; the server says: %s. Mend the role or the server's pg_hba.conf"
              .formatted(source.place(), source.user(), source.server(), says);
      case "08P01" -> // protocol_violation
          "%s: what answers at %s is a connection pooler, through which nothing can be replicated; it says: %s. Set database.hostname and database.port to the server itself"
              .formatted(source.place(), source.address(), says);
      case "53300" -> // too_many_connections
          "%s: %s has no connection left for database.user '%s'; the server says: %s. Raise what it names, or end connections that nobody needs: SELECT pid, usename, state, state_change FROM pg_stat_activity ORDER BY state_change;"
              .formatted(source.place(), source.server(), source.user(), says);
      case "57P03" -> // cannot_connect_now
          "%s: %s takes no connections yet; the server says: %s"
              .formatted(source.place(), source.server(), says);
      case LookupFailure.LOCKED ->
          "%s: %s keeps something locked that has to be looked at; it says: %s. Find out who waits for whom by SELECT pid, pg_blocking_pids(pid), state, query FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0;"
              .formatted(source.place(), source.server(), says);
      case "3D000" ->
          "%s: database.dbname is '%s', but the server at %s has no such database"
              .formatted(source.place(), source.database(), source.address());
      case "08001", "08004", "08006" ->
          "%s: cannot reach the server at database.hostname=%s, database.port=%s: %s"
              .formatted(
                  source.place(),
                  source.properties().get("database.hostname"),
                  source.properties().get("database.port"),
                  says);
      default ->
          "%s: %s does not answer as it should (SQL state %s): %s"
              .formatted(source.place(), source.server(), state, says);
    };
  }
}
