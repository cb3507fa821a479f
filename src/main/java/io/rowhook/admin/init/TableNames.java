package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.Table;
import io.rowhook.capture.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The words of each table's name, and what an entity of it is called. Pure, immutable. */
final class TableNames {

  private static final Set<String> NOISE = Set.of("tbl", "tab", "tb", "t", "table");

  private final Map<TableId, List<String>> words = new HashMap<>();
  private final Map<TableId, String> names = new HashMap<>();
  private final boolean english;
  private final boolean headFirst;

  TableNames(Collection<Table> tables) {
    Map<TableId, List<String>> whole = new HashMap<>();
    tables.forEach(table -> whole.put(table.id(), Words.of(table.id().name())));
    english = isEnglish(whole.values());
    headFirst =
        !english
            && count(whole.values(), Vocabulary.ROMANCE)
                > count(whole.values(), Vocabulary.GERMANIC);
    words.putAll(unique(withoutPrefixes(whole), whole));
    Set<String> used = new HashSet<>();
    for (Table table : tables) {
      names.put(table.id(), free(table.id(), used));
    }
  }

  /** Words in the language of most: where these are not English, no plural is undone. */
  private static boolean isEnglish(Collection<List<String>> names) {
    int english = 0;
    int foreign = 0;
    for (List<String> name : names) {
      for (String word : name) {
        boolean known = Vocabulary.ENGLISH.contains(Words.singular(word));
        english += known ? 1 : 0;
        foreign += !known && Vocabulary.foreign(Vocabulary.base(word)) ? 1 : 0;
      }
    }
    return english >= foreign;
  }

  /** A word that is known in English only. */
  private static boolean isEnglish(String word) {
    return !Vocabulary.known(Vocabulary.base(word)) && Vocabulary.known(Words.singular(word));
  }

  /** Whether a name in another language's schema is an English one. */
  private static boolean isEnglish(String first, String last) {
    return (Vocabulary.ENGLISH.contains(first) && !Vocabulary.foreign(first))
        || (Vocabulary.known(last) && !Vocabulary.known(first));
  }

  private static long count(Collection<List<String>> names, Set<String> language) {
    return names.stream()
        .flatMap(List::stream)
        .filter(word -> language.contains(Vocabulary.base(word)))
        .count();
  }

  /** Where several tables would be called the same, these keep their whole names. */
  private Map<TableId, List<String>> unique(
      Map<TableId, List<String>> shortened, Map<TableId, List<String>> whole) {
    Map<String, Set<TableId>> called = new HashMap<>();
    shortened.forEach(
        (id, name) -> called.computeIfAbsent(called(name), _ -> new HashSet<>()).add(id));
    Map<TableId, List<String>> unique = new HashMap<>(shortened);
    called.values().stream()
        .filter(same -> same.size() > 1)
        .forEach(same -> same.forEach(id -> unique.put(id, whole.getOrDefault(id, List.of()))));
    return unique;
  }

  private String called(List<String> name) {
    return Words.camel(singular(name)).toLowerCase(Locale.ROOT);
  }

  /**
   * Without {@code tbl_} and {@code _table}, and without what tells in a schema whose a table is.
   */
  private static Map<TableId, List<String>> withoutPrefixes(Map<TableId, List<String>> whole) {
    Map<String, List<List<String>>> schemas = new HashMap<>();
    whole.forEach(
        (id, name) -> schemas.computeIfAbsent(id.schema(), _ -> new ArrayList<>()).add(name));
    Map<String, Set<String>> prefixes = new HashMap<>();
    schemas.forEach((schema, names) -> prefixes.put(schema, prefixes(names)));
    Map<TableId, List<String>> shortened = new HashMap<>();
    whole.forEach((id, name) -> {
      boolean prefixed =
          name.size() > 1
              && (NOISE.contains(name.getFirst())
                  || prefixes.getOrDefault(id.schema(), Set.of()).contains(name.getFirst()))
              && !(name.size() == 2 && Vocabulary.HEADS.contains(name.getLast()));
      List<String> rest = prefixed ? name.subList(1, name.size()) : name;
      boolean suffixed = rest.size() > 1 && NOISE.contains(rest.getLast());
      shortened.put(id, suffixed ? rest.subList(0, rest.size() - 1) : rest);
    });
    return shortened;
  }

