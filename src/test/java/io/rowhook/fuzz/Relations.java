package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Draws parts and references of one scenario's entities. */
final class Relations {

  private static final int DEEPEST = 2;

  private final Dice dice;
  private final SchemaDraw draw;

  /** Tables that are looked up, to be looked up by others too. */
  private final List<Table> named = new ArrayList<>();

  private int count;

  Relations(Dice dice, SchemaDraw draw) {
    this.dice = dice;
    this.draw = draw;
  }

  List<Entity.Part> parts(Table parent, int depth) {
    List<Entity.Part> parts = new ArrayList<>();
    int most = depth == 1 ? 2 : 1;
    for (int i = 0; i < most && dice.chance("parts", 0.45); i++) {
      parts.add(part(parent, depth));
    }
    return parts;
  }

  private Entity.Part part(Table parent, int depth) {
    parent.keyClause = ""; // a deferrable key cannot be referred to
    Table table = draw.table("part", false);
    table.identity = "FULL";
    List<String> key = link(table, parent, true, dice.chance(0.3));
    List<String> order = new ArrayList<>();
    if (dice.chance(0.6)) {
      String position = draw.column(table, Type.of("integer", d -> "" + d.below(9)), true);
      order.add(position);
    }
    List<String> excluded = new ArrayList<>();
    for (Column column : table.free()) {
      if (!order.contains(column.name()) && dice.chance(0.05)) {
        excluded.add(column.name());
      }
    }
    List<Entity.Part> inner = depth < DEEPEST ? parts(table, depth + 1) : List.of();
    return new Entity.Part(
        "parts" + ++count, table, key, order, excluded, inner, references(table, depth));
  }

  List<Entity.Reference> references(Table from, int depth) {
    List<Entity.Reference> references = new ArrayList<>();
    for (int i = depth; i < 2 && dice.chance("references", 0.35); i++) {
      Table to =
          named.isEmpty() || dice.chance(0.6) ? draw.table("named", false) : dice.pick(named);
      if (!named.contains(to)) {
        named.add(to);
      }
      List<String> key = link(from, to, dice.chance(0.3), false);
      List<String> attributes = new ArrayList<>();
      if (dice.chance(0.5)) {
        to.written().stream().filter(_ -> dice.chance(0.5)).forEach(c -> attributes.add(c.name()));
      }
      references.add(new Entity.Reference("named" + ++count, to, key, attributes, List.of()));
    }
    return references;
  }

  /** Adds columns that hold another row's key; in its own key before all others, or in none. */
  private List<String> link(Table from, Table to, boolean kept, boolean inKey) {
    if (kept) {
      to.keyClause = "";
    }
    List<String> columns = new ArrayList<>();
    boolean required = inKey || dice.chance(0.5);
    for (String name : to.key) {
      Column key = to.column(name);
      Type type = Type.of(referring(key.type().sql()), key.draw());
      columns.add(
          draw.column(
              from,
              new Type(type.sql(), key.type().create(), ',', false, key.draw()),
              required && (kept || inKey)));
    }
    if (inKey) {
      from.key.addAll(0, columns);
    }
    from.links.add(new Link(List.copyOf(columns), to, kept));
    if (kept) {
      StringJoiner list = new StringJoiner(", ", "(", ")");
      columns.forEach(column -> list.add(Names.quoted(column)));
      StringJoiner target = new StringJoiner(", ", "(", ")");
      to.key.forEach(column -> target.add(Names.quoted(column)));
      from.foreign.add(
          "ALTER TABLE %s ADD FOREIGN KEY %s REFERENCES %s %s ON UPDATE CASCADE ON DELETE %s"
              .formatted(
                  from.quoted(),
                  list,
                  to.quoted(),
                  target,
                  inKey || required ? "CASCADE" : dice.of("CASCADE", "SET NULL")));
      from.foreign.add("CREATE INDEX ON " + from.quoted() + " " + list);
    }
    return columns;
  }

  /** A column that refers to a key need not be of quite its type. */
  private String referring(String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "serial" -> dice.of("integer", "integer", "bigint");
      case "bigserial" -> "bigint";
      case "integer" -> dice.of("integer", "integer", "bigint");
      case "text" -> dice.of("text", "varchar(200)");
      default -> type;
    };
  }
}
