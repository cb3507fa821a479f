package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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

  /** The columns that a partitioned table, at any depth, is partitioned by. */
  private static final String PARTITIONED_BY =
      """
      SELECT DISTINCT a.attname FROM pg_partition_tree(?::oid::regclass) t
        JOIN pg_partitioned_table p ON p.partrelid = t.relid
        JOIN pg_attribute a ON a.attrelid = t.relid AND a.attnum = ANY (p.partattrs::int2[])
      """;

  private final Source source;
  private final Connection connection;
  private final Findings findings;
  private final Map<TableId, TableFacts> captured = new HashMap<>();
  private final Map<TableId, TableColumns> columns = new HashMap<>();
  private final ReadCheck reading;
  private final ConditionCheck conditions;

  RelationCheck(
      Source source, Connection connection, List<TableFacts> captured, Findings findings) {
    this.source = source;
    this.connection = connection;
    this.findings = findings;
    this.reading = new ReadCheck(source, connection, findings);
    this.conditions = new ConditionCheck(connection, findings);
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
          case Demand.Part part -> part(part, table, facts);
          case Demand.Reference reference -> {
            reference(reference, facts.table(), facts.columns());
            read(reference.place(), table, facts);
          }
          case Demand.Columns named -> named(named, facts);
          case Demand.Where where -> conditions.captured(where, facts, columns(facts.table()));
        }
      }
    }
  }

  private void id(Demand.Id id, TableFacts facts) throws SQLException {
    Fault fault = new Fault(facts.table(), true);
    if (missing(fault, id.place(), id.columns(), facts.table())) {
      return;
    }
    Set<String> columns = Set.copyOf(id.columns());
    if (facts.uniqueKeys().stream().anyMatch(columns::containsAll)) {
      logged(fault, id.place(), id.columns(), facts);
    } else if (uniqueInEachPartition(columns, facts)) {
      logged(fault, id.place(), id.columns(), facts);
      findings.warn(
          "%s: PostgreSQL cannot hold %s unique in all partitions of %s together: rows that have the same would be one entity"
              .formatted(id.place(), String.join(", ", id.columns()), facts.table()));
    } else {
      problem(
          fault,
          id.place(),
          "columns %s of %s are not unique and NOT NULL, so an entity could not be told by them. Run ALTER TABLE %s ADD UNIQUE (%s); and set each NOT NULL, or leave id out to use the primary key"
              .formatted(
                  String.join(", ", id.columns()),
                  facts.table(),
                  facts.table().quoted(),
                  quoted(id.columns())));
    }
  }

  /**
   * A unique key of a partitioned table has to name the columns that it is partitioned by; whoever
   * leaves just these out of the id knows that the rest is unique.
   */
  private boolean uniqueInEachPartition(Set<String> columns, TableFacts facts) throws SQLException {
    if (!facts.partitioned()) {
      return false;
    }
    Set<String> all = new HashSet<>(columns);
    try (PreparedStatement statement = connection.prepareStatement(PARTITIONED_BY)) {
      statement.setLong(1, facts.oid());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          all.add(row.getString(1));
        }
      }
    }
    return facts.uniqueKeys().stream().anyMatch(all::containsAll);
  }

  private void part(Demand.Part part, CapturedTable table, TableFacts facts) throws SQLException {
    Fault fault = new Fault(facts.table(), true);
    Fault unread = new Fault(facts.table(), false);
    boolean noKey = missing(fault, part.place() + ".key", part.key(), facts.table());
    if (missing(unread, part.place() + ".order-by", part.orderBy(), facts.table()) || noKey) {
      return;
    }
    logged(fault, part.place() + ".key", part.key(), facts);
    TableFacts parent = captured.get(part.parent());
    if (parent == null) {
      return; // has a problem of its own
    }
    List<String> to = part.to().isEmpty() ? parent.primaryKey() : part.to();
    if (!part.to().isEmpty()) {
      Fault above = new Fault(parent.table(), true);
      if (missing(above, part.place() + ".to", to, parent.table())
          || !unique(above, part.place(), to, parent.table(), parent.uniqueKeys())) {
        return;
      }
      logged(above, part.place() + ".to", to, parent);
    }
    refers(fault, part.place(), part.key(), part.prefix(), facts.table(), parent.table(), to);
    free(part.place(), part.name(), parent.table(), parent.columns());
    read(part.place(), table, facts);
    reading.check(part.place(), parent.table(), to);
    indexed(part, facts);
  }

  private void named(Demand.Columns named, TableFacts facts) throws SQLException {
    missing(
        new Fault(facts.table(), named.excluded()),
        named.place(),
        known(named.columns(), named.excluded(), columns(facts.table())),
        facts.table());
  }

  /** What is computed may be excluded, which it is anyway. */
  private static List<String> known(List<String> named, boolean excluded, TableColumns columns) {
    return excluded
        ? named.stream().filter(name -> !columns.generated().contains(name)).toList()
        : named;
  }

  /**
   * Looks at a reference and at those of the row that it names.
   *
   * @param from whose rows name the other
   * @param taken its columns
   */
  private void reference(Demand.Reference reference, TableId from, List<String> taken)
      throws SQLException {
    Fault fault = new Fault(reference.to(), false);
    TableColumns to = columns(reference.to());
    if (to.types().isEmpty()) {
      problem(
          fault,
          reference.place() + ".table",
          "table %s does not exist in database '%s'".formatted(reference.to(), source.database()));
      return;
    }
    boolean excluded = reference.attributes().include().isEmpty();
    missing(
        fault,
        reference.place() + ".attributes" + (excluded ? ".exclude" : ""),
        known(reference.attributes().named(), excluded, to),
        reference.to());
    List<String> key = reference.toKey().isEmpty() ? to.primaryKey() : reference.toKey();
    boolean known =
        reference.toKey().isEmpty()
            || (!missing(fault, reference.place() + ".to", key, reference.to())
                && unique(fault, reference.place(), key, reference.to(), to.uniqueKeys()));
    if (!missing(fault, reference.place() + ".key", reference.key(), from) && known) {
      refers(
          fault, reference.place(), reference.key(), reference.prefix(), from, reference.to(), key);
    }
    if (!reference.key().contains(reference.name())) { // it takes that column's place
      free(reference.place(), reference.name(), from, taken);
    }
    List<String> wanted = new ArrayList<>(key);
    to.readable().stream().filter(reference.attributes()::test).forEach(wanted::add);
    reading.check(reference.place(), reference.to(), wanted);
    if (!reference.where().isEmpty()) {
      conditions.lookedUp(reference.place() + ".where", reference.where(), reference.to(), to);
    }
    for (Demand.Reference inner : reference.references()) {
      reference(inner, reference.to(), to.readable());
    }
  }

  /** What rows are named by has to name one row at most. */
  private boolean unique(
      Fault fault, String place, List<String> to, TableId table, List<List<String>> unique) {
    if (unique.stream().anyMatch(key -> Set.copyOf(key).equals(Set.copyOf(to)))) {
      return true;
    }
    problem(
        fault,
        place + ".to",
        "columns %s of %s are not unique, so they can name more than one row. Run ALTER TABLE %s ADD UNIQUE (%s);"
            .formatted(String.join(", ", to), table, table.quoted(), quoted(to)));
    return false;
  }

  /** Its own rows are looked up where only rows are in the log that belong to them. */
  private void read(String place, CapturedTable table, TableFacts facts) throws SQLException {
    List<String> wanted =
        facts.columns().stream().filter(column -> table.reads(column, facts)).toList();
    reading.check(place, facts.table(), wanted);
  }

  /** Whether rows of one table can name those of the other. */
  private void refers(
      Fault fault,
      String place,
      List<String> key,
      String prefix,
      TableId from,
      TableId to,
      List<String> primaryKey)
      throws SQLException {
    if (primaryKey.size() != key.size()) {
      problem(
          fault,
          place + ".key",
          "%s: the key must name as many columns as the primary key of %s has (%s), in that order. If it names other columns of it, name these with to"
              .formatted(
                  String.join(", ", key),
                  to,
                  primaryKey.isEmpty() ? "none" : String.join(", ", primaryKey)));
      return;
    }
    if (!prefix.isEmpty()) {
      prefixed(fault, place, to, primaryKey.getFirst());
      return;
    }
    for (int i = 0; i < key.size(); i++) {
      Optional<String> wrong =
          KeyTypes.problem(
              connection, from, columns(from), key.get(i), to, columns(to), primaryKey.get(i));
      if (wrong.isPresent()) {
        problem(fault, place + ".key", wrong.get());
      }
    }
  }

  /** What stands after a prefix is text, and must be able to be the other key. */
  private void prefixed(Fault fault, String place, TableId to, String target) throws SQLException {
    String type = columns(to).types().get(target);
    if (!LookupStatement.mayFollowPrefix(type)) {
      problem(
          fault,
          place + ".prefix",
          "the primary key of %s is a %s, but after a prefix only a whole number, a text or a uuid can stand. Leave prefix out"
              .formatted(to, type));
    }
  }

  private TableColumns columns(TableId table) throws SQLException {
    TableColumns known = columns.get(table);
    if (known == null) {
      known = TableColumns.read(connection, table);
      columns.put(table, known);
    }
    return known;
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

  private void free(String place, String name, TableId table, List<String> columns) {
    if (columns.contains(name)) {
      problem(
          new Fault(table, false),
          place,
          "%s has a column %s already. Give it another name here".formatted(table, name));
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

  /** Whether one of these columns is not there to be captured or read. */
  private boolean missing(Fault fault, String place, List<String> wanted, TableId table)
      throws SQLException {
    List<String> readable = columns(table).readable();
    boolean missing = false;
    for (String column : wanted) {
      if (columns(table).generated().contains(column)) {
        problem(
            fault,
            place,
            "column %s of %s is computed by PostgreSQL (generated), so it is not in the log, and is neither captured nor read back. Name the columns that it is computed from, or another"
                .formatted(column, table));
        missing = true;
      } else if (!readable.contains(column)) {
        Optional<String> nearest = Nearest.to(column, readable);
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
