package io.rowhook.capture.checks;

import io.rowhook.base.Finding.Area;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableRequirement;
import io.rowhook.capture.catalog.PublicationMembers;
import io.rowhook.capture.catalog.TableColumns;
import io.rowhook.capture.checks.ColumnValidator.Fault;
import io.rowhook.capture.lookup.LookupStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks whether rows can be told by what they are to be told by, and named by other rows. */
final class KeyValidator {

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
      %s SELECT DISTINCT a.attname FROM tree t
        JOIN pg_partitioned_table p ON p.partrelid = t.relid
        JOIN pg_attribute a ON a.attrelid = t.relid AND a.attnum = ANY (p.partattrs::int2[])
      """
          .formatted(PublicationMembers.tree("?::oid"));

  private final Connection connection;
  private final Findings findings;
  private final ColumnValidator columns;

  KeyValidator(Connection connection, Findings findings, ColumnValidator columns) {
    this.connection = connection;
    this.findings = findings;
    this.columns = columns;
  }

  /** What an entity is known by has to be unique and not null. */
  void id(TableRequirement.Id id, TableMetadata facts) throws SQLException {
    Fault fault = new Fault(facts.table(), true);
    if (columns.missing(fault, id.place(), id.columns(), facts.table())) {
      return;
    }
    checkDistinguishable(fault, id.place(), id.columns(), facts.table());
    Set<String> named = Set.copyOf(id.columns());
    if (facts.uniqueKeys().stream().anyMatch(named::containsAll)) {
      columns.logged(fault, id.place(), id.columns(), facts);
    } else if (uniqueInEachPartition(named, facts)) {
      columns.logged(fault, id.place(), id.columns(), facts);
      findings.warn(
          Area.tables,
          "%s: PostgreSQL cannot hold %s unique in all partitions of %s together: rows that have the same would be one entity"
              .formatted(id.place(), String.join(", ", id.columns()), facts.table()));
    } else {
      columns.problem(
          fault,
          id.place(),
          "columns %s of %s are not unique and NOT NULL, so an entity could not be told by them. Run ALTER TABLE %s ADD UNIQUE (%s); and set each NOT NULL, or leave id out to use the primary key"
              .formatted(
                  String.join(", ", id.columns()),
                  facts.table(),
                  facts.table().quoted(),
                  ColumnValidator.quoted(id.columns())));
    }
  }

  /** Rows that differ have to differ as sent too. */
  void checkDistinguishable(Fault fault, String place, List<String> key, TableId table)
      throws SQLException {
    TableColumns all = columns.of(table);
    for (String column : KeyTypes.ambiguous(all, key)) {
      columns.problem(
          fault,
          place,
          "column %s of %s is a %s, of which two that differ can be the same as sent, so rows cannot be told by it. Give the table a key of another type and name it as the REPLICA IDENTITY USING INDEX or, for an entity, with id"
              .formatted(column, table, all.types().get(column)));
    }
  }

  /**
   * A unique key of a partitioned table has to name the columns that it is partitioned by; whoever
   * leaves just these out of the id knows that the rest is unique.
   */
  private boolean uniqueInEachPartition(Set<String> named, TableMetadata facts)
      throws SQLException {
    if (!facts.partitioned()) {
      return false;
    }
    Set<String> all = new HashSet<>(named);
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

  /** What rows are named by has to name one row at most. */
  boolean unique(
      Fault fault, String place, List<String> to, TableId table, List<List<String>> unique) {
    if (unique.stream().anyMatch(key -> Set.copyOf(key).equals(Set.copyOf(to)))) {
      return true;
    }
    columns.problem(
        fault,
        place + ".to",
        "columns %s of %s are not unique, so they can name more than one row. Run ALTER TABLE %s ADD UNIQUE (%s);"
            .formatted(String.join(", ", to), table, table.quoted(), ColumnValidator.quoted(to)));
    return false;
  }

  /** Whether rows of one table can name those of the other. */
  void refers(
      Fault fault,
      String place,
      List<String> key,
      String prefix,
      TableId from,
      TableId to,
      List<String> primaryKey)
      throws SQLException {
    if (primaryKey.size() != key.size()) {
      columns.problem(
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
              connection,
              from,
              columns.of(from),
              key.get(i),
              to,
              columns.of(to),
              primaryKey.get(i));
      if (wrong.isPresent()) {
        columns.problem(fault, place + ".key", wrong.get());
      }
    }
  }

  /** What stands after a prefix is text, and must be able to be the other key. */
  private void prefixed(Fault fault, String place, TableId to, String target) throws SQLException {
    String type = columns.of(to).types().get(target);
    if (!LookupStatement.mayFollowPrefix(type)) {
      columns.problem(
          fault,
          place + ".prefix",
          "the primary key of %s is a %s, but after a prefix only a whole number, a text or a uuid can stand. Leave prefix out"
              .formatted(to, type));
    }
  }

  /** What rows are looked up by should have an index. */
  void indexed(TableRequirement.Part part, TableMetadata facts) throws SQLException {
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
              Area.tables,
              "%s.key: %s has no index that begins with %s, so each look-up reads the whole table. Run CREATE INDEX%s ON %s (%s);"
                  .formatted(
                      part.place(),
                      facts.table(),
                      String.join(", ", part.key()),
                      facts.partitioned() ? "" : " CONCURRENTLY",
                      facts.table().quoted(),
                      ColumnValidator.quoted(part.key())));
        }
      }
    }
  }
}
