package io.rowhook.admin.init;

import io.rowhook.base.Count;
import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells business objects, their parts, and all the rest of a catalog's tables apart. Pure. */
final class TableKinds {

  private static final int ENOUGH = 3;
  private static final String LOST =
      "parts whose owner no foreign key names; to be added to contains by hand";

  private static final String STRAY =
      "lines whose document no foreign key names; to be added to contains by hand";

  private static final String NO_SIGN = "no sign of a business object";

  private final SourceCatalog catalog;
  private final TableNames names;
  private final Set<TableId> wanted;
  private final TableRoles roles;
  private final Ownership ownership;
  private final Map<TableId, Set<TableId>> incoming = new HashMap<>();
  private final Map<TableId, String> leftOut = new HashMap<>();
  private final Map<TableId, Ownership.Owner> owners = new HashMap<>();
  private final Map<TableId, String> entities = new HashMap<>();

  /**
   * Decides.
   *
   * @param wanted tables that are entities whatever their names say
   */
  TableKinds(SourceCatalog catalog, TableNames names, Set<TableId> wanted) {
    this.catalog = catalog;
    this.wanted = wanted;
    this.names = names;
    this.roles = new TableRoles(names);
    this.leftOut.putAll(TechnicalTables.reasons(catalog, names, wanted));
    this.ownership = new Ownership(catalog.byName(), names, incoming, leftOut.keySet());
    for (Table table : catalog.tables()) {
      for (ForeignKey key : table.foreignKeys()) {
        if (!key.table().equals(table.id())) {
          incoming.computeIfAbsent(key.table(), _ -> new HashSet<>()).add(table.id());
        }
      }
    }
    decide();
  }

  /** Why each table is an entity. */
  Map<TableId, String> entities() {
    return entities;
  }

  /** What each part belongs to. */
  Map<TableId, Ownership.Owner> owners() {
    return owners;
  }

  Map<TableId, String> leftOut() {
    return leftOut;
  }

  private void decide() {
    Map<TableId, String> ofLeftOut = new HashMap<>();
    for (Table table : catalog.tables()) {
      if (!leftOut.containsKey(table.id()) && !wanted.contains(table.id())) {
        ownership
            .ownedByLeftOut(table)
            .ifPresentOrElse(
                other -> ofLeftOut.put(table.id(), partOf(other)),
                () -> ownership.of(table).ifPresent(owner -> owners.put(table.id(), owner)));
      }
    }
    leftOut.putAll(ofLeftOut);
    catalog.tables().forEach(table -> flatten(table.id()));
    for (Table table : catalog.tables()) {
      if (!leftOut.containsKey(table.id()) && !owners.containsKey(table.id())) {
        judge(table);
      }
    }
    for (Table table : catalog.tables()) { // parts of what is no entity after all
      Ownership.Owner owner = owners.get(table.id());
      if (owner != null && !entities.containsKey(root(table.id()))) {
        owners.remove(table.id());
        if (roles.isLink(table)) {
          leftOut.put(table.id(), "link table of what is no entity");
        } else if (leftOut.containsKey(owner.table())
            && names.begins(table.id(), owner.table())
            && !TableTraits.isTelling(names.stems(table.id()))) {
          leftOut.put(table.id(), partOf(owner.table()));
        } else {
          judge(table);
        }
      }
    }
    for (Table table : catalog.tables()) {
      String reason = leftOut.getOrDefault(table.id(), "");
      if (reason.equals(NO_SIGN) || reason.equals(LOST) || isNameless(table)) {
        leftover(table);
      }
    }
  }

  /** Rows that are no object of their own, and have to name one, are parts of it. */
  private void leftover(Table table) {
    Set<TableId> objects = new HashSet<>(entities.keySet());
    owners.forEach((part, owner) -> {
      if (entities.containsKey(owner.table())) {
        objects.add(part);
      }
    });
    ownership
        .ofLeftover(table, objects)
        .ifPresent(owner -> {
          leftOut.remove(table.id());
          entities.remove(table.id());
          owners.put(table.id(), owner);
        });
  }

  /** An entity whose rows nobody could call anything: its place on a shelf. */
  private boolean isNameless(Table table) {
    return entities.containsKey(table.id())
        && !wanted.contains(table.id())
        && ownership.isNameless(table);
  }

