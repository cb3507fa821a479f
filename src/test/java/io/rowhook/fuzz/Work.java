package io.rowhook.fuzz;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/** One writer: transactions over the tables of a scenario. */
final class Work implements AutoCloseable {

  private final Connection connection;
  final Dice dice;
  private final List<Table> tables;
  private final Rows rows;

  /** When each transaction was about to commit, and what it did. */
  private final Map<Long, Long> commits;

  private final Map<Long, List<String>> told;
  private final List<String> statements = new ArrayList<>();

  Work(
      Connection connection,
      Dice dice,
      List<Table> tables,
      Map<Long, Long> commits,
      Map<Long, List<String>> told)
      throws SQLException {
    this.connection = connection;
    this.dice = dice;
    this.tables = tables;
    this.commits = commits;
    this.told = told;
    this.rows = new Rows(connection, dice);
    connection.setAutoCommit(false);
    execute("SELECT setseed(" + dice.fraction() + ")");
    connection.commit();
  }

  static Map<Long, Long> notes() {
    return new ConcurrentHashMap<>();
  }

  /** One transaction; returns whether it committed. */
  boolean transaction() throws SQLException {
    statements.clear();
    try {
      for (int i = dice.chance(0.5) ? 1 : dice.between(2, 6); i > 0; i--) {
        one(dice.pick(tables));
      }
      return commit();
    } catch (SQLException e) {
      connection.rollback(); // a key that is taken, a row that another has changed
      return false;
    }
  }

  private boolean commit() throws SQLException {
    long xid = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT pg_current_xact_id_if_assigned()::text::bigint")) {
      row.next();
      xid = row.getLong(1) & 0xffffffffL;
    }
    told.put(xid, List.copyOf(statements));
    commits.put(xid, System.nanoTime());
    if (dice.chance(0.03)) {
      connection.rollback();
      return false;
    }
    connection.commit();
    return true;
  }

  private void one(Table table) throws SQLException {
    if (dice.chance(0.2)) {
      execute("SAVEPOINT s");
      some(table);
      if (dice.chance(0.5)) {
        execute("ROLLBACK TO SAVEPOINT s");
      } else {
        execute("RELEASE SAVEPOINT s");
      }
      return;
    }
    some(table);
  }

  private void some(Table table) throws SQLException {
    int thrown = dice.below(100);
    if (!table.links.isEmpty() && thrown >= 55 && thrown < 65) {
      move(table);
    } else if (thrown < 40) {
      execute(rows.insert(table, linked(table)));
    } else if (thrown < 68) {
      execute(rows.update(table));
    } else if (thrown < 74) {
      execute(rows.rekey(table));
    } else if (thrown < 79) {
      execute(rows.touch(table));
    } else if (thrown < 92) {
      execute(rows.delete(table));
    } else {
      again(table);
    }
  }

  /** The keys of rows that there are, for a new row to refer to. */
  private Map<String, String> linked(Table table) throws SQLException {
    Map<String, String> fixed = new LinkedHashMap<>();
    for (Link link : table.links) {
      fixed.putAll(to(table, link));
    }
    return fixed;
  }

  private Map<String, String> to(Table table, Link link) throws SQLException {
    Map<String, String> fixed = new LinkedHashMap<>();
    boolean none =
        dice.chance(0.1)
            && link.columns().stream().noneMatch(column -> table.column(column).notNull());
    Map<String, String> key =
        none || (!link.kept() && dice.chance(0.2)) ? null : rows.any(link.to(), link.to().key);
    for (int i = 0; i < link.columns().size(); i++) {
      String column = link.columns().get(i);
      fixed.put(
          column,
          none
              ? "NULL"
              : key == null
                  ? rows.literal(table.column(column))
                  : String.valueOf(key.get(link.to().key.get(i))));
    }
    return fixed;
  }

  private void move(Table table) throws SQLException {
    StringJoiner set = new StringJoiner(", ");
    to(table, dice.pick(table.links))
        .forEach((column, value) -> set.add(Names.quoted(column) + " = " + value));
    execute("UPDATE " + table.quoted() + " SET " + set + rows.some(table));
  }

  /** Deletes a row and makes it again, with the same key. */
  private void again(Table table) throws SQLException {
    Map<String, String> key = rows.any(table, table.key);
    if (key == null) {
      return;
    }
    StringBuilder where = new StringBuilder();
    key.forEach((name, value) ->
        where
            .append(where.isEmpty() ? " WHERE " : " AND ")
            .append(Names.quoted(name))
            .append(" = ")
            .append(value));
    execute("DELETE FROM " + table.quoted() + where);
    Map<String, String> fixed = linked(table);
    fixed.putAll(key);
    execute(rows.insert(table, fixed));
  }

  private void execute(String sql) throws SQLException {
    statements.add(sql);
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
