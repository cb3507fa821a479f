package io.rowhook;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong in all files, so that it is reported together. Used by one reading, in one
 * thread.
 */
final class Problems {

  /** Of each reading; the rest are counted. */
  private static final int MAX_KEPT = 100;

  /** Of a value in a message, in characters. */
  private static final int MAX_SHOWN = 120;

  private final List<String> sentences = new ArrayList<>();
  private int more;

  void add(Place place, String sentence) {
    if (sentences.size() < MAX_KEPT) {
      sentences.add(place + ": " + sentence);
    } else {
      more++;
    }
  }

  int count() {
    return sentences.size() + more;
  }

  void throwIfAny() throws SettingsException {
    if (sentences.isEmpty()) {
      return;
    }
    List<String> all = new ArrayList<>(sentences);
    if (more > 0) {
      all.add("There are " + more + " more problems.");
    }
    throw new SettingsException(all);
  }

  /** A value fit for one line of a message: cut, and without control characters. */
  static String printable(String value) {
    StringBuilder line = new StringBuilder();
    value
        .codePoints()
        .limit(MAX_SHOWN)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return value.codePointCount(0, value.length()) > MAX_SHOWN ? line + "..." : line.toString();
  }
}
