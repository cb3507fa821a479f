package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds texts that name rows of several tables: {@code sale.order,12} in one column, or a kind in
 * one and the id in another. By their values where these were sampled, by names otherwise. Pure.
 */
final class Pointers {

  private static final Pattern KIND =
      Pattern.compile("(.*?)_?(type|model|class|kind|table|tablename|table_name)");

  /** Where several columns may hold the id: that which is called so. */
  private static final Set<String> IDS =
      Set.of("record_id", "row_id", "object_id", "model_id", "entity_id", "item_id");

  private final Map<String, Table> byName = new HashMap<>();

  /**
   * @param tables what kinds can name
   */
  Pointers(Map<TableId, Table> tables) {
    tables
        .values()
        .forEach(table -> byName.putIfAbsent(joined(Words.of(table.id().name())), table));
  }

  private static String joined(List<String> words) {
    return String.join("", words.stream().map(Words::singular).toList());
  }

  /**
   * The table that {@code sale.order}, {@code SaleOrder} or {@code App\Models\Order} stands for.
   */
  private Optional<Table> table(String kind) {
    Table whole = byName.get(joined(Words.of(kind)));
    String last = kind.substring(kind.lastIndexOf('\\') + 1).replaceFirst(".*::", "");
    return Optional.ofNullable(whole == null ? byName.get(joined(Words.of(last))) : whole);
  }

  /** One table that a column's texts name, and what stands before its key in them. */
  record Target(String column, String prefix, Table table) {}

  /** What a setting can look up: the tables that a column of {@code sale.order,12} names. */
  List<Target> targets(Table table) {
    List<Target> targets = new ArrayList<>();
    for (Column column : table.columns()) {
      column
          .kinds()
          .forEach((kind, _) -> {
            if (kind.endsWith(",")) {
              table(kind.substring(0, kind.length() - 1))
                  .filter(target -> target.primaryKey().size() == 1)
                  .ifPresent(target -> targets.add(new Target(column.name(), kind, target)));
            }
          });
    }
    return targets;
  }

  /** In words what no setting can look up: each pair of columns, with how many rows name what. */
  List<String> notes(Table table) {
    List<String> notes = new ArrayList<>();
    for (Column column : table.columns()) {
      id(table, column)
          .ifPresent(id -> {
            String both = column.name() + " and " + id.name();
            if (column.kinds().isEmpty()) {
              notes.add(
                  both
                      + " seem to name rows of several tables, by their names; --samples tells which");
            } else if (isMostlyTables(column.kinds())) {
              notes.add(both + " name rows of several tables: " + counted(column.kinds()));
            }
          });
    }
    return notes;
  }

  private boolean isMostlyTables(Map<String, Long> kinds) {
    long known = kinds.keySet().stream().filter(kind -> table(kind).isPresent()).count();
    return known * 2 >= kinds.size();
  }

  private String counted(Map<String, Long> kinds) {
    Map<String, String> texts = new LinkedHashMap<>();
    kinds.forEach((kind, rows) ->
        texts.put(
            kind.replaceAll("\\p{Cntrl}", " "),
            table(kind).map(target -> " (" + target.id() + ") ").orElse(" ") + rows));
    return texts.entrySet().stream()
        .map(each -> each.getKey() + each.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The column that holds the id where this one holds the kind; neither is a foreign key. */
  static Optional<Column> id(Table table, Column kind) {
    Matcher name = KIND.matcher(kind.name().toLowerCase(Locale.ROOT));
    if (!kind.kind().equals("text") || Columns.isForeign(table, kind) || !name.matches()) {
      return Optional.empty();
    }
    String stem = name.group(1);
    boolean bare = stem.isEmpty();
    boolean model = bare && !Set.of("type", "kind", "class").contains(name.group(2));
    List<Column> ids =
        table.columns().stream()
            .filter(column -> isId(table, column) && (model || isCalled(column, stem + "_id")))
            .toList();
    return ids.size() == 1 || !model
        ? ids.stream().findFirst()
        : ids.stream()
            .filter(column -> IDS.stream().anyMatch(id -> isCalled(column, id)))
            .findFirst();
  }

  private static boolean isId(Table table, Column column) {
    return column.name().toLowerCase(Locale.ROOT).endsWith("_id")
        && !Columns.isForeign(table, column)
        && !table.key().contains(column.name());
  }

  private static boolean isCalled(Column column, String name) {
    return column.name().equalsIgnoreCase(name);
  }
}
