package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Draws a scenario. One use. */
final class SchemaDraw {

  private static final Type INTEGER = Types.BUILT_IN.get(1);

  private final Dice dice;
  private final Scenario scenario = new Scenario();
  private final List<String> schemas = new ArrayList<>();
  private final Types types;
  private final Names tableNames;
  private final Names entityNames;
  private final Relations relations;
  private final Map<Table, Names> columnNames = new HashMap<>();

  SchemaDraw(Dice dice) {
    this.dice = dice;
    Names names = new Names(dice);
    schemas.add("public");
    for (int i = dice.below(3); i > 0; i--) {
      schemas.add(nameOfTable(names, "erp"));
    }
    String typeSchema = dice.pick(schemas);
    types = new Types(dice, Names.quoted(typeSchema));
    tableNames = new Names(dice);
    entityNames = new Names(dice);
    relations = new Relations(dice, this);
  }

  Scenario draw() {
    schemas.stream()
        .skip(1)
        .forEach(schema -> scenario.before.add("CREATE SCHEMA " + Names.quoted(schema)));
    settings();
    for (int i = dice.between(1, 3); i > 0; i--) {
      entity("Thing" + i);
    }
    return scenario;
  }

  private void settings() {
    set("bytea_output", "escape", "hex");
    set("IntervalStyle", "sql_standard", "postgres_verbose", "iso_8601", "postgres");
    set("DateStyle", "German, DMY", "SQL, MDY", "ISO, YMD");
    set("TimeZone", "Asia/Kolkata", "America/New_York", "Europe/Berlin");
    set("extra_float_digits", "-3", "0", "3");
    set("search_path", "pg_catalog", "pg_temp", "\"$user\", public");
    set("xmlbinary", "hex");
    set("quote_all_identifiers", "on");
    set("array_nulls", "on");
  }

  private void set(String setting, String... values) {
    if (dice.chance("settings", 0.3)) {
      scenario.settings.add("SET " + setting + " = " + Names.literal(dice.of(values)));
    }
  }

  private void entity(String name) {
    Table table = table("t", true);
    List<Entity.Part> parts = relations.parts(table, 1);
    List<Entity.Reference> references = relations.references(table, 0);
    boolean alone = parts.isEmpty();
    if (alone && dice.chance("partitions", 0.2)) {
      partition(table);
    } else if (alone && dice.chance("index", 0.1)) {
      index(table);
    }
    List<String> excluded = new ArrayList<>();
    for (Column column : table.free()) {
      if (dice.chance(0.06)) {
        excluded.add(column.name());
      }
    }
    scenario.entities.add(
        new Entity(
            entityNames.take(name) ? name : name + "X",
            table,
            table.hasPrimaryKey ? List.of() : List.copyOf(table.key),
            excluded,
            parts,
            references));
  }

