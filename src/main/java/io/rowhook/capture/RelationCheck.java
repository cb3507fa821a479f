package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks whether the captured tables can be told and joined as the entities demand: keys, what they
 * refer to, what the log has of old rows, rights to read. One use.
 */
final class RelationCheck {

  /** Any index whose first columns are these, in any order. */
  private static final String INDEXED =
      """
      SELECT EXISTS (
        SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ? AND c.relname = ? AND i.indisvalid AND i.indpred IS NULL
           AND (SELECT count(*) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                 WHERE k.place <= ? AND a.attname = ANY (?)) = ?)
      """;

  private static final String MAY_READ =
      "SELECT has_table_privilege(format('%I.%I', ?::text, ?::text)::regclass, 'SELECT')";

  private final Source source;
  private final Connection connection;
  private final Findings findings;
  private final Map<TableId, TableFacts> captured = new HashMap<>();
  private final Set<TableId> mayRead = new HashSet<>();

  RelationCheck(
      Source source, Connection connection, List<TableFacts> captured, Findings findings) {
    this.source = source;
    this.connection = connection;
    this.findings = findings;
    captured.forEach(facts -> this.captured.put(facts.table(), facts));
  }

  /** Adds a problem for each demand that does not hold. */
  void check(List<CapturedTable> tables) throws SQLException {
    for (CapturedTable table : tables) {
      TableFacts facts = captured.get(table.table());
      if (facts == null) {
        continue; // has a problem of its own
      }
      for (Demand demand : table.demands()) {
        switch (demand) {
          case Demand.Id id -> id(id, facts);
          case Demand.Part part -> part(part, facts);
          case Demand.Reference reference -> reference(reference, facts);
        }
      }
    }
  }

  private void id(Demand.Id id, TableFacts facts) {
    Fault fault = new Fault(facts.table(), true);
    if (missing(fault, id.place(), id.columns(), facts.table(), facts.columns())) {
      return;
    }
    Set<String> columns = Set.copyOf(id.columns());
    if (facts.uniqueKeys().stream().noneMatch(key -> columns.containsAll(key))) {
      problem(
          fault,
          id.place(),
          "columns %s of %s are not unique and NOT NULL, so an entity could not be told by them. Run ALTER TABLE %s ADD UNIQUE (%s); and set each NOT NULL, or leave id out to use the primary key"
              .formatted(
                  String.join(", ", id.columns()),
                  facts.table(),
                  facts.table().quoted(),
                  quoted(id.columns())));
    } else {
      logged(fault, id.place(), id.columns(), facts);
    }
  }

  private void part(Demand.Part part, TableFacts facts) throws SQLException {
    Fault fault = new Fault(facts.table(), true);
    Fault unread = new Fault(facts.table(), false);
    boolean noKey =
        missing(fault, part.place() + ".key", part.key(), facts.table(), facts.columns());
    if (missing(unread, part.place() + ".order-by", part.orderBy(), facts.table(), facts.columns())
        || noKey) {
      return;
    }
    logged(fault, part.place() + ".key", part.key(), facts);
    TableFacts parent = captured.get(part.parent());
    if (parent == null) {
      return; // has a problem of its own
    }
    refers(
        fault,
        part.place(),
        part.key(),
        parent.table(),
        TableColumns.read(connection, parent.table()));
    free(part.place(), part.name(), parent);
    readable(part.place(), facts.table());
    readable(part.place(), parent.table());
    indexed(part, facts);
  }

  private void reference(Demand.Reference reference, TableFacts facts) throws SQLException {
    Fault fault = new Fault(reference.to(), false);
    TableColumns to = TableColumns.read(connection, reference.to());
    if (to.types().isEmpty()) {
      problem(
          fault,
          reference.place() + ".table",
          "table %s does not exist in database '%s'".formatted(reference.to(), source.database()));
      return;
    }
    missing(
        fault,
        reference.place() + ".attributes",
        reference.attributes(),
        reference.to(),
        List.copyOf(to.types().keySet()));
    if (!missing(
        fault, reference.place() + ".key", reference.key(), facts.table(), facts.columns())) {
      refers(fault, reference.place(), reference.key(), reference.to(), to);
    }
    free(reference.place(), reference.name(), facts);
    readable(reference.place(), reference.to());
    readable(reference.place(), facts.table());
  }

  private void refers(
      Fault fault, String place, List<String> key, TableId to, TableColumns columns) {
    List<String> primaryKey = columns.primaryKey();
    if (primaryKey.size() != key.size()) {
      problem(
          fault,
          place + ".key",
          "%s: the key must name as many columns as the primary key of %s has (%s), in that order"
              .formatted(
                  String.join(", ", key),
                  to,
                  primaryKey.isEmpty() ? "none" : String.join(", ", primaryKey)));
    }
    for (String column : primaryKey) {
      if ("bytea".equals(columns.types().get(column))) {
        problem(
            fault,
            place + ".key",
            "column %s of %s is a bytea, by which rows cannot be looked up".formatted(column, to));
      }
    }
  }

  /** What is not in the identity is not known of a deleted row. */
  private void logged(Fault fault, String place, List<String> columns, TableFacts facts) {
    if (!facts.identityColumns().containsAll(columns)) {
      problem(
          fault,
          place,
          "column %s is not in the REPLICA IDENTITY of %s, so it is not known of a deleted row. Run %s"
              .formatted(String.join(", ", columns), facts.table(), facts.fullIdentityStatement()));
    }
  }

  private void free(String place, String name, TableFacts facts) {
    if (facts.columns().contains(name)) {
      problem(
          new Fault(facts.table(), false),
          place,
          "%s has a column %s already. Give it another name here".formatted(facts.table(), name));
    }
  }

  private void readable(String place, TableId table) throws SQLException {
    if (!mayRead.add(table)) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(MAY_READ)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          problem(
              new Fault(table, false),
              place,
              "database.user '%s' may not read %s, whose rows are looked up. Run GRANT SELECT ON %s TO %s;"
                  .formatted(source.user(), table, table.quoted(), TableId.quote(source.user())));
        }
      }
    }
  }

  private void indexed(Demand.Part part, TableFacts facts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INDEXED)) {
      statement.setString(1, facts.table().schema());
      statement.setString(2, facts.table().name());
      statement.setInt(3, part.key().size());
      statement.setArray(4, connection.createArrayOf("text", part.key().toArray()));
      statement.setInt(5, part.key().size());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          findings.warn(
              "%s.key: %s has no index that begins with %s, so each look-up reads the whole table. Run CREATE INDEX ON %s (%s);"
                  .formatted(
                      part.place(),
                      facts.table(),
                      String.join(", ", part.key()),
                      facts.table().quoted(),
                      quoted(part.key())));
        }
      }
    }
  }

  private boolean missing(
      Fault fault, String place, List<String> wanted, TableId table, List<String> columns) {
    boolean missing = false;
    for (String column : wanted) {
      if (!columns.contains(column)) {
        Optional<String> nearest = Nearest.to(column, columns);
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

  private static String quoted(List<String> columns) {
    return String.join(", ", columns.stream().map(TableId::quote).toList());
  }

  private void problem(Fault fault, String place, String what) {
    String text = place + ": " + what;
    if (fault.suspends()) {
      findings.suspend(fault.table(), text);
    } else {
      findings.unavailable(fault.table(), text);
    }
  }

  /** What a problem costs, see {@link TableProblem}. */
  private record Fault(TableId table, boolean suspends) {}
}
