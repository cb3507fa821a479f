package io.rowhook.entity;

import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Demand;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
      references(place, type.references(), demands);
      all.add(type.table(), type.excluded(), demands);
      type.parts().forEach(part -> all.add(place, part, type.table()));
    }
    return List.copyOf(all.tables.values());
  }

  private void add(String above, Part part, TableId parent) {
    List<Demand> demands = new ArrayList<>();
    String place = above + ".contains." + part.name();
    demands.add(new Demand.Part(place, part.name(), part.key(), parent, part.orderBy()));
    references(place, part.references(), demands);
    add(part.table(), part.excluded(), demands);
    part.parts().forEach(inner -> add(place, inner, part.table()));
  }

  private static void references(String above, List<Reference> references, List<Demand> demands) {
    for (Reference reference : references) {
      demands.add(
          new Demand.Reference(
              above + ".refers." + reference.name(),
              reference.name(),
              reference.key(),
              reference.table(),
              reference.attributes()));
    }
  }

  /** A table with two roles is captured with all columns that one of them wants. */
  private void add(TableId table, List<String> excluded, List<Demand> demands) {
    tables.merge(
        table,
        new CapturedTable(table, excluded, demands),
        (one, other) -> {
          List<Demand> both = new ArrayList<>(one.demands());
          both.addAll(other.demands());
          return new CapturedTable(
              table,
              one.excludedColumns().stream().filter(other.excludedColumns()::contains).toList(),
              both);
        });
  }
}
