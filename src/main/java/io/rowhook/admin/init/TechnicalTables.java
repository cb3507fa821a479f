package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which tables are neither entity nor part: those that cannot be captured, and those that a
 * program has for itself. Pure.
 */
final class TechnicalTables {

  /** Tables of one first word, of which most are technical: fewer say nothing. */
  private static final int GROUP = 5;

  /** So many columns with personal data are of a person, fewer of a login. */
  private static final int PERSON = 4;

  private static final Set<String> AUTHORIZATIONS = Set.of("authorization", "authorisation");

  private final SourceCatalog catalog;
  private final TableNames names;
  private final Set<TableId> wanted;
  private final Map<TableId, String> reasons = new HashMap<>();

  private TechnicalTables(SourceCatalog catalog, TableNames names, Set<TableId> wanted) {
    this.catalog = catalog;
    this.names = names;
    this.wanted = wanted;
  }

  /**
   * Why each such table is neither.
   *
   * @param wanted tables that are entities whatever their names say
   */
  static Map<TableId, String> reasons(
      SourceCatalog catalog, TableNames names, Set<TableId> wanted) {
    TechnicalTables technical = new TechnicalTables(catalog, names, wanted);
    for (Table table : catalog.tables()) {
      String reason = technical.unfit(table);
      if (reason.isEmpty() && !wanted.contains(table.id())) {
        reason = technical.named(table);
      }
      if (!reason.isEmpty()) {
        technical.reasons.put(table.id(), reason);
      }
    }
    technical.groups();
    return technical.reasons;
  }

  /** Why it cannot be captured; empty: it can. */
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
      if (Columns.hidden(table, column) == Columns.Hidden.secret) {
        return "its key holds a secret, and a key is always sent";
      }
    }
    if (table.columns().stream().anyMatch(column -> column.kind().equals("bytea"))
        && table.columns().stream()
            .allMatch(column ->
                table.key().contains(column.name())
                    || Columns.isForeign(table, column)
                    || column.name().equals("id")
                    || Columns.hidden(table, column) != null)) {
      return "nothing but binary values";
    }
    return catalog.server().version() >= 18 && table.columns().stream().anyMatch(Column::virtual)
        ? "has a virtual generated column, which PostgreSQL does not publish with old values"
        : "";
  }

  /** What its name says, or that its rows are not all its own; empty: nothing. */
  private String named(Table table) {
    if (catalog.server().inherited().contains(table.id())) {
      return "others inherit from it, and have a part of its rows; --include it and all of them";
    }
    List<String> stems = names.stems(table.id());
    if ((stems.size() == 1 && Vocabulary.OWN.contains(stems.getFirst()))
        || stems.stream().anyMatch(Vocabulary.SETTINGS::contains)) {
      return "configuration";
    }
    if (Vocabulary.business(TableTraits.last(stems, 2))) {
      return "";
    }
    if (TableTraits.isConnection(table, stems)) {
      return "interfaces to other programs";
    }
    if (!TableTraits.isTelling(stems) && TableTraits.isVisit(table)) {
      return "sessions";
    }
    if (TableTraits.isSchedule(table)) {
      return "queues";
    }
    String first = stems.isEmpty() ? "" : stems.getFirst();
    for (String word : List.of(TableTraits.last(stems, 2), TableTraits.last(stems, 1), first)) {
      for (Map.Entry<String, Set<String>> kind : Vocabulary.NO_ENTITIES.entrySet()) {
        boolean soft = Vocabulary.SOFT.contains(word) && isNamedAfterAnother(table);
        if (kind.getValue().contains(word)
            && !soft
            && !isMore(kind.getKey(), table)
            && !isDocument(kind.getKey(), table)) {
          return kind.getKey();
        }
      }
    }
    return "";
  }

  /** No right or login has a price, and a user of whom more is kept is a person. */
  private boolean isMore(String kind, Table table) {
    return Set.of("permissions", "sessions").contains(kind)
        && (TableTraits.hasPrice(table) || PersonalData.many(table) >= PERSON);
  }

  /**
   * Figures that have lines of their own are what somebody found, and not computed from others; and
   * what allows a return is none of a program's rights.
   */
  private boolean isDocument(String kind, Table table) {
    List<String> stems = names.stems(table.id());
    return switch (kind) {
      case "figures that are computed" ->
          catalog.tables().stream().anyMatch(other -> isLine(other, table));
      case "permissions" ->
          stems.size() > 1
              && AUTHORIZATIONS.contains(stems.getLast())
              && Vocabulary.DOCUMENTS.contains(stems.get(stems.size() - 2));
      default -> false;
    };
  }

  private boolean isLine(Table other, Table table) {
    return Vocabulary.LINES.contains(TableTraits.last(names.stems(other.id()), 1))
        && names.begins(other.id(), table.id())
        && other.foreignKeys().stream().anyMatch(key -> key.table().equals(table.id()));
  }

  /** {@code order_discount_rule} with a key of {@code order}. */
  private boolean isNamedAfterAnother(Table table) {
    return table.foreignKeys().stream()
        .anyMatch(key ->
            !key.table().equals(table.id())
                && names.begins(table.id(), key.table())
                && Vocabulary.business(TableTraits.last(names.core(key.table()), 1)));
  }

  /** Where most tables of one first word are a program's own, the others are too. */
  private void groups() {
    Map<String, Set<TableId>> groups = new HashMap<>();
    for (Table table : catalog.tables()) {
      String first = names.group(table.id());
      if (!first.isEmpty() && !Vocabulary.business(first)) {
        groups
            .computeIfAbsent(table.id().schema() + "." + first, _ -> new HashSet<>())
            .add(table.id());
      }
    }
    groups.forEach((_, group) -> {
      long own = group.stream().filter(this::isProgram).count();
      if (group.size() >= GROUP
          && own * 2 > group.size()
          && group.size() < catalog.tables().size()) {
        group.stream()
            .filter(table -> !wanted.contains(table) && !isUsed(table, group))
            .forEach(table ->
                reasons.putIfAbsent(
                    table,
                    "a program's own, as most tables whose name begins with "
                        + names.group(table)));
      }
    });
  }

  private boolean isProgram(TableId table) {
    return reasons.containsKey(table)
        || Vocabulary.PROGRAM.contains(TableTraits.last(names.stems(table), 1));
  }

  /** A business object that others name. */
  private boolean isUsed(TableId table, Set<TableId> group) {
    return TableTraits.isTelling(names.stems(table))
        && catalog.tables().stream()
            .filter(other -> !group.contains(other.id()))
            .flatMap(other -> other.foreignKeys().stream())
            .map(ForeignKey::table)
            .anyMatch(table::equals);
  }
}
