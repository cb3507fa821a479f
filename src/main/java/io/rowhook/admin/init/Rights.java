package io.rowhook.admin.init;

import io.rowhook.admin.init.Proposal.Hide;
import io.rowhook.admin.init.Proposal.Part;
import io.rowhook.admin.init.Proposal.Reference;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What has to be readable.
 *
 * @param columns of each table; empty: all of them
 * @param secured the tables in which row-level security would hide rows
 */
record Rights(Map<TableId, List<String>> columns, Set<TableId> secured) {

  static Rights of(Proposal proposal) {
    Needs needs = new Needs();
    proposal
        .entities()
        .forEach(entity -> {
          Set<String> read = needs.captured(entity.table(), entity.hidden());
          read.addAll(entity.id());
          entity.table().columns().stream()
              .map(Column::name)
              .filter(name -> entity.deleted().contains(name))
              .forEach(read::add);
          entity.parts().forEach(needs::part);
          entity.references().forEach(reference -> needs.reference(entity.table(), reference));
        });
    return needs.rights();
  }

  /** Gathers, table by table. */
  private static final class Needs {

    private final Map<TableId, Set<String>> needed = new TreeMap<>();
    private final Map<TableId, Table> tables = new TreeMap<>();

    private Set<String> of(Table table) {
      tables.put(table.id(), table);
      return needed.computeIfAbsent(table.id(), _ -> new HashSet<>());
    }

    /** What is left out since it says who and when is no secret, and good for a condition. */
    private Set<String> captured(Table table, List<Hide> hidden) {
      Set<String> read = of(table);
      Set<String> out = new HashSet<>();
      hidden.stream()
          .filter(hide -> hide.why() != Columns.Hidden.auditing)
          .forEach(hide -> out.add(hide.column()));
      table.columns().stream()
          .filter(column -> !column.generated() && !out.contains(column.name()))
          .forEach(column -> read.add(column.name()));
      read.addAll(table.key());
      return read;
    }

    private void part(Part part) {
      Set<String> read = captured(part.table(), part.hidden());
      read.addAll(part.key());
      read.addAll(part.orderBy());
      part.parts().forEach(this::part);
      part.references().forEach(reference -> reference(part.table(), reference));
    }

    private void reference(Table from, Reference reference) {
      of(from).addAll(reference.key());
      Set<String> read = of(reference.table());
      read.addAll(reference.attributes());
      read.addAll(reference.table().primaryKey());
      read.addAll(reference.to());
      reference.references().forEach(inner -> reference(reference.table(), inner));
    }

    private Rights rights() {
      Map<TableId, List<String>> columns = new TreeMap<>();
      Set<TableId> secured = new TreeSet<>();
      needed.forEach((id, names) -> {
        Table table = java.util.Objects.requireNonNull(tables.get(id));
        List<String> read = new ArrayList<>();
        boolean all = true;
        for (Column column : table.columns()) {
          if (names.contains(column.name())) {
            read.add(column.name());
          }
          all &= names.contains(column.name()) || column.generated();
        }
        columns.put(id, all ? List.of() : read);
        if (table.secured()) {
          secured.add(id);
        }
      });
      return new Rights(columns, secured);
    }
  }
}