  /** No circles, and at most two levels of parts. */
  private void flatten(TableId table) {
    Set<TableId> seen = new HashSet<>();
    TableId at = table;
    while (owners.containsKey(at)) {
      if (!seen.add(at) || seen.size() > 2) {
        owners.remove(table);
        return;
      }
      at = owners.get(at).table();
    }
  }

  private static String partOf(TableId other) {
    return "part of " + other + ", which is left out";
  }

  private TableId root(TableId table) {
    Ownership.Owner owner = owners.get(table);
    return owner == null ? table : root(owner.table());
  }

  /** An entity, or the reason why not. */
  private void judge(Table table) {
    List<String> stems = names.stems(table.id());
    int named = incoming.getOrDefault(table.id(), Set.of()).size();
    boolean parts = owners.values().stream().anyMatch(o -> o.table().equals(table.id()));
    boolean telling =
        !ownership.isCodes(table) && TableTraits.isTelling(stems) && !TableTraits.isFile(stems);
    List<String> reasons = new ArrayList<>();
    int score = 0;
    score += telling ? say(3, "its name", reasons) : 0;
    score += parts ? say(2, "has parts", reasons) : 0;
    boolean line = Vocabulary.LINES.contains(TableTraits.last(stems, 1));
    boolean lost =
        (!telling && !parts && Vocabulary.PARTS.contains(TableTraits.last(stems, 1)))
            || (line && roles.isLine(table));
    boolean stray = roles.isLine(table) && TableTraits.namesUnknown(table);
    score +=
        named > 0 && !(line && roles.isLine(table))
            ? say(Math.min(2, named), "named by " + Count.of(named, "table"), reasons)
            : 0;
    score += table.foreignKeys().isEmpty() ? 0 : 1;
    score += Columns.telling(table).isEmpty() ? 0 : 1;
    score += table.columns().size() >= 6 ? 1 : 0;
    score += table.rows() > 0 ? say(1, "about " + Count.of(table.rows(), "row"), reasons) : 0;
    score -= table.rows() == 0 && anyRows() ? 1 : 0;
    score -= ownership.isCodes(table) ? (parts ? 3 : 4) : 0;
    boolean small = table.columns().size() <= 3 && table.foreignKeys().isEmpty() && !parts;
    score -= small && !(telling && (named > 0 || table.rows() > 0)) ? 3 : 0;
    score -= lost ? 2 : 0;
    score -= lost && parts ? ENOUGH + 2 : 0;
    score +=
        lost && !parts && isLineOfNone(stems) && !roles.isLine(table)
            ? say(3, "lines without a document", reasons)
            : 0;
    score -= !telling && ownership.namesNothing(table) ? (named > 0 ? 1 : 2) : 0;
    boolean joins = stems.size() > 2 && stems.subList(1, stems.size() - 1).contains("to");
    boolean file =
        TableTraits.isFile(stems)
            && table.columns().stream().anyMatch(column -> column.kind().equals("bytea"));
    if (wanted.contains(table.id())) {
      entities.put(table.id(), "asked for by --include");
    } else if ((roles.isLink(table) && named < 2) || joins) {
      leftOut.put(table.id(), "link table");
    } else if (ownership.isTenant(table.id()) && !Columns.isNamed(table)) {
      leftOut.put(table.id(), "what all rows belong to, without a name");
    } else if (stray) {
      leftOut.put(table.id(), STRAY);
    } else if (file) {
      leftOut.put(table.id(), "files");
    } else if (score >= ENOUGH) {
      entities.put(table.id(), reasons.isEmpty() ? "its columns" : String.join(", ", reasons));
    } else {
      leftOut.put(
          table.id(),
          small || ownership.isCodes(table) ? "a list of codes" : lost ? LOST : NO_SIGN);
    }
  }

  /** {@code timesheet_line} where there is no {@code timesheet}: the line itself is the object. */
  private boolean isLineOfNone(List<String> stems) {
    return stems.size() > 1
        && Vocabulary.LINES.contains(stems.getLast())
        && Vocabulary.business(stems.get(stems.size() - 2))
        && catalog.tables().stream()
            .noneMatch(table -> names.core(table.id()).equals(stems.subList(0, stems.size() - 1)));
  }

  private static int say(int points, String reason, List<String> reasons) {
    reasons.add(reason);
    return points;
  }

  private boolean anyRows() {
    return catalog.tables().stream().anyMatch(table -> table.rows() > 0);
  }
}
