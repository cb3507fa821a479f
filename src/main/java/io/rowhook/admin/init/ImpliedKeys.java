package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog;
import io.rowhook.capture.SourceCatalog.Column;
import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds foreign keys that nobody declared: a column is one if it is called as another table and the
 * only column of a key of that are, {@code customer_id} as {@code customers.id}, {@code order_no}
 * as {@code orders.order_no}, {@code parent_account_id} as {@code accounts.id}, and has its type.
 * It is none if this fits several tables, if a column beside it says whose row it names, or if what
 * it holds should not be sent. Pure.
 */
public final class ImpliedKeys {

  /** By what they are called in another's column, written together. */
  private final Map<String, List<Target>> targets = new HashMap<>();

  private int place;

  /**
   * A key of one column, as it is called in another's.
   *
   * @param place in the catalog's order
   * @param name its words; empty: it is called so only as a whole
   * @param words how many of them are the table's
   */
  private record Target(int place, Table table, Column key, List<String> name, int words) {}

  /**
   * That a column is called as a target.
   *
   * @param role what stands before that: {@code parent}; empty: nothing
   */
  private record Match(Column column, Target target, List<String> role) {}

  private ImpliedKeys(SourceCatalog catalog) {
    TableNames names = new TableNames(catalog.tables());
    Set<String> modules =
        Modules.of(
            catalog.tables().stream().map(table -> singular(names.words(table.id()))).toList());
    for (Table table : catalog.tables()) {
      List<List<String>> called = called(table, names, modules);
      Stream.concat(Stream.of(table.primaryKey()), table.uniqueKeys().stream())
          .filter(key -> key.size() == 1)
          .distinct()
          .map(key -> table.column(key.getFirst()))
          .filter(key -> isFit(table, key))
          .forEach(key -> add(table, key, called));
    }
  }

  private void add(Table table, Column column, List<List<String>> called) {
    List<String> key = singular(Words.of(column.name()));
    for (List<String> name : called) {
      if (name.equals(called.getFirst()) && holds(key, name)) {
        add(table, column, key, key, name.size());
      } else {
        List<String> whole = both(name, key);
        add(table, column, whole, whole, name.size());
        add(table, column, both(key, name), List.of(), name.size());
      }
    }
  }

  private void add(Table table, Column key, List<String> whole, List<String> name, int words) {
    targets
        .computeIfAbsent(joined(whole), _ -> new ArrayList<>())
        .add(new Target(place++, table, key, name, words));
  }

  /** Whether a key's name says already whose it is: {@code orders.order_no}. */
  private static boolean holds(List<String> key, List<String> name) {
    return joined(key).startsWith(joined(name)) || joined(key).endsWith(joined(name));
  }

  /** The same catalog with these keys, also where others are declared. */
  public static SourceCatalog added(SourceCatalog catalog) {
    ImpliedKeys implied = new ImpliedKeys(catalog);
    return new SourceCatalog(
        catalog.server(),
        catalog.tables().stream().map(table -> table.with(implied.keys(table))).toList());
  }

  private static List<String> singular(List<String> words) {
    return words.stream().map(word -> Words.singular(Vocabulary.base(word))).toList();
  }

  private static List<List<String>> called(Table table, TableNames names, Set<String> modules) {
    List<String> words = singular(names.words(table.id()));
    List<List<String>> called = new ArrayList<>(List.of(words));
    called.add(singular(Words.of(table.id().name())));
    if (words.size() > 1 && modules.contains(words.getFirst())) {
      called.add(words.subList(1, words.size()));
    }
    return called.stream().filter(name -> !name.isEmpty()).distinct().toList();
  }

  private static boolean isFit(Table table, Column column) {
    Columns.Hidden hidden = Columns.hidden(table, column);
    boolean id = column.name().toLowerCase(Locale.ROOT).endsWith("id");
    return !family(column).isEmpty()
        && !column.virtual()
        && (hidden == null || (hidden == Columns.Hidden.personal && id));
  }

  /** Columns of one family can be equal; empty: of none. */
  private static String family(Column column) {
    return switch (column.kind()) {
      case "number" -> "number";
      case "text" -> Columns.isEnum(column) ? column.type() : "text";
      case "other" -> column.type();
      default -> "";
    };
  }

  private List<ForeignKey> keys(Table table) {
    Set<String> polymorphic = new HashSet<>();
    table
        .columns()
        .forEach(kind -> Pointers.id(table, kind).ifPresent(id -> polymorphic.add(id.name())));
    Map<List<Object>, Match> roles = new LinkedHashMap<>();
    for (Column column : table.columns()) {
      if (isFit(table, column) && !polymorphic.contains(column.name())) {
        match(table, column)
            .ifPresent(match ->
                roles.merge(
                    List.of(match.target().table().id(), match.role()),
                    match,
                    (one, other) -> better(table, one, other)));
      }
    }
    List<ForeignKey> keys = new ArrayList<>(table.foreignKeys());
    for (Match match : roles.values()) {
      Target target = match.target();
      if (!Columns.isForeign(table, match.column())) {
        keys.add(
            new ForeignKey(
                List.of(match.column().name()),
                target.table().id(),
                List.of(target.key().name()),
                false,
                false));
      }
    }
    return keys;
  }

  /** Of two columns that name one row the declared, or that which holds its primary key. */
  private static Match better(Table table, Match one, Match other) {
    if (Columns.isForeign(table, one.column()) || Columns.isForeign(table, other.column())) {
      return Columns.isForeign(table, one.column()) ? one : other;
    }
    Target target = other.target();
    return target.table().primaryKey().equals(List.of(target.key().name())) ? other : one;
  }

  /** The only table that fits, of those that fit best. */
  private Optional<Match> match(Table table, Column column) {
    List<String> words = singular(Words.of(column.name()));
    String family = family(column);
    List<Match> fitting =
        IntStream.range(0, words.size())
            .boxed()
            .flatMap(before -> called(column, words, before))
            .filter(match -> family(match.target().key()).equals(family))
            .sorted(Comparator.comparingInt(match -> match.target().place()))
            .toList();
    Comparator<Match> best =
        Comparator.<Match, Boolean>comparing(match -> match.role().isEmpty())
            .thenComparingInt(match -> match.target().words())
            .thenComparing(
                match -> match.target().table().id().schema().equals(table.id().schema()));
    Optional<Match> first = fitting.stream().max(best);
    List<TableId> tables =
        fitting.stream()
            .filter(match -> first.isPresent() && best.compare(match, first.get()) == 0)
            .map(match -> match.target().table().id())
            .distinct()
            .toList();
    return tables.size() == 1 ? first.filter(match -> isOther(table, match)) : Optional.empty();
  }

  /** A row names itself by no column, and text that is not one's own name has to be there. */
  private static boolean isOther(Table table, Match match) {
    boolean itself = match.target().table().id().equals(table.id());
    return match.role().isEmpty()
        ? !itself
        : !family(match.column()).equals("text") || match.column().notNull();
  }

  /** Those that a column is called as, but for so many words before that. */
  private Stream<Match> called(Column column, List<String> words, int before) {
    List<String> name = words.subList(before, words.size());
    return targets.getOrDefault(joined(name), List.of()).stream()
        .filter(target -> before == 0 || target.name().equals(name))
        .map(target -> new Match(column, target, words.subList(0, before)));
  }

  private static List<String> both(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static String joined(List<String> words) {
    return String.join("", words);
  }
}
