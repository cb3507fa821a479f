package io.rowhook.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@code entities.yaml} says of one entity.
 *
 * @param id empty: the primary key
 * @param excluded columns that nobody is to see
 */
record Entity(
    String name,
    Table table,
    List<String> id,
    List<String> excluded,
    List<Part> parts,
    List<Reference> references) {

  /** Rows of another table that belong to it. */
  record Part(
      String name,
      Table table,
      List<String> key,
      List<String> orderBy,
      List<String> excluded,
      List<Part> parts,
      List<Reference> references) {

    private void collect(Set<Table> tables) {
      tables.add(table);
      references.forEach(reference -> reference.collect(tables));
      parts.forEach(part -> part.collect(tables));
    }
  }

  /** A row that it names. */
  record Reference(
      String name,
      Table table,
      List<String> key,
      List<String> attributes,
      List<Reference> references) {

    private void collect(Set<Table> tables) {
      tables.add(table);
      references.forEach(reference -> reference.collect(tables));
    }
  }

  /** By which it is told. */
  List<String> told() {
    return id.isEmpty() ? table.key : id;
  }

  List<Table> tables() {
    Set<Table> tables = new LinkedHashSet<>();
    tables.add(table);
    references.forEach(reference -> reference.collect(tables));
    parts.forEach(part -> part.collect(tables));
    return new ArrayList<>(tables);
  }
}
