package io.rowhook.capture;

import io.rowhook.capture.TableFacts.ReplicaIdentity;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks whether each captured table can be captured, and what is known of its old rows. One use.
 */
final class TableCheck {

  private static final String TABLE =
      """
      SELECT c.oid, c.relkind::text, c.relreplident::text, c.relpersistence::text,
             (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      """;

  /** Unique, immediate, valid, whole and without nullable columns: what may be an identity. */
  private static final String KEYS =
      """
      SELECT i.indisprimary, i.indisreplident,
             (SELECT array_agg(a.attname::text ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
               WHERE k.place <= i.indnkeyatts) AS columns
        FROM pg_index i
       WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
         AND i.indpred IS NULL AND 0 <> ALL (i.indkey::int2[])
         AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid
                          AND a.attnum = ANY (i.indkey::int2[]) AND NOT a.attnotnull)
       ORDER BY i.indisprimary DESC, i.indexrelid
      """;

  private static final String NAMES =
      """
      SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
       LIMIT 10000
      """;

  private final Source source;
  private final Connection connection;
  private final List<String> problems;
  private final List<String> warnings;

  TableCheck(Source source, Connection connection, List<String> problems, List<String> warnings) {
    this.source = source;
    this.connection = connection;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** The facts of each table that can be captured; adds a problem for each that cannot. */
  List<TableFacts> check(List<CapturedTable> tables) throws SQLException {
    List<TableFacts> facts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
      for (CapturedTable captured : tables) {
        statement.setString(1, captured.table().schema());
        statement.setString(2, captured.table().name());
        try (ResultSet row = statement.executeQuery()) {
          if (row.next()) {
            check(captured, row, facts);
          } else {
            missing(captured.table());
          }
        }
      }
    }
    return facts;
  }

  private void missing(TableId table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(NAMES);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    problem(
        table,
        "does not exist in database '%s'%s"
            .formatted(
                source.database(),
                Nearest.to(table.toString(), names).map(n -> "; the nearest is " + n).orElse("")));
  }

  private void check(CapturedTable captured, ResultSet row, List<TableFacts> facts)
      throws SQLException {
    TableId table = captured.table();
    String not = kind(row.getString("relkind"), row.getString("relpersistence"));
    if (!not.isEmpty()) {
      problem(table, not);
      return;
    }
    List<String> columns = strings(row.getArray("columns"));
    List<String> primaryKey = List.of();
    List<String> identityIndex = List.of();
    List<List<String>> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
      statement.setLong(1, row.getLong("oid"));
      try (ResultSet index = statement.executeQuery()) {
        while (index.next()) {
          List<String> key = strings(index.getArray("columns"));
          keys.add(key);
          primaryKey = index.getBoolean("indisprimary") ? key : primaryKey;
          identityIndex = index.getBoolean("indisreplident") ? key : identityIndex;
        }
      }
    }
    String replident = row.getString("relreplident");
    if (primaryKey.isEmpty()) {
      problem(
          table,
          "has no primary key, but Rowhook needs one to tell its rows apart. Run ALTER TABLE %s ADD PRIMARY KEY (...);"
              .formatted(table.quoted()));
      return;
    }
    if (replident.equals("n") || (replident.equals("i") && identityIndex.isEmpty())) {
      problem(
          table,
          "has REPLICA IDENTITY NOTHING, with which the source would refuse every UPDATE and DELETE once it is published. Run ALTER TABLE %s REPLICA IDENTITY FULL;"
              .formatted(table.quoted()));
      return;
    }
    if (replident.equals("i") && !identityIndex.containsAll(primaryKey)) {
      problem(
          table,
          "has a REPLICA IDENTITY without its primary key, so a deleted row could not be told. Run ALTER TABLE %s REPLICA IDENTITY FULL;"
              .formatted(table.quoted()));
      return;
    }
    if (excluded(captured, columns, primaryKey)) {
      facts.add(facts(table, columns, primaryKey, identityIndex, keys, replident));
    }
  }

  private TableFacts facts(
      TableId table,
      List<String> columns,
      List<String> primaryKey,
      List<String> identityIndex,
      List<List<String>> keys,
      String replident) {
    TableFacts facts =
        switch (replident) {
          case "f" ->
              new TableFacts(table, columns, primaryKey, ReplicaIdentity.FULL, columns, keys);
          case "i" ->
              new TableFacts(
                  table, columns, primaryKey, ReplicaIdentity.INDEX, identityIndex, keys);
          default ->
              new TableFacts(table, columns, primaryKey, ReplicaIdentity.DEFAULT, primaryKey, keys);
        };
    if (facts.identity() != ReplicaIdentity.FULL) {
      warnings.add(
          "%s: table %s logs only %s of a row's old state, so 'previous', 'changed' and a Deleted's data are unknown, and so is a large value that an UPDATE leaves alone. Run %s"
              .formatted(
                  source.place(),
                  table,
                  String.join(", ", facts.identityColumns()),
                  facts.fullIdentityStatement()));
    }
    return facts;
  }

  private boolean excluded(CapturedTable captured, List<String> columns, List<String> primaryKey) {
    boolean good = true;
    for (String column : captured.excludedColumns()) {
      if (primaryKey.contains(column)) {
        problem(captured.table(), "column " + column + " is excluded, but is in the primary key");
        good = false;
      } else if (!columns.contains(column)) {
        problem(
            captured.table(),
            "column "
                + column
                + " is excluded, but does not exist"
                + Nearest.to(column, columns).map(n -> "; the nearest is " + n).orElse(""));
        good = false;
      }
    }
    return good;
  }

  private static String kind(String kind, String persistence) {
    String what =
        switch (kind) {
          case "p" -> "a partitioned table";
          case "v" -> "a view";
          case "m" -> "a materialized view";
          case "f" -> "a foreign table";
          default ->
              switch (persistence) {
                case "u" -> "an unlogged table";
                case "t" -> "a temporary table";
                default -> "";
              };
        };
    return what.isEmpty()
        ? ""
        : "is "
            + what
            + ", but Rowhook captures ordinary tables only. Name "
            + (kind.equals("p") ? "its partitions" : "the table that the rows stand in");
  }

  private void problem(TableId table, String what) {
    problems.add("%s: table %s %s".formatted(source.place(), table, what));
  }

  private static List<String> strings(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
