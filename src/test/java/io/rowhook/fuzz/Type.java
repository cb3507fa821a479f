package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A type that a column can be of.
 *
 * @param sql as it is written in a table's definition
 * @param create statements that make it, before the table
 * @param delimiter between the elements of an array of it
 * @param toasts whether a large value makes sense
 * @param draw text that its input function takes
 */
record Type(
    String sql, List<String> create, char delimiter, boolean toasts, Function<Dice, String> draw) {

  static Type of(String sql, Function<Dice, String> draw) {
    return new Type(sql, List.of(), ',', false, draw);
  }

  /** One of a few fixed values. */
  static Type of(String sql, String... values) {
    return of(sql, dice -> dice.of(values));
  }

  Type delimitedBy(char other) {
    return new Type(sql, create, other, toasts, draw);
  }

  Type toasting() {
    return new Type(sql, create, delimiter, true, draw);
  }

  /** Quoted as an array's or a composite's element has to be. */
  private static String quoted(String element) {
    return "\"" + element.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** An array of it: of one dimension or two, with odd bounds, with nulls. */
  Type array() {
    return new Type(
        sql + "[]",
        create,
        delimiter,
        toasts,
        dice -> {
          int rows = dice.chance(0.15) ? dice.between(1, 3) : 0;
          int size = dice.between(rows == 0 ? 0 : 1, 3);
          if (rows == 0) {
            String bounds = size > 0 && dice.chance(0.15) ? "[2:" + (size + 1) + "]=" : "";
            return bounds + line(dice, size);
          }
          List<String> lines = new ArrayList<>();
          for (int i = 0; i < rows; i++) {
            lines.add(line(dice, size));
          }
          String bounds = dice.chance(0.2) ? "[-1:" + (rows - 2) + "][3:" + (size + 2) + "]=" : "";
          return bounds + "{" + String.join(String.valueOf(delimiter), lines) + "}";
        });
  }

  private String line(Dice dice, int size) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      elements.add(dice.chance(0.15) ? "NULL" : quoted(draw.apply(dice)));
    }
    return "{" + String.join(String.valueOf(delimiter), elements) + "}";
  }

  /** A domain over it. */
  Type domain(String name) {
    List<String> statements = new ArrayList<>(create);
    statements.add("CREATE DOMAIN " + name + " AS " + sql);
    return new Type(name, statements, delimiter, toasts, draw);
  }

  /** A composite type of some. */
  static Type composite(String name, List<Type> fields) {
    List<String> statements = new ArrayList<>();
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < fields.size(); i++) {
      statements.addAll(fields.get(i).create);
      columns
          .append(i == 0 ? "" : ", ")
          .append("f")
          .append(i)
          .append(' ')
          .append(fields.get(i).sql);
    }
    statements.add("CREATE TYPE " + name + " AS (" + columns + ")");
    return new Type(
        name,
        statements.stream().distinct().toList(),
        ',',
        false,
        dice ->
            fields.stream()
                .map(field -> dice.chance(0.15) ? "" : quoted(field.draw.apply(dice)))
                .collect(Collectors.joining(",", "(", ")")));
  }

  /** The label that an enum gets later. */
  static final String NEW_LABEL = "new, later";

  static Type enumeration(String name, List<String> labels) {
    String list =
        labels.stream()
            .map(label -> "'" + label.replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    return new Type(
        name,
        List.of("CREATE TYPE " + name + " AS ENUM (" + list + ")"),
        ',',
        false,
        dice -> dice.pick(labels));
  }
}
