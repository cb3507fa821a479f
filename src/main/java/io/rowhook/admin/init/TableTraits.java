package io.rowhook.admin.init;

import io.rowhook.capture.SourceCatalog.ForeignKey;
import io.rowhook.capture.SourceCatalog.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a table by itself tells of what it is. Pure. */
final class TableTraits {

  private TableTraits() {}

  static String last(List<String> words, int many) {
    return words.size() < many
        ? ""
        : String.join("_", words.subList(words.size() - many, words.size()));
  }

  /** Whether its key is made of two foreign keys: it only links two others. */
  static boolean isLink(Table table) {
    List<ForeignKey> held =
        table.foreignKeys().stream().filter(key -> table.key().containsAll(key.columns())).toList();
    Set<String> columns = new HashSet<>();
    held.forEach(key -> columns.addAll(key.columns()));
    return held.size() >= 2 && columns.containsAll(table.key());
  }

  /** Whether the last word, or two of them, name a business object; a part's word only alone. */
  static boolean isTelling(List<String> stems) {
    String last = last(stems, 1);
    return (Vocabulary.business(last) && (stems.size() == 1 || !Vocabulary.PARTS.contains(last)))
        || Vocabulary.business(last(stems, 2));
  }

  static boolean isFile(List<String> stems) {
    return !stems.isEmpty() && Vocabulary.FILES.contains(stems.getFirst());
  }

  /** How many others a row is deleted with: with two it only joins them. */
  static long cascades(Table table) {
    return table.foreignKeys().stream()
        .filter(ForeignKey::cascades)
        .map(ForeignKey::table)
        .distinct()
        .count();
  }
}
