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
import org.jspecify.annotations.Nullable;

/** Statements over one table with drawn values. One writer's. */
final class Rows {

  private final Connection connection;
  private final Dice dice;

  Rows(Connection connection, Dice dice) {
    this.connection = connection;
    this.dice = dice;
  }

  /** A literal for a column, quoted; sometimes null, sometimes large. */
  String literal(Column column) {
    if (!column.notNull() && dice.chance(0.12)) {
      return "NULL";
    }
    if (column.type().toasts() && dice.chance(0.06)) {
      return Names.literal(large(column.type().sql()));
    }
    return Names.literal(column.draw().apply(dice)) + "::" + cast(column.type());
  }

  private String large(String type) {
    String large = dice.large();
    return switch (type) {
      case "json", "jsonb" -> "\"" + large + "\"";
      case "bytea" -> "\\x" + "%02x".formatted(dice.below(256)).repeat(4000);
      default -> type.endsWith("[]") ? "{" + (type.startsWith("json") ? "1" : "") + "}" : "";
    };
  }

  private static String cast(Type type) {
    return type.sql().equals("serial")
        ? "integer"
        : type.sql().equals("bigserial") ? "bigint" : type.sql();
  }

  String insert(Table table, Map<String, String> fixed) {
    List<Column> columns = new ArrayList<>();
    for (Column column : table.written()) {
      if (fixed.containsKey(column.name()) || !column.supplied() || dice.chance(0.3)) {
        columns.add(column);
      }
    }
    boolean overriding = columns.stream().anyMatch(Column::always);
    StringJoiner names = new StringJoiner(", ", "(", ")");
    columns.forEach(column -> names.add(column.quoted()));
    StringJoiner rows = new StringJoiner(",\n ");
    for (int i =
            !fixed.keySet().containsAll(table.key) && dice.chance(0.3) ? dice.between(2, 4) : 1;
        i > 0;
        i--) {
      StringJoiner values = new StringJoiner(", ", "(", ")");
      for (Column column : columns) {
        String given = fixed.get(column.name());
        values.add(given == null ? literal(column) : given);
      }
      rows.add(values.toString());
    }
    return columns.isEmpty()
        ? "INSERT INTO " + table.quoted() + " DEFAULT VALUES"
        : "INSERT INTO "
            + table.quoted()
            + " "
            + names
            + (overriding ? " OVERRIDING SYSTEM VALUE" : "")
            + " VALUES "
            + rows;
  }

  /** Some rows of it, told by where they lie. */
  String some(Table table) {
    return " WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM "
        + table.quoted()
        + " ORDER BY random() LIMIT "
        + (dice.chance(0.7) ? 1 : dice.between(2, 4))
        + ")";
  }

  String update(Table table) {
    List<Column> free = table.free();
    StringJoiner set = new StringJoiner(", ");
    for (int i = dice.between(1, 3); i > 0 && !free.isEmpty(); i--) {
      Column column = dice.pick(free);
      if (set.toString().contains(column.quoted() + " =")) {
        continue;
      }
      set.add(column.quoted() + " = " + (dice.chance(0.1) ? column.quoted() : literal(column)));
    }
    return free.isEmpty()
        ? delete(table)
        : "UPDATE " + table.quoted() + " SET " + set + some(table);
  }

  String rekey(Table table) {
    Column column = table.column(dice.pick(table.key));
    if (column.always()) {
      return update(table);
    }
    return "UPDATE "
        + table.quoted()
        + " SET "
        + column.quoted()
        + " = "
        + literal(column)
        + " WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM "
        + table.quoted()
        + " ORDER BY random() LIMIT 1)";
  }

  String touch(Table table) {
    if (table.free().isEmpty()) {
      return delete(table);
    }
    Column column = dice.pick(table.free());
    return "UPDATE "
        + table.quoted()
        + " SET "
        + column.quoted()
        + " = "
        + column.quoted()
        + some(table);
  }

  String delete(Table table) {
    return "DELETE FROM " + table.quoted() + some(table);
  }

  /** The values of some columns of any row, as literals; null: there is none. */
  @Nullable Map<String, String> any(Table table, List<String> columns) throws SQLException {
    StringJoiner list = new StringJoiner(", ");
    columns.forEach(column -> list.add("format('%L', " + Names.quoted(column) + ")"));
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + list + " FROM " + table.quoted() + " ORDER BY random() LIMIT 1")) {
      if (!row.next()) {
        return null;
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        values.put(columns.get(i), row.getString(i + 1));
      }
      return values;
    }
  }
}
