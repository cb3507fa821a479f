package io.rowhook.admin.check;

import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.entity.ChildTable;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.LookupReference;
import io.rowhook.entity.OrderBy;
import io.rowhook.template.TemplateReads;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where in an entity's data the columns of a table are.
 *
 * @param place in the settings: {@code entities.yaml: Order.contains.lines}
 * @param path the names in {@code data} that lead to a row; empty: it is the entity's own
 * @param table whose rows these are
 * @param shown which columns
 * @param taken names of relations, which take the place of columns
 * @param id the columns that it is known by; empty: those of its primary key
 * @param comparisons what columns are compared for
 */
record TableRole(
    EntityType entity,
    String place,
    List<String> path,
    TableId table,
    ColumnFilter shown,
    List<String> taken,
    List<String> id,
    List<Comparison> comparisons) {

  /**
   * Columns by which it is decided what is in the data.
   *
   * @param columns which; may hold words that are none; empty: those of the primary key
   * @param ordered whether by their order as well, and not only by which are equal
   * @param path the names in {@code data} of what it is decided of; empty: of the entity itself
   */
  record Comparison(Set<String> columns, boolean ordered, List<String> path) {
    Comparison {
      columns = Set.copyOf(columns);
      path = List.copyOf(path);
    }

    boolean names(String column, List<String> primaryKey) {
      return columns.isEmpty() ? primaryKey.contains(column) : columns.contains(column);
    }
  }

  TableRole {
    path = List.copyOf(path);
    taken = List.copyOf(taken);
    id = List.copyOf(id);
    comparisons = List.copyOf(comparisons);
  }

  /** All of an entity, its own row first. */
  static List<TableRole> of(EntityType entity) {
    List<TableRole> roles = new ArrayList<>();
    String place = "entities.yaml: " + entity.name();
    List<Comparison> comparisons = new ArrayList<>();
    condition(entity.condition(), List.of(), comparisons);
    named(entity.references(), List.of(), comparisons);
    entity.parts().forEach(part -> comparisons.add(key(part.to(), List.of(part.name()))));
    roles.add(
        new TableRole(
            entity,
            place,
            List.of(),
            entity.table(),
            entity.attributes(),
            names(entity.references(), entity.parts()),
            entity.id(),
            comparisons));
    references(entity, place, List.of(), entity.references(), roles);
    parts(entity, place, List.of(), entity.parts(), roles);
    return roles;
  }

  private static void parts(
      EntityType entity,
      String above,
      List<String> path,
      List<ChildTable> parts,
      List<TableRole> roles) {
    for (ChildTable part : parts) {
      String place = above + ".contains." + part.name();
      List<String> all = longer(path, part.name());
      List<String> its = longer(all, TemplateReads.ELEMENT);
      List<Comparison> comparisons = new ArrayList<>(List.of(key(part.key(), all)));
      condition(part.where(), all, comparisons);
      if (!part.orderBy().isEmpty()) {
        Set<String> by = part.orderBy().stream().map(OrderBy::column).collect(Collectors.toSet());
        comparisons.add(new Comparison(by, true, all));
      }
      named(part.references(), its, comparisons);
      part.parts().forEach(inner -> comparisons.add(key(inner.to(), longer(its, inner.name()))));
      roles.add(
          new TableRole(
              entity,
              place,
              its,
              part.table(),
              part.attributes(),
              names(part.references(), part.parts()),
              List.of(),
              comparisons));
      references(entity, place, its, part.references(), roles);
      parts(entity, place, its, part.parts(), roles);
    }
  }

  private static void references(
      EntityType entity,
      String above,
      List<String> path,
      List<LookupReference> references,
      List<TableRole> roles) {
    for (LookupReference reference : references) {
      String place = above + ".refers." + reference.name();
      List<String> its = longer(path, reference.name());
      List<Comparison> comparisons = new ArrayList<>(List.of(key(reference.to(), its)));
      condition(reference.where(), its, comparisons);
      named(reference.references(), its, comparisons);
      roles.add(
          new TableRole(
              entity,
              place,
              its,
              reference.table(),
              reference.attributes(),
              names(reference.references(), List.of()),
              List.of(),
              comparisons));
      references(entity, place, its, reference.references(), roles);
    }
  }

  private static Comparison key(List<String> columns, List<String> path) {
    return new Comparison(Set.copyOf(columns), false, path);
  }

  private static void named(
      List<LookupReference> references, List<String> path, List<Comparison> comparisons) {
    references.forEach(one -> comparisons.add(key(one.key(), longer(path, one.name()))));
  }

  private static void condition(String sql, List<String> path, List<Comparison> comparisons) {
    if (!sql.isEmpty()) {
      comparisons.add(new Comparison(SqlCondition.of(sql).words(), true, path));
    }
  }

  /** Whether a column is in the data under its own name. */
  boolean shows(String column) {
    return shown.test(column) && !taken.contains(column);
  }

  /** Whether recipients know the entity by this column. */
  boolean isId(String column, List<String> primaryKey) {
    return path.isEmpty() && (id.isEmpty() ? primaryKey : id).contains(column);
  }

  /** The names that lead to a column. */
  List<String> pathTo(String column) {
    return longer(path, column);
  }

  /** Whether its rows are looked up for others that refer to them. */
  boolean isReference() {
    return !path.isEmpty() && !isPart();
  }

  /** Whether its rows are looked up, and not only in the log. */
  boolean isLookedUp() {
    return !path.isEmpty() || !taken.isEmpty();
  }

  private boolean isPart() {
    return !path.isEmpty() && path.getLast().equals(TemplateReads.ELEMENT);
  }

  /** The names that lead to all of its rows; empty: to the entity itself. */
  List<String> relation() {
    return isPart() ? path.subList(0, path.size() - 1) : path;
  }

  /** The names of all that is looked up for its rows, at once. */
  List<List<String>> relations() {
    return taken.stream().map(name -> longer(path, name)).toList();
  }

  private static List<String> names(List<LookupReference> references, List<ChildTable> parts) {
    return Stream.concat(
            references.stream().map(LookupReference::name), parts.stream().map(ChildTable::name))
        .toList();
  }

  private static List<String> longer(List<String> path, String name) {
    List<String> all = new ArrayList<>(path);
    all.add(name);
    return List.copyOf(all);
  }
}
