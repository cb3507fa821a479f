package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a seed has drawn: tables, and the entities that they make. */
final class Scenario {

  /** Statements that come before all tables. */
  final List<String> before = new ArrayList<>();

  final List<Entity> entities = new ArrayList<>();

  /** Settings of the database that sessions inherit. */
  final List<String> settings = new ArrayList<>();

  List<Table> tables() {
    Set<Table> tables = new LinkedHashSet<>();
    entities.forEach(entity -> tables.addAll(entity.tables()));
    return new ArrayList<>(tables);
  }

  List<String> statements() {
    Set<String> statements = new LinkedHashSet<>(before); // types may be made for several tables
    tables().forEach(table -> statements.addAll(table.statements()));
    tables().forEach(table -> statements.addAll(table.foreign));
    return new ArrayList<>(statements);
  }

  /** Whether the settings name a column: then it cannot go without an edit. */
  boolean mentions(Table table, String column) {
    return entities.stream()
        .anyMatch(entity ->
            (entity.table().equals(table) && entity.excluded().contains(column))
                || entity.parts().stream().anyMatch(part -> mentions(part, table, column))
                || mentions(entity.references(), table, column));
  }

  private static boolean mentions(Entity.Part part, Table table, String column) {
    return (part.table().equals(table)
            && (part.excluded().contains(column) || part.orderBy().contains(column)))
        || part.parts().stream().anyMatch(inner -> mentions(inner, table, column))
        || mentions(part.references(), table, column);
  }

  private static boolean mentions(List<Entity.Reference> references, Table table, String column) {
    return references.stream()
        .anyMatch(reference ->
            (reference.table().equals(table) && reference.attributes().contains(column))
                || mentions(reference.references(), table, column));
  }

  /** {@code entities.yaml}. */
  String yaml() {
    StringBuilder yaml = new StringBuilder();
    for (Entity entity : entities) {
      yaml.append(entity.name()).append(":\n");
      yaml.append("  table: ").append(scalar(entity.table().plain())).append('\n');
      columns(yaml, "  ", "id", entity.id());
      excluded(yaml, "  ", entity.excluded());
      parts(yaml, "  ", entity.parts());
      references(yaml, "  ", entity.references());
    }
    return yaml.toString();
  }

  private static void parts(StringBuilder yaml, String indent, List<Entity.Part> parts) {
    if (parts.isEmpty()) {
      return;
    }
    yaml.append(indent).append("contains:\n");
    for (Entity.Part part : parts) {
      String inner = indent + "    ";
      yaml.append(indent).append("  ").append(part.name()).append(":\n");
      yaml.append(inner).append("table: ").append(scalar(part.table().plain())).append('\n');
      columns(yaml, inner, "key", part.key());
      columns(yaml, inner, "order-by", part.orderBy());
      excluded(yaml, inner, part.excluded());
      parts(yaml, inner, part.parts());
      references(yaml, inner, part.references());
    }
  }

  private static void references(
      StringBuilder yaml, String indent, List<Entity.Reference> references) {
    if (references.isEmpty()) {
      return;
    }
    yaml.append(indent).append("refers:\n");
    for (Entity.Reference reference : references) {
      String inner = indent + "    ";
      yaml.append(indent).append("  ").append(reference.name()).append(":\n");
      yaml.append(inner).append("table: ").append(scalar(reference.table().plain())).append('\n');
      columns(yaml, inner, "key", reference.key());
      columns(yaml, inner, "attributes", reference.attributes());
      references(yaml, inner, reference.references());
    }
  }

  private static void excluded(StringBuilder yaml, String indent, List<String> excluded) {
    if (!excluded.isEmpty()) {
      yaml.append(indent).append("attributes:\n");
      columns(yaml, indent + "  ", "exclude", excluded);
    }
  }

  private static void columns(StringBuilder yaml, String indent, String key, List<String> columns) {
    if (!columns.isEmpty()) {
      yaml.append(indent)
          .append(key)
          .append(": [")
          .append(String.join(", ", columns.stream().map(Scenario::scalar).toList()))
          .append("]\n");
    }
  }

  private static String scalar(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
