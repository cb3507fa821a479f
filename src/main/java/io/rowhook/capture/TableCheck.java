package io.rowhook.capture;

import io.rowhook.capture.TableFacts.Column;
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
      SELECT c.oid, c.relkind::text, c.relreplident::text, c.relpersistence::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      """;

  private static final String COLUMNS =
      """
      SELECT attname, atttypid::int8, attnotnull, attgenerated <> '' AS generated FROM pg_attribute
       WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum
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
  private final Findings findings;

  TableCheck(Source source, Connection connection, Findings findings) {
    this.source = source;
    this.connection = connection;
    this.findings = findings;
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

  private void check(CapturedTable captured, ResultSet row, List<TableFacts> found)
      throws SQLException {
    TableId table = captured.table();
    String not = kind(row.getString("relkind"), row.getString("relpersistence"));
    if (!not.isEmpty()) {
      problem(table, not);
      return;
    }
    long oid = row.getLong("oid");
    List<Column> columns = columns(oid);
    List<String> primaryKey = List.of();
    List<String> identityIndex = List.of();
    List<List<String>> keys = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
      statement.setLong(1, oid);
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
    TableFacts facts = facts(table, oid, columns, primaryKey, identityIndex, keys, replident);
    if (excluded(captured, facts)) {
      found.add(facts);
      tell(facts);
    }
  }

  private List<Column> columns(long oid) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(
              new Column(row.getString(1), row.getLong(2), row.getBoolean(3), row.getBoolean(4)));
        }
      }
    }
    return columns;
  }

  private static TableFacts facts(
      TableId table,
      long oid,
      List<Column> columns,
      List<String> primaryKey,
      List<String> identityIndex,
      List<List<String>> keys,
      String replident) {
    ReplicaIdentity identity =
        switch (replident) {
          case "f" -> ReplicaIdentity.FULL;
          case "i" -> ReplicaIdentity.INDEX;
          default -> ReplicaIdentity.DEFAULT;
        };
    List<String> known =
        switch (identity) {
          case FULL -> columns.stream().filter(c -> !c.generated()).map(Column::name).toList();
          case INDEX -> identityIndex;
          case DEFAULT -> primaryKey;
        };
    return new TableFacts(table, oid, columns, primaryKey, identity, known, keys);
  }

  private void tell(TableFacts facts) {
    if (facts.identity() != ReplicaIdentity.FULL) {
      findings.warn(
          "%s: table %s logs only %s of a row's old state, so 'previous', 'changed' and a Deleted's data are unknown, and so is a large value that an UPDATE leaves alone. Run %s"
              .formatted(
                  source.place(),
                  facts.table(),
                  String.join(", ", facts.identityColumns()),
                  facts.fullIdentityStatement()));
    }
  }

  private boolean excluded(CapturedTable captured, TableFacts facts) {
    boolean good = true;
    for (String column : captured.excludedColumns()) {
      if (facts.primaryKey().contains(column)) {
        problem(captured.table(), "column " + column + " is excluded, but is in the primary key");
        good = false;
      } else if (facts.allColumns().stream().noneMatch(c -> c.name().equals(column))) {
        problem(
            captured.table(),
            "column "
                + column
                + " is excluded, but does not exist"
                + Nearest.to(column, facts.columns()).map(n -> "; the nearest is " + n).orElse(""));
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
    findings.suspend(table, "%s: table %s %s".formatted(source.place(), table, what));
  }

  private static List<String> strings(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
