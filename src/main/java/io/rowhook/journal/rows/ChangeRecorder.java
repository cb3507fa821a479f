package io.rowhook.journal.rows;

import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes which rows a transaction changes, by temporary triggers on the writer's connection: so no
 * write can be forgotten, whoever makes it, and rows that change several times stand there once.
 * The writer's thread only.
 */
public final class ChangeRecorder {

  /**
   * What is asked of a table at every commit.
   *
   * @param any whether anything of it is changed
   * @param changes what is, so much at most
   * @param clear forgets all that is
   * @param clearOne forgets one row
   * @param delete removes a row
   */
  private record Statements(
      String any, String changes, String clear, String clearOne, String delete) {

    static Statements of(SharedTable table) {
      String changed = "changed_" + table.name();
      String condition = each(table.key(), column -> column + " = ?", " AND ");
      return new Statements(
          "SELECT EXISTS (SELECT 1 FROM " + changed + ")",
          "SELECT %s, %s FROM (SELECT * FROM %s ORDER BY %s LIMIT ?) c LEFT JOIN %s t ON %s"
              .formatted(
                  each(table.key(), column -> "c." + column, ", "),
                  each(table.columns(), column -> "t." + column, ", "),
                  changed,
                  String.join(", ", table.key()),
                  table.name(),
                  each(table.key(), column -> "t." + column + " = c." + column, " AND ")),
          "DELETE FROM " + changed,
          "DELETE FROM " + changed + " WHERE " + condition,
          "DELETE FROM " + table.name() + " WHERE " + condition);
    }
  }

  /** What is not to be noted. */
  public interface Unnoted {
    void run() throws SQLException;
  }

  private final List<SharedTable> tables;
  private final Map<String, SharedTable> byName;
  private final Map<String, Statements> statements;

  /** Statements by the columns that they write, as their text is kept. */
  private final Map<String, String> upserts = new HashMap<>();

  private ChangeRecorder(List<SharedTable> tables) {
    this.tables = tables;
    byName = tables.stream().collect(Collectors.toMap(SharedTable::name, Function.identity()));
    statements = tables.stream().collect(Collectors.toMap(SharedTable::name, Statements::of));
  }

  private static String each(List<String> columns, UnaryOperator<String> how, String between) {
    return columns.stream().map(how).collect(Collectors.joining(between));
  }

  private Statements of(SharedTable table) {
    Statements known = statements.get(table.name());
    if (known == null) {
      throw new IllegalArgumentException("table " + table.name() + " of another journal");
    }
    return known;
  }

  /** Begins to note on a connection. */
  public static ChangeRecorder on(SqliteSession sql) throws SQLException {
    List<SharedTable> tables = SharedTable.all(sql);
    sql.script("PRAGMA recursive_triggers = ON"); // or a REPLACE removes rows unseen
    sql.script("CREATE TEMP TABLE recording (one INTEGER PRIMARY KEY, active INTEGER NOT NULL)");
    sql.script("INSERT INTO recording VALUES (1, 1)");
    for (SharedTable table : tables) {
      for (String statement : install(table)) {
        sql.script(statement);
      }
    }
    return new ChangeRecorder(tables);
  }

  private static List<String> install(SharedTable table) {
    String key = String.join(", ", table.key());
    return List.of(
        "CREATE TEMP TABLE changed_%s (%s, PRIMARY KEY (%s)) WITHOUT ROWID"
            .formatted(table.name(), key, key),
        trigger(table, "inserted", "INSERT", "NEW"),
        trigger(table, "updated", "UPDATE", "NEW"),
        trigger(table, "moved", "UPDATE OF " + key, "OLD"),
        trigger(table, "removed", "DELETE", "OLD"));
  }

  private static String trigger(SharedTable table, String what, String when, String row) {
    return "CREATE TEMP TRIGGER %s_%s AFTER %s ON main.%s WHEN (SELECT active FROM recording) BEGIN INSERT OR IGNORE INTO changed_%s VALUES (%s); END"
        .formatted(
            table.name(),
            what,
            when,
            table.name(),
            table.name(),
            each(table.key(), column -> row + "." + column, ", "));
  }

  /** The table of a name; null: this version has none. */
  public @Nullable SharedTable table(String name) {
    return byName.get(name);
  }

  /** Returns what the transaction has changed since the last call: what is gone first. */
  public List<RowChange> take(SqliteSession sql) throws SQLException {
    List<RowChange> removed = new ArrayList<>();
    List<RowChange> written = new ArrayList<>();
    for (SharedTable table : tables) {
      if (sql.number(of(table).any()) == 1) {
        for (RowChange change : take(sql, table, Integer.MAX_VALUE)) {
          (change.isRemoval() ? removed : written).add(change);
        }
      }
    }
    removed.addAll(written);
    return removed;
  }

  /** The same, of one table, so many at most. */
  public List<RowChange> take(SqliteSession sql, SharedTable table, int limit) throws SQLException {
    Statements known = of(table);
    List<RowChange> taken = sql.list(known.changes(), row -> change(table, row), limit);
    if (taken.size() < limit) {
      sql.update(known.clear());
    } else {
      for (RowChange change : taken) {
        sql.update(known.clearOne(), change.key().toArray());
      }
    }
    return taken;
  }

  private static RowChange change(SharedTable table, ResultSet row) throws SQLException {
    List<Object> key = new ArrayList<>();
    for (int i = 1; i <= table.key().size(); i++) {
      key.add(row.getObject(i));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      Object value = row.getObject(key.size() + i + 1);
      if (value != null) {
        values.put(table.columns().get(i), value);
      }
    }
    return new RowChange(table, key, values.isEmpty() ? null : values);
  }

  /** Writes rows that come out of the log; what is written so is not noted. In a transaction. */
  public void apply(SqliteSession sql, List<RowChange> changes) throws SQLException {
    unnoted(
        sql,
        () -> {
          for (RowChange change : changes) {
            apply(sql, change);
          }
        });
  }

  private void apply(SqliteSession sql, RowChange change) throws SQLException {
    SharedTable table = change.table();
    Map<String, Object> row = change.row();
    if (row == null) {
      sql.update(of(table).delete(), change.key().toArray());
    } else {
      String columns = String.join(", ", row.keySet());
      String upsert =
          upserts.computeIfAbsent(
              table.name() + ":" + columns, _ -> upsert(table, columns, row.size()));
      sql.update(upsert, row.values().toArray());
    }
  }

  /** Notes nothing meanwhile. In a transaction, which ends it also where it is rolled back. */
  public void unnoted(SqliteSession sql, Unnoted action) throws SQLException {
    sql.update("UPDATE recording SET active = 0");
    action.run();
    sql.update("UPDATE recording SET active = 1");
  }

  private static String upsert(SharedTable table, String columns, int count) {
    return "INSERT %sINTO %s (%s) VALUES (%s)%s"
        .formatted(
            table.immutable() ? "" : "OR REPLACE ",
            table.name(),
            columns,
            String.join(", ", Collections.nCopies(count, "?")),
            table.immutable() ? " ON CONFLICT DO NOTHING" : "");
  }

  /**
   * Marks every row there is as changed: so all of the file goes into the log. In a transaction.
   */
  public void markAll(SqliteSession sql, SharedTable table) throws SQLException {
    String key = String.join(", ", table.key());
    sql.script(
        "INSERT OR IGNORE INTO changed_%s SELECT %s FROM %s"
            .formatted(table.name(), key, table.name()));
  }

  /** All tables. */
  public List<SharedTable> tables() {
    return tables;
  }
}
