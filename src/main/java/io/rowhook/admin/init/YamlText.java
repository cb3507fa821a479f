package io.rowhook.admin.init;

import io.rowhook.capture.TableId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Values as YAML 1.2 has them: plain where that is no riddle, else in single quotes; a <code>${
 * </code> that stands for itself as the settings want it.
 */
final class YamlText {

  private static final Pattern PLAIN =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]*( [\\p{L}\\p{N}_.]+)*");
  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private YamlText() {}

  static String of(String text) {
    return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
        ? text
        : quoted(text);
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "''").replace("${", "$${") + "'";
  }

  static String of(TableId table) {
    return of(table.toString());
  }

  /** One of them by itself, several in brackets. */
  static String of(List<String> texts) {
    return texts.size() == 1 ? of(texts.getFirst()) : list(texts);
  }

  static String list(List<String> texts) {
    return texts.stream().map(YamlText::of).collect(Collectors.joining(", ", "[", "]"));
  }
}
