package io.rowhook.settings.yaml;

import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsProblem;
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
public final class Diagnostics {

  /** Of each reading; the rest are counted. */
  private static final int MAX_KEPT = 100;

  /** Of a value in a message, in characters. */
  private static final int MAX_SHOWN = 120;

  private record Problem(Location location, String sentence) {

    SettingsProblem told() {
      return new SettingsProblem(
          location.file().toString(), location.line(), location.column(), location.key(), sentence);
    }
  }

  private final List<Problem> kept = new ArrayList<>();

  /** All that have a problem, also those whose problems are only counted. */
  private final Map<Path, Integer> files = new HashMap<>();

  private int more;

  public void add(Location location, String sentence) {
    files.putIfAbsent(location.file(), files.size());
    if (kept.size() < MAX_KEPT) {
      kept.add(new Problem(location, sentence));
    } else {
      more++;
    }
  }

  /** Whether any is of this file. */
  public boolean in(Path file) {
    return files.containsKey(file);
  }

  /** Throws them all. */
  public void throwIfAny() throws SettingsException {
    if (!kept.isEmpty()) {
      throw new SettingsException(sentences());
    }
  }

  /** In the order in which their files were read, and of their places there. */
  public List<String> sentences() {
    return located().stream().map(SettingsProblem::toString).toList();
  }

  /** The same, each with its place. */
  public List<SettingsProblem> located() {
    List<SettingsProblem> all = new ArrayList<>();
    kept.stream()
        .sorted(
            Comparator.comparingInt(
                    (Problem problem) -> files.getOrDefault(problem.location().file(), 0))
                .thenComparingInt(problem -> problem.location().line())
                .thenComparingInt(problem -> problem.location().column()))
        .forEach(problem -> all.add(problem.told()));
    if (more > 0) {
      all.add(SettingsProblem.of("There are " + more + " more problems."));
    }
    return all;
  }

  /** A value fit for one line of a message: cut, and without control characters. */
  public static String printable(String value) {
    StringBuilder line = new StringBuilder();
    value
        .codePoints()
        .limit(MAX_SHOWN)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return value.codePointCount(0, value.length()) > MAX_SHOWN ? line + "..." : line.toString();
  }
}
