package io.rowhook.capture.checks;

import io.rowhook.base.DidYouMean;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableProblem;
import io.rowhook.capture.catalog.TableColumns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks whether columns are there to be captured, logged or read. One use. */
final class ColumnValidator {

  private final Connection connection;
  private final Findings findings;
  private final Optional<String> role;
  private final Map<TableId, TableColumns> columns = new HashMap<>();

  /**
   * @param role whose rights are asked for; empty: the session's
   */
  ColumnValidator(Connection connection, Findings findings, Optional<String> role) {
    this.role = role;
    this.connection = connection;
    this.findings = findings;
  }

  /** What a problem costs, see {@link TableProblem}. */
  record Fault(TableId table, boolean suspends) {}

  /** Those of a table; read once. */
  TableColumns of(TableId table) throws SQLException {
    TableColumns known = columns.get(table);
    if (known == null) {
      known = TableColumns.read(connection, table, role.orElse(null));
      columns.put(table, known);
    }
    return known;
  }

  /** Whether one of these columns is not there to be captured or read. */
  boolean missing(Fault fault, String place, List<String> wanted, TableId table)
      throws SQLException {
    List<String> readable = of(table).readable();
    boolean missing = false;
    for (String column : wanted) {
      if (of(table).generated().contains(column)) {
        problem(
            fault,
            place,
            "column %s of %s is computed by PostgreSQL (generated), so it is not in the log, and is neither captured nor read back. Name the columns that it is computed from, or another"
                .formatted(column, table));
        missing = true;
      } else if (!readable.contains(column)) {
        Optional<String> nearest = DidYouMean.to(column, readable);
        problem(
            fault,
            place,
            "table %s has no column %s%s"
                .formatted(table, column, nearest.map(n -> "; the nearest is " + n).orElse("")));
        missing = true;
      }
    }
    return missing;
  }

  /** What is not in the identity is not known of a deleted row. */
  void logged(Fault fault, String place, List<String> columns, TableMetadata facts) {
    if (!facts.identityColumns().containsAll(columns)) {
      problem(
          fault,
          place,
          "column %s is not in the REPLICA IDENTITY of %s, so it is not known of a deleted row. Run %s"
              .formatted(String.join(", ", columns), facts.table(), facts.fullIdentityStatement()));
    }
  }

  void problem(Fault fault, String place, String what) {
    if (fault.suspends()) {
      findings.suspend(fault.table(), place, what);
    } else {
      findings.unavailable(fault.table(), place, what);
    }
  }

  static String quoted(List<String> columns) {
    return String.join(", ", columns.stream().map(TableId::quote).toList());
  }
}
