package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells business objects, their parts, and all the rest of a catalog's tables apart. Pure. */
final class TableKinds {

  private static final int ENOUGH = 3;
  private static final String LOST =
      "parts whose owner no foreign key names; to be added to contains by hand";

  private final SourceCatalog catalog;
  private final TableNames names;
  private final Set<TableId> wanted;
  private final Map<TableId, Table> tables;
  private final Map<TableId, Set<TableId>> incoming = new HashMap<>();
  private final Map<TableId, String> leftOut = new HashMap<>();
  private final Map<TableId, Owner> owners = new HashMap<>();
  private final Map<TableId, String> entities = new HashMap<>();

  /** What a part belongs to, and by which foreign key. */
  record Owner(TableId table, ForeignKey key) {}

  /**
   * Decides.
   *
   * @param wanted tables that are entities whatever their names say
   */
  TableKinds(SourceCatalog catalog, TableNames names, Set<TableId> wanted) {
    this.catalog = catalog;
    this.wanted = wanted;
    this.names = names;
    this.tables = catalog.byName();
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
  Map<TableId, Owner> owners() {
    return owners;
  }

  Map<TableId, String> leftOut() {
    return leftOut;
  }

  private void decide() {
    for (Table table : catalog.tables()) {
      String reason = unfit(table);
      if (!reason.isEmpty()) {
        leftOut.put(table.id(), reason);
      }
    }
    for (Table table : catalog.tables()) {
      if (!leftOut.containsKey(table.id()) && !wanted.contains(table.id())) {
        owner(table).ifPresent(owner -> owners.put(table.id(), owner));
      }
    }
    catalog.tables().forEach(table -> flatten(table.id()));
    for (Table table : catalog.tables()) {
      if (!leftOut.containsKey(table.id()) && !owners.containsKey(table.id())) {
        judge(table);
      }
    }
    for (Table table : catalog.tables()) { // parts of what is no entity after all
      Owner owner = owners.get(table.id());
      if (owner != null && !entities.containsKey(root(table.id()))) {
        owners.remove(table.id());
        if (TableTraits.isLink(table)) {
          leftOut.put(table.id(), "link table of what is no entity");
        } else {
          judge(table);
        }
      }
    }
  }

  /** Why a table is neither entity nor part, whatever is in it; empty: nothing says so. */
  private String unfit(Table table) {
    if (table.key().isEmpty()) {
      return "no primary key";
    }
    for (String name : table.key()) {
      Column column = table.column(name);
      if (Set.of("array", "bytea").contains(column.kind())
          || column.type().equals("time with time zone")
          || column.generated()) {
        return "its key is a " + (column.generated() ? "generated column" : column.type());
      }
    }
    if (catalog.server().version() >= 18 && table.columns().stream().anyMatch(Column::virtual)) {
      return "has a virtual generated column, which PostgreSQL does not publish with old values";
    }
    if (wanted.contains(table.id())) {
      return "";
    }
    List<String> stems = names.stems(table.id());
    if (stems.size() == 1 && Vocabulary.OWN.contains(stems.getFirst())) {
      return "configuration";
    }
    String first = stems.isEmpty() ? "" : stems.getFirst();
    for (String word : List.of(TableTraits.last(stems, 2), TableTraits.last(stems, 1), first)) {
      for (Map.Entry<String, Set<String>> kind : Vocabulary.NO_ENTITIES.entrySet()) {
        if (kind.getValue().contains(word)) {
          return kind.getKey();
        }
      }
    }
    return "";
  }

  /** A tree, as of categories, is no list of codes. */
  private boolean isCodes(Table table) {
    if (table.foreignKeys().stream().anyMatch(key -> key.table().equals(table.id()))) {
      return false;
    }
    return Vocabulary.CODES.contains(TableTraits.last(names.stems(table.id()), 1))
        || Vocabulary.CODES.contains(TableTraits.last(names.stems(table.id()), 2));
  }

  private Optional<Owner> owner(Table table) {
    Owner best = null;
    int most = 0;
    for (ForeignKey key : table.foreignKeys()) {
      Table target = tables.get(key.table());
      boolean fits =
          target != null
              && !key.table().equals(table.id())
              && !leftOut.containsKey(key.table())
              && !isCodes(target);
      int belongs = fits ? belongs(table, key) : 0;
      if (belongs > most) {
        most = belongs;
        best = new Owner(key.table(), key);
      }
    }
    return best == null || isIndependent(table, best) ? Optional.empty() : Optional.of(best);
  }

  /** How clearly a row belongs to the one that it names; 0: it does not. */
  private int belongs(Table table, ForeignKey key) {
    boolean held = table.key().containsAll(key.columns());
    boolean first = held && table.key().getFirst().equals(key.columns().getFirst());
    boolean named = names.begins(table.id(), key.table()) || sharesName(table.id(), key.table());
    boolean required = key.columns().stream().allMatch(name -> table.column(name).notNull());
    boolean line = Vocabulary.PARTS.contains(TableTraits.last(names.stems(table.id()), 1));
    boolean unlike = !TableTraits.isLink(table) && isCodes(table);
    if (unlike || !(held || key.cascades() || (line && named) || (required && named))) {
      return 0;
    }
    return (held ? 4 : 0)
        + (first ? 1 : 0)
        + (key.cascades() ? 5 : 0)
        + (named ? 4 : 0)
        + (required ? 1 : 0);
  }

  /**
   * {@code order_line} and {@code sales_order}: the words before a part's last one end the other.
   */
  private boolean sharesName(TableId part, TableId owner) {
    List<String> stems = names.stems(part);
    List<String> owners = names.core(owner);
    return stems.size() > 1
        && Vocabulary.PARTS.contains(stems.getLast())
        && !owners.isEmpty()
        && stems.get(stems.size() - 2).equals(owners.getLast());
  }

  /** Whether it is a business object of its own, though it would go with another. */
  private boolean isIndependent(Table table, Owner owner) {
    List<String> stems = names.stems(table.id());
    String last = TableTraits.last(stems, 1);
    if (TableTraits.isLink(table) && incoming.getOrDefault(table.id(), Set.of()).isEmpty()) {
      return false;
    }
    boolean own =
        TableTraits.isTelling(stems)
            && !TableTraits.isFile(stems)
            && TableTraits.cascades(table) < 2;
    boolean identified =
        table.key().size() > owner.key().columns().size()
            && table.key().containsAll(owner.key().columns());
    if (own && !(identified && names.begins(table.id(), owner.table()))) {
      return true;
    }
    if (table.key().equals(owner.key().columns()) && table.foreignKeys().size() > 2) {
      return true; // a kind of the other, with relations of its own
    }
    Set<TableId> others = new HashSet<>(incoming.getOrDefault(table.id(), Set.of()));
    others.remove(owner.table());
    others.removeIf(other -> names.begins(other, table.id()) || names.begins(other, owner.table()));
    return others.size() >= 2 && !Vocabulary.PARTS.contains(last);
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

  private TableId root(TableId table) {
    Owner owner = owners.get(table);
    return owner == null ? table : root(owner.table());
  }

  /** An entity, or the reason why not. */
  private void judge(Table table) {
    List<String> stems = names.stems(table.id());
    int named = incoming.getOrDefault(table.id(), Set.of()).size();
    boolean parts = owners.values().stream().anyMatch(o -> o.table().equals(table.id()));
    boolean telling = !isCodes(table) && TableTraits.isTelling(stems) && !TableTraits.isFile(stems);
    List<String> reasons = new ArrayList<>();
    int score = 0;
    score += telling ? say(3, "its name", reasons) : 0;
    score += parts ? say(2, "has parts", reasons) : 0;
    score +=
        named > 0
            ? say(
                Math.min(2, named),
                "named by " + named + (named == 1 ? " table" : " tables"),
                reasons)
            : 0;
    score += table.foreignKeys().isEmpty() ? 0 : 1;
    score += Columns.telling(table).isEmpty() ? 0 : 1;
    score += table.columns().size() >= 6 ? 1 : 0;
    score += table.rows() > 0 ? say(1, "about " + table.rows() + " rows", reasons) : 0;
    score -= table.rows() == 0 && anyRows() ? 1 : 0;
    score -= isCodes(table) && !parts ? 4 : 0;
    boolean small = table.columns().size() <= 3 && table.foreignKeys().isEmpty() && !parts;
    score -= small && !(telling && (named > 0 || table.rows() > 0)) ? 3 : 0;
    boolean lost = !telling && !parts && Vocabulary.PARTS.contains(TableTraits.last(stems, 1));
    score -= lost ? 2 : 0;
    boolean joins = stems.size() > 2 && stems.subList(1, stems.size() - 1).contains("to");
    boolean file =
        TableTraits.isFile(stems)
            && table.columns().stream().anyMatch(column -> column.kind().equals("bytea"));
    if (wanted.contains(table.id())) {
      entities.put(table.id(), "asked for by --include");
    } else if (TableTraits.isLink(table) || joins) {
      leftOut.put(table.id(), "link table");
    } else if (file) {
      leftOut.put(table.id(), "files");
    } else if (score >= ENOUGH) {
      entities.put(table.id(), reasons.isEmpty() ? "its columns" : String.join(", ", reasons));
    } else {
      leftOut.put(
          table.id(),
          small || isCodes(table)
              ? "a list of codes"
              : lost ? LOST : "no sign of a business object");
    }
  }

  private static int say(int points, String reason, List<String> reasons) {
    reasons.add(reason);
    return points;
  }

  private boolean anyRows() {
    return catalog.tables().stream().anyMatch(table -> table.rows() > 0);
  }
}