  /** By its key, which may move rows between partitions; in one level or two. */
  private void partition(Table table) {
    Column key = table.column(table.key.getFirst());
    if (key.definition().contains("IDENTITY")) {
      return; // not before PostgreSQL 17
    }
    table.partitioned = true;
    table.keyClause = "";
    table.identity = "FULL";
    boolean ranges = key.type().sql().matches("smallint|integer|bigint");
    table.suffix = "PARTITION BY " + (ranges ? "RANGE" : "HASH") + " (" + key.quoted() + ")";
    String inner = "PARTITION BY HASH (" + key.quoted() + ")";
    if (ranges) {
      piece(table, table.quoted(), "FOR VALUES FROM (MINVALUE) TO (10)", "");
      String rest = piece(table, table.quoted(), "DEFAULT", inner);
      piece(table, rest, "FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "");
      piece(table, rest, "FOR VALUES WITH (MODULUS 2, REMAINDER 1)", "");
    } else {
      for (int i = 0; i < 3; i++) {
        piece(table, table.quoted(), "FOR VALUES WITH (MODULUS 3, REMAINDER " + i + ")", "");
      }
    }
  }

  private String piece(Table table, String of, String values, String suffix) {
    String name =
        Names.quoted(dice.pick(schemas)) + "." + Names.quoted(nameOfTable(tableNames, "piece"));
    table.after.add("CREATE TABLE " + name + " PARTITION OF " + of + " " + values + " " + suffix);
    if (suffix.isEmpty()) {
      table.after.add("ALTER TABLE " + name + " REPLICA IDENTITY FULL");
    }
    return name;
  }

  /** A unique index in place of a primary key. */
  private void index(Table table) {
    table.hasPrimaryKey = false;
    table.keyClause = "";
    String name = "only_" + dice.word(6);
    table.after.add(
        "CREATE UNIQUE INDEX %s ON %s (%s)"
            .formatted(
                name,
                table.quoted(),
                String.join(", ", table.key.stream().map(Names::quoted).toList())));
    table.identity = dice.of("FULL", "USING INDEX " + name);
  }

  private String nameOfTable(Names names, String stem) {
    String name = names.draw(stem);
    while (name.contains(".") || name.contains("\"")) {
      name = names.draw(stem);
    }
    return name;
  }

  /** Adds a column, and returns its name. */
  String column(Table table, Type type, boolean notNull) {
    String name = Objects.requireNonNull(columnNames.get(table)).draw("k");
    table.columns.add(Column.plain(name, type, notNull));
    return name;
  }

  /** A table with a key and columns of any types. */
  Table table(String stem, boolean root) {
    Table table = new Table(dice.pick(schemas), nameOfTable(tableNames, stem));
    Names names = new Names(dice);
    columnNames.put(table, names);
    key(table, names);
    for (int i = dice.between(root ? 2 : 1, root ? 9 : 5); i > 0; i--) {
      Type type = types.draw();
      table.columns.add(Column.plain(names.draw("c"), type, dice.chance(0.1)));
    }
    if (dice.chance("twins", 0.2)) {
      table.columns.add(
          Column.plain(names.twin(table.columns.getLast().name()), types.builtIn(), false));
    }
    if (dice.chance(0.2)) {
      table.columns.add(
          dice.between(0, table.columns.size()),
          Column.generated(
              names.draw("gen"), INTEGER, generation(table.columns.getFirst()), "STORED"));
    }
    if (table.keyClause.isEmpty() && dice.chance("identity", 0.15)) {
      table.identity = "DEFAULT";
    }
    return table;
  }

  /** The text of an enum or of a date depends on more than their value. */
  private static String generation(Column column) {
    String type = column.type().sql();
    return type.contains("mood") || type.equals("date")
        ? "40 + 2"
        : "length(" + column.quoted() + "::text)";
  }

  private void key(Table table, Names names) {
    String name = names.draw("id");
    table.key.add(name);
    switch (dice.below(9)) {
      case 0 -> table.columns.add(supplied(name, "serial", "", false));
      case 1 -> table.columns.add(supplied(name, "bigserial", "", false));
      case 2 ->
          table.columns.add(supplied(name, "bigint", "GENERATED BY DEFAULT AS IDENTITY", false));
      case 3 -> table.columns.add(supplied(name, "integer", "GENERATED ALWAYS AS IDENTITY", true));
      case 4 ->
          table.columns.add(
              Column.key(
                  name,
                  Type.of("uuid"),
                  d -> new UUID(0x4000L, 0x8000_0000_0000_0000L + d.between(1, 200)).toString()));
      case 5 -> table.columns.add(Column.key(name, Type.of("text"), SchemaDraw::textKey));
      case 6 ->
          table.columns.add(
              Column.key(name, dice.pick(Types.BUILT_IN.subList(0, 3)), SchemaDraw::number));
      case 7 ->
          table.columns.add(Column.key(name, types.enumeration(), types.enumeration().draw()));
      default -> {
        table.columns.add(Column.key(name, INTEGER, d -> "" + d.between(1, 20)));
        String second = names.draw("no");
        table.key.add(dice.below(2), second);
        table.columns.add(
            dice.chance(0.5)
                ? Column.key(second, Type.of("varchar(30)"), SchemaDraw::textKey)
                : Column.key(second, Type.of("date"), d -> "2026-01-" + d.between(10, 28)));
      }
    }
    if (dice.chance("deferrable", 0.1)) {
      table.keyClause = "DEFERRABLE INITIALLY " + dice.of("DEFERRED", "IMMEDIATE");
    }
  }

  private static String number(Dice dice) {
    return "" + dice.between(-100, 300);
  }

  private static String textKey(Dice dice) {
    return dice.chance(0.5) ? "key " + dice.below(50) : "k" + dice.text();
  }

  private static Column supplied(String name, String type, String definition, boolean always) {
    return new Column(
        name,
        Type.of(type),
        definition,
        true,
        false,
        true,
        always,
        d -> "" + d.between(1000, 1300));
  }
}
