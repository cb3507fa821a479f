package io.rowhook.capture.checks;

import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableRequirement;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.lookup.RowConditions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks whether the conditions of {@code where} and {@code deleted} can be judged: by the columns
 * of one row, always the same, and of an old row as well. One use.
 */
final class ConditionValidator {

  /** Functions of these names that are not pure, and those that none has. */
  private static final String NOT_IMMUTABLE =
      """
      SELECT f.name FROM unnest(?::text[]) AS f (name)
       WHERE EXISTS (SELECT FROM pg_proc p WHERE p.proname = f.name
                      AND (p.provolatile <> 'i' OR p.proretset OR p.prokind <> 'f'))
      """;

  private final Connection connection;
  private final Findings findings;

  ConditionValidator(Connection connection, Findings findings) {
    this.connection = connection;
    this.findings = findings;
  }

  /** A condition on the rows of a captured table. */
  void captured(TableRequirement.Where where, TableMetadata facts, TableColumns columns)
      throws SQLException {
    List<String> judged = look(where.place(), where.condition(), facts.table(), columns, true);
    List<String> unknown = new ArrayList<>(judged);
    unknown.removeAll(facts.identityColumns());
    unknown.removeAll(columns.generated());
    if (!unknown.isEmpty()) {
      findings.suspend(
          facts.table(),
          where.place(),
          "column %s is not in the REPLICA IDENTITY of %s, so of an old row nobody can tell whether the condition held. Run %s"
              .formatted(String.join(", ", unknown), facts.table(), facts.fullIdentityStatement()));
    }
  }

  /** A condition on the rows of a table that is only read. */
  void lookedUp(String place, String sql, TableId table, TableColumns columns) throws SQLException {
    look(place, sql, table, columns, false);
  }

  /** Returns the columns that it looks at. */
  private List<String> look(
      String place, String sql, TableId table, TableColumns columns, boolean captured)
      throws SQLException {
    SqlCondition condition = SqlCondition.of(sql);
    List<String> judged = condition.columns(List.copyOf(columns.types().keySet()));
    List<String> problems = new ArrayList<>();
    condition.problem().ifPresent(problems::add);
    for (String column : judged) {
      if (columns.generated().contains(column)) {
        problems.add(
            "column %s is generated, so it is not in the log. Write the expression that it is made by"
                .formatted(column));
      } else if (captured && !RowConditions.canBeJudged(columns.base(column))) {
        problems.add(
            "column %s is a %s, which a condition cannot look at. Name other columns"
                .formatted(column, columns.types().get(column)));
      }
    }
    for (String function : moving(condition.functions())) {
      problems.add(
          "function %s does not always give the same for the same row. Leave it out"
              .formatted(function));
    }
    if (condition.namesAMovingDate()) {
      problems.add("'now', 'today' and the like mean another date each day. Write the date");
    }
    if (problems.isEmpty()) {
      understood(new Condition(table, sql, judged), columns, problems);
    }
    for (String problem : problems) {
      String what = "%s, got: %s".formatted(problem, sql);
      if (captured) {
        findings.suspend(table, place, what);
      } else {
        findings.unavailable(table, place, what);
      }
    }
    return judged;
  }

  private List<String> moving(Set<String> functions) throws SQLException {
    List<String> moving = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(NOT_IMMUTABLE)) {
      statement.setArray(1, connection.createArrayOf("text", functions.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          moving.add(row.getString(1));
        }
      }
    }
    return moving;
  }

  /** Has PostgreSQL read it, on no row. */
  private void understood(Condition condition, TableColumns columns, List<String> problems)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(RowConditions.sql(condition, columns) + " LIMIT 0")) {
      statement.setArray(1, connection.createArrayOf("text", new String[0]));
      statement.executeQuery().close();
    } catch (SQLException e) {
      if (connection.isClosed() || e.getSQLState() == null || e.getSQLState().startsWith("08")) {
        throw e;
      }
      problems.add("PostgreSQL does not take it for a condition: " + first(e));
    }
  }

  private static String first(SQLException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
