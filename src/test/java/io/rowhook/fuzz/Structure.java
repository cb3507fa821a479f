package io.rowhook.fuzz;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Alters tables while Rowhook runs, as an update of the ERP would. One run's. */
final class Structure {

  /** Names of columns that were not there at first begin so. */
  private static final String ADDED = "new ";

  private static final String RENAMED = "renamed ";

  private final Dice dice;
  private final Scenario scenario;
  private final Map<Table, Long> oids;
  private final List<String> done = new ArrayList<>();
  private final String version;
  private int count;

  /**
   * @param version PostgreSQL's
   */
  Structure(Dice dice, Scenario scenario, Map<Table, Long> oids, String version) {
    this.version = version;
    this.dice = dice;
    this.scenario = scenario;
    this.oids = oids;
  }

  /**
   * Whether a column has come, or got its name, while Rowhook runs. What is read back knows it from
   * the table's next change in the log on, since nobody may get what was excluded by another name.
   */
  static boolean isNew(String column) {
    return column.startsWith(ADDED) || column.startsWith(RENAMED);
  }

  /** What it has run, for a person. */
  List<String> done() {
    return done;
  }

  /** One change to a table of these, noted by the oracle in the same transaction. */
  void alter(Statement statement, List<Table> tables) throws SQLException {
    Table table = dice.pick(tables);
    List<Column> candidates =
        table.free().stream().filter(column -> !scenario.mentions(table, column.name())).toList();
    String change =
        switch (dice.below(5)) {
          case 0 -> add(table);
          case 1 -> candidates.isEmpty() ? add(table) : drop(table, dice.pick(candidates));
          case 2 -> candidates.isEmpty() ? add(table) : rename(table, dice.pick(candidates));
          case 3 -> candidates.isEmpty() ? add(table) : retype(table, dice.pick(candidates));
          default -> identity(table);
        };
    if (change.isEmpty()) {
      return;
    }
    done.add(change);
    statement.execute("BEGIN");
    statement.execute(change);
    Oracle.sync(statement, oids.getOrDefault(table, 0L));
    statement.execute("COMMIT");
  }

  private static String alter(Table table) {
    return "ALTER TABLE " + table.quoted() + " ";
  }

  private String add(Table table) {
    Type type = dice.of(Types.BUILT_IN.get(1), Types.BUILT_IN.get(3), Types.BUILT_IN.get(9));
    String name = ADDED + ++count;
    Column column = Column.plain(name, type, false);
    table.columns.add(column);
    boolean lost = table.partitioned && version.startsWith("14"); // null in its old rows
    String value =
        dice.chance(0.5) && !lost ? " DEFAULT " + Names.literal(type.draw().apply(dice)) : "";
    return alter(table) + "ADD COLUMN " + column.quoted() + " " + type.sql() + value;
  }

  private static String drop(Table table, Column column) {
    table.columns.remove(column);
    return alter(table) + "DROP COLUMN " + column.quoted();
  }

  private String rename(Table table, Column column) {
    String name = RENAMED + ++count;
    table.columns.set(
        table.columns.indexOf(column),
        new Column(
            name,
            column.type(),
            column.definition(),
            column.notNull(),
            column.generated(),
            column.supplied(),
            column.always(),
            column.draw()));
    return alter(table) + "RENAME COLUMN " + column.quoted() + " TO " + Names.quoted(name);
  }

  private String retype(Table table, Column column) {
    Type type = Types.BUILT_IN.get(9);
    table.columns.set(
        table.columns.indexOf(column), Column.plain(column.name(), type, column.notNull()));
    return alter(table)
        + "ALTER COLUMN "
        + column.quoted()
        + " TYPE text USING "
        + column.quoted()
        + "::text";
  }

  /** Only of tables that nothing is told by but their own key. */
  private String identity(Table table) {
    boolean alone =
        scenario.entities.stream()
            .noneMatch(entity ->
                entity.tables().contains(table)
                    && (!entity.table().equals(table) || !entity.parts().isEmpty()));
    if (!alone || table.partitioned || !table.keyClause.isEmpty() || !table.hasPrimaryKey) {
      return "";
    }
    table.identity = table.isFull() ? "DEFAULT" : "FULL";
    return alter(table) + "REPLICA IDENTITY " + table.identity;
  }
}
