package io.rowhook.fuzz;

import java.util.function.Function;

/**
 * A column as it is drawn.
 *
 * @param definition what follows its name and type: NOT NULL, GENERATED ..., COLLATE ...
 * @param generated whether the server reckons its value; nobody captures it then
 * @param supplied whether a default or an identity can give its value
 * @param always whether its identity has to be overridden
 * @param draw text that its input function takes
 */
record Column(
    String name,
    Type type,
    String definition,
    boolean notNull,
    boolean generated,
    boolean supplied,
    boolean always,
    Function<Dice, String> draw) {

  static Column plain(String name, Type type, boolean notNull) {
    return new Column(
        name, type, notNull ? "NOT NULL" : "", notNull, false, false, false, type.draw());
  }

  static Column key(String name, Type type, Function<Dice, String> draw) {
    return new Column(name, type, "NOT NULL", true, false, false, false, draw);
  }

  static Column generated(String name, Type type, String expression, String storage) {
    return new Column(
        name,
        type,
        "GENERATED ALWAYS AS (" + expression + ") " + storage,
        false,
        true,
        false,
        false,
        type.draw());
  }

  String quoted() {
    return Names.quoted(name);
  }

  String sql() {
    return quoted() + " " + type.sql() + " " + definition;
  }
}
