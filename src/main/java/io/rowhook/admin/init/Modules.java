package io.rowhook.admin.init;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * First words that many tables' names share: they tell whose a table is, not what it holds. Pure.
 */
final class Modules {

  /** One table in so many begins with a module's word, and no fewer than the other. */
  private static final int SHARE = 4;

  private static final int LEAST = 5;

  private Modules() {}

  /**
   * First words of many names that are no table's whole name.
   *
   * @param names each table's words, in the singular
   */
  static Set<String> of(Collection<List<String>> names) {
    Map<String, Integer> many = new HashMap<>();
    Set<String> whole = new HashSet<>();
    for (List<String> words : names) {
      if (words.size() == 1) {
        whole.add(words.getFirst());
      } else if (!words.isEmpty()) {
        many.merge(words.getFirst(), 1, Integer::sum);
      }
    }
    Set<String> modules = new HashSet<>();
    many.forEach((word, tables) -> {
      if (tables >= LEAST && tables * SHARE >= names.size() && !whole.contains(word)) {
        modules.add(word);
      }
    });
    return modules;
  }
}
