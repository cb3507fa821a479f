package io.rowhook.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wrong with the settings, and where. Never holds a secret. Immutable.
 *
 * @param file as it was named to Rowhook; empty where it is of none
 * @param line from 1; 0 for the file as a whole
 * @param column from 1; 0 for the file as a whole
 * @param key the way to it, {@code subscriptions[0].events}; empty for the file as a whole
 * @param sentence rule, value and what to do
 */
public record SettingsProblem(String file, int line, int column, String key, String sentence) {

  private static final Pattern PLACED =
      Pattern.compile("([^\\s:]+):([0-9]{1,9}):([0-9]{1,9}): (.+)", Pattern.DOTALL);

  private static final Pattern OF_FILE =
      Pattern.compile("([^\\s:]+\\.(?:yaml|yml|jslt|properties)): (.+)", Pattern.DOTALL);

  /** Of a whole sentence, which may begin with a file, or with {@code file:line:column}. */
  public static SettingsProblem of(String sentence) {
    Matcher placed = PLACED.matcher(sentence);
    if (placed.matches()) {
      return new SettingsProblem(
          placed.group(1),
          Integer.parseInt(placed.group(2)),
          Integer.parseInt(placed.group(3)),
          "",
          placed.group(4));
    }
    Matcher file = OF_FILE.matcher(sentence);
    return file.matches()
        ? new SettingsProblem(file.group(1), 0, 0, "", file.group(2))
        : new SettingsProblem("", 0, 0, "", sentence);
  }

  /** The key as a JSON pointer: {@code /subscriptions/0/events}; empty for the file as a whole. */
  public String pointer() {
    StringBuilder pointer = new StringBuilder();
    for (String part : key.replace("[", ".").replace("]", "").split("\\.", -1)) {
      if (!part.isEmpty()) {
        pointer.append('/').append(part.replace("~", "~0").replace("/", "~1"));
      }
    }
    return pointer.toString();
  }

  /** The whole sentence, with {@code file:line:column} before it. */
  @Override
  public String toString() {
    if (file.isEmpty()) {
      return sentence;
    }
    return (line == 0 ? file : file + ":" + line + ":" + column) + ": " + sentence;
  }
}
