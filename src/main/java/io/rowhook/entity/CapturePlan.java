package io.rowhook.entity;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableRequirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells capture which tables the entities are made of, and what must hold for them. Pure. */
public final class CapturePlan {

  private final Map<TableId, CapturedTable> tables = new LinkedHashMap<>();

  private CapturePlan() {}

  public static List<CapturedTable> of(List<EntityType> types) {
    CapturePlan all = new CapturePlan();
    for (EntityType type : types) {
      List<TableRequirement> requirements = new ArrayList<>();
      String place = "entities.yaml: " + type.name();
      if (!type.id().isEmpty()) {
        requirements.add(new TableRequirement.Id(place + ".id", type.id()));
      }
      attributes(place, type.attributes(), requirements);
      if (!type.index().isEmpty()) {
        requirements.add(new TableRequirement.Columns(place + ".index", type.index(), false));
      }
      condition(place + ".where", type.where(), requirements);
      condition(place + ".deleted", type.deleted(), requirements);
      references(place, type.references(), requirements);
      Set<String> needed = new LinkedHashSet<>(type.id());
      needed.addAll(type.key());
      needed.addAll(SqlCondition.of(type.condition()).words());
      type.references().forEach(reference -> needed.addAll(reference.key()));
      all.add(type.table(), type.attributes(), needed, requirements);
      type.parts().forEach(part -> all.add(place, part, type.table()));
    }
    return List.copyOf(all.tables.values());
  }

  /** All tables that the events of an entity are made of, those of its references too. */
  public static Set<TableId> tables(EntityType type) {
    Set<TableId> tables = new LinkedHashSet<>(Set.of(type.table()));
    type.parts().forEach(part -> tables(part, tables));
    type.references().forEach(reference -> tables(reference, tables));
    return tables;
  }

  private static void tables(ChildTable part, Set<TableId> tables) {
    tables.add(part.table());
    part.parts().forEach(inner -> tables(inner, tables));
    part.references().forEach(reference -> tables(reference, tables));
  }

  private static void tables(LookupReference reference, Set<TableId> tables) {
    tables.add(reference.table());
    reference.references().forEach(inner -> tables(inner, tables));
  }

  private void add(String above, ChildTable part, TableId parent) {
    List<TableRequirement> requirements = new ArrayList<>();
    String place = above + ".contains." + part.name();
    List<String> orderBy = part.orderBy().stream().map(OrderBy::column).toList();
    requirements.add(
        new TableRequirement.Part(
            place, part.name(), part.key(), part.to(), part.prefix(), parent, orderBy));
    attributes(place, part.attributes(), requirements);
    condition(place + ".where", part.where(), requirements);
    references(place, part.references(), requirements);
    Set<String> needed = new LinkedHashSet<>(part.key());
    needed.addAll(orderBy);
    needed.addAll(SqlCondition.of(part.where()).words());
    part.references().forEach(reference -> needed.addAll(reference.key()));
    add(part.table(), part.attributes(), needed, requirements);
    part.parts().forEach(inner -> add(place, inner, part.table()));
  }

  private static void attributes(
      String above, ColumnFilter columns, List<TableRequirement> requirements) {
    String key = above + ".attributes" + (columns.include().isEmpty() ? ".exclude" : ".include");
    if (!columns.isAll()) {
      requirements.add(
          new TableRequirement.Columns(key, columns.named(), columns.include().isEmpty()));
    }
  }

  private static void condition(String place, String sql, List<TableRequirement> requirements) {
    if (!sql.isEmpty()) {
      requirements.add(new TableRequirement.Where(place, sql));
    }
  }

  private static void references(
      String above, List<LookupReference> references, List<TableRequirement> requirements) {
    references.forEach(reference -> requirements.add(demand(above, reference)));
  }

  private static TableRequirement.Reference demand(String above, LookupReference reference) {
    String place = above + ".refers." + reference.name();
    return new TableRequirement.Reference(
        place,
        reference.name(),
        reference.key(),
        reference.to(),
        reference.prefix(),
        reference.table(),
        reference.attributes(),
        reference.where(),
        reference.references().stream().map(inner -> demand(place, inner)).toList());
  }

  /**
   * A table with two roles is captured with all columns that one of them wants.
   *
   * @param needed what is read whatever is shown; may hold words that are no columns
   */
  private void add(
      TableId table, ColumnFilter shown, Set<String> needed, List<TableRequirement> requirements) {
    ColumnFilter read = shown.and(needed);
    tables.merge(
        table,
        new CapturedTable(table, read, requirements),
        (one, other) -> {
          List<TableRequirement> both = new ArrayList<>(one.requirements());
          both.addAll(other.requirements());
          return new CapturedTable(table, one.columns().or(other.columns()), both);
        });
  }
}
