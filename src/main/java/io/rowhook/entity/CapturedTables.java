package io.rowhook.entity;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.ColumnFilter;
import io.rowhook.capture.Demand;
import io.rowhook.capture.SqlCondition;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells capture which tables the entities are made of, and what must hold for them. Pure. */
public final class CapturedTables {

  private final Map<TableId, CapturedTable> tables = new LinkedHashMap<>();

  private CapturedTables() {}

  public static List<CapturedTable> of(List<EntityType> types) {
    CapturedTables all = new CapturedTables();
    for (EntityType type : types) {
      List<Demand> demands = new ArrayList<>();
      String place = "entities.yaml: " + type.name();
      if (!type.id().isEmpty()) {
        demands.add(new Demand.Id(place + ".id", type.id()));
      }
      attributes(place, type.attributes(), demands);
      condition(place + ".where", type.where(), demands);
      condition(place + ".deleted", type.deleted(), demands);
      references(place, type.references(), demands);
      Set<String> needed = new LinkedHashSet<>(type.id());
      needed.addAll(type.key());
      needed.addAll(SqlCondition.of(type.condition()).words());
      type.references().forEach(reference -> needed.addAll(reference.key()));
      all.add(type.table(), type.attributes(), needed, demands);
      type.parts().forEach(part -> all.add(place, part, type.table()));
    }
    return List.copyOf(all.tables.values());
  }

  private void add(String above, Part part, TableId parent) {
    List<Demand> demands = new ArrayList<>();
    String place = above + ".contains." + part.name();
    List<String> orderBy = part.orderBy().stream().map(OrderBy::column).toList();
    demands.add(
        new Demand.Part(place, part.name(), part.key(), part.to(), part.prefix(), parent, orderBy));
    attributes(place, part.attributes(), demands);
    condition(place + ".where", part.where(), demands);
    references(place, part.references(), demands);
    Set<String> needed = new LinkedHashSet<>(part.key());
    needed.addAll(orderBy);
    needed.addAll(SqlCondition.of(part.where()).words());
    part.references().forEach(reference -> needed.addAll(reference.key()));
    add(part.table(), part.attributes(), needed, demands);
    part.parts().forEach(inner -> add(place, inner, part.table()));
  }

  private static void attributes(String above, ColumnFilter columns, List<Demand> demands) {
    String key = above + ".attributes" + (columns.include().isEmpty() ? ".exclude" : ".include");
    if (!columns.isAll()) {
      demands.add(new Demand.Columns(key, columns.named(), columns.include().isEmpty()));
    }
  }

  private static void condition(String place, String sql, List<Demand> demands) {
    if (!sql.isEmpty()) {
      demands.add(new Demand.Where(place, sql));
    }
  }

  private static void references(String above, List<Reference> references, List<Demand> demands) {
    references.forEach(reference -> demands.add(demand(above, reference)));
  }

  private static Demand.Reference demand(String above, Reference reference) {
    String place = above + ".refers." + reference.name();
    return new Demand.Reference(
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
  private void add(TableId table, ColumnFilter shown, Set<String> needed, List<Demand> demands) {
    ColumnFilter read = shown.and(needed);
    tables.merge(
        table,
        new CapturedTable(table, read, demands),
        (one, other) -> {
          List<Demand> both = new ArrayList<>(one.demands());
          both.addAll(other.demands());
          return new CapturedTable(table, one.columns().or(other.columns()), both);
        });
  }
}
