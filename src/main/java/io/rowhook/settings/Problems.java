package io.rowhook.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what is wrong in all files, so that it is reported together. Used by one reading, in one
 * thread.
 */
final class Problems {

  /** Of each reading; the rest are counted. */
  private static final int MAX_KEPT = 100;

  /** Of a value in a message, in characters. */
  private static final int MAX_SHOWN = 120;

  private record Problem(Place place, String sentence) {}

  private final List<Problem> kept = new ArrayList<>();

  /** All that have a problem, also those whose problems are only counted. */
  private final Map<Path, Integer> files = new HashMap<>();

  private int more;

  void add(Place place, String sentence) {
    files.putIfAbsent(place.file(), files.size());
    if (kept.size() < MAX_KEPT) {
      kept.add(new Problem(place, sentence));
    } else {
      more++;
    }
  }

  /** Whether any is of this file. */
  boolean in(Path file) {
    return files.containsKey(file);
  }

  /** Throws them all. */
  void throwIfAny() throws SettingsException {
    if (!kept.isEmpty()) {
      throw new SettingsException(sentences());
    }
  }

  /** In the order in which their files were read, and of their places there. */
  List<String> sentences() {
    List<String> all = new ArrayList<>();
    kept.stream()
        .sorted(
            Comparator.comparingInt(
                    (Problem problem) -> files.getOrDefault(problem.place().file(), 0))
                .thenComparingInt(problem -> problem.place().line())
                .thenComparingInt(problem -> problem.place().column()))
        .forEach(problem -> all.add(problem.place() + ": " + problem.sentence()));
    if (more > 0) {
      all.add("There are " + more + " more problems.");
    }
    return all;
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