  /** The first word that all of a schema's tables have; or those of many that say nothing else. */
  private static Set<String> prefixes(List<List<String>> names) {
    Set<String> first = new HashSet<>();
    names.stream().filter(name -> !name.isEmpty()).forEach(name -> first.add(name.getFirst()));
    if (first.size() == 1 && names.size() > 2) {
      return first;
    }
    Set<String> modules =
        Modules.of(
            names.stream().map(name -> name.stream().map(Words::singular).toList()).toList());
    modules.removeIf(Vocabulary::known);
    return modules;
  }

  private String free(TableId id, Set<String> used) {
    String name = Words.camel(singular(words(id)));
    String base = name.isEmpty() ? "Table" : name;
    String schema = Words.camel(Words.of(id.schema()));
    List<String> choices = new ArrayList<>(List.of(base, schema + base));
    for (int i = 2; i < 1000; i++) {
      choices.add(base + i);
    }
    return choices.stream()
        .filter(choice -> used.add(choice.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElse(base);
  }

  private List<String> singular(List<String> name) {
    return english ? Words.lastSingular(name) : name;
  }

  /** The words of a table's name as it is written, without prefixes. */
  List<String> words(TableId id) {
    return words.getOrDefault(id, List.of());
  }

  /**
   * The same, each in the singular: by rule where they are English, else where it is known. What
   * the table holds is the last of them, whatever the language: {@code lineasfactura} is {@code
   * factura linea}.
   */
  List<String> stems(TableId id) {
    List<String> stems = singulars(id);
    return headFirst && !stems.isEmpty() && !isEnglish(stems.getFirst(), stems.getLast())
        ? stems.reversed()
        : stems;
  }

  private List<String> singulars(TableId id) {
    return words(id).stream()
        .map(word -> english || isEnglish(word) ? Words.singular(word) : Vocabulary.base(word))
        .toList();
  }

  /** The first word, where there are more; also one that all other methods leave out. */
  String group(TableId id) {
    List<String> written = Words.of(id.name());
    List<String> stems = stems(id);
    if (written.size() > words(id).size() && !words(id).contains(written.getFirst())) {
      return written.getFirst();
    }
    return stems.size() > 1 ? stems.getFirst() : "";
  }

  /** What its entity is called. */
  String entity(TableId id) {
    return names.getOrDefault(id, "Table");
  }

  /** The same without a last word that says nothing: {@code order} of {@code order_header}. */
  List<String> core(TableId id) {
    List<String> stems = stems(id);
    return stems.size() > 1 && Vocabulary.HEADS.contains(stems.getLast())
        ? stems.subList(0, stems.size() - 1)
        : stems;
  }

  /** Whether one table's name begins with all words of another's. */
  boolean begins(TableId longer, TableId shorter) {
    return begins(stems(longer), core(shorter));
  }

  /** The same, where {@code order_order} is the order: its first word is its program's part. */
  boolean beginsTwice(TableId longer, TableId shorter) {
    List<String> start = core(shorter);
    boolean twice = start.size() == 2 && start.getFirst().equals(start.getLast());
    return begins(stems(longer), twice ? start.subList(0, 1) : start);
  }

  private static boolean begins(List<String> all, List<String> start) {
    return all.size() > start.size() && all.subList(0, start.size()).equals(start);
  }

  /** The words after another's in a name that begins with them, if these are several; or none. */
  List<String> rest(TableId longer, TableId shorter) {
    List<String> stems = stems(longer);
    int shared = core(shorter).size();
    return begins(longer, shorter) && stems.size() > shared + 1
        ? stems.subList(shared, stems.size())
        : List.of();
  }

  /** What parts are called in their owner: without the words that these share. */
  String part(TableId part, TableId owner) {
    List<String> all = words(part);
    List<String> start = stems(owner);
    List<String> stems = singulars(part);
    int shared = 0;
    while (shared < all.size() - 1 && start.contains(stems.get(shared))) {
      shared++;
    }
    List<String> rest = new ArrayList<>(all.subList(shared, all.size()));
    if (english && !rest.isEmpty() && Words.singular(rest.getLast()).equals(rest.getLast())) {
      rest.set(rest.size() - 1, plural(rest.getLast()));
    }
    return Words.attribute(rest);
  }

  private static String plural(String word) {
    if (word.endsWith("y") && !word.matches(".*[aeiou]y")) {
      return word.substring(0, word.length() - 1) + "ies";
    }
    return word.matches(".*(s|x|z|ch|sh)") ? word + "es" : word + "s";
  }
}
