package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table as it is drawn and as it is altered later. One thread at a time. */
final class Table {

  final String schema;
  String name;
  final List<Column> columns = new ArrayList<>();

  /** Its primary key, in its order. */
  final List<String> key = new ArrayList<>();

  /** Statements that follow its CREATE TABLE: partitions, identity, indexes. */
  final List<String> after = new ArrayList<>();

  final List<Link> links = new ArrayList<>();

  /** Statements that come when all tables are there. */
  final List<String> foreign = new ArrayList<>();

  /** What follows the columns in its CREATE TABLE. */
  String suffix = "";

  String keyClause = "";

  /** FULL, DEFAULT, or USING INDEX and its name. */
  String identity = "FULL";

  boolean partitioned;

  /** Whether its key is its primary key, and not just a unique index. */
  boolean hasPrimaryKey = true;

  /** Other tables whose rows are its rows too. */
  final List<Table> heirs = new ArrayList<>();

  Table(String schema, String name) {
    this.schema = schema;
    this.name = name;
  }

  String quoted() {
    return Names.quoted(schema) + "." + Names.quoted(name);
  }

  /** As events name it. */
  String plain() {
    return schema + "." + name;
  }

  boolean isFull() {
    return identity.equals("FULL");
  }

  Column column(String wanted) {
    return columns.stream()
        .filter(column -> column.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(plain() + " has no " + wanted));
  }

  List<Column> written() {
    return columns.stream().filter(column -> !column.generated()).toList();
  }

  /** Those whose change moves it nowhere: in no key. */
  List<Column> free() {
    return written().stream()
        .filter(column -> !key.contains(column.name()))
        .filter(column -> links.stream().noneMatch(l -> l.columns().contains(column.name())))
        .toList();
  }

  List<String> statements() {
    List<String> statements = new ArrayList<>();
    columns.forEach(column -> statements.addAll(column.type().create()));
    String list = columns.stream().map(Column::sql).collect(Collectors.joining(",\n  "));
    String primary =
        key.isEmpty() || !hasPrimaryKey
            ? ""
            : ",\n  PRIMARY KEY ("
                + key.stream().map(Names::quoted).collect(Collectors.joining(", "))
                + ") "
                + keyClause;
    statements.add("CREATE TABLE " + quoted() + " (\n  " + list + primary + "\n) " + suffix);
    statements.addAll(after);
    if (!identity.equals("DEFAULT")) {
      statements.add("ALTER TABLE " + quoted() + " REPLICA IDENTITY " + identity);
    }
    return statements;
  }
}
