package io.rowhook.settings.yaml;

import java.nio.file.Path;

/**
 * Where a setting stands.
 *
 * @param file as it was named to Rowhook
 * @param line from 1; 0 for the file as a whole
 * @param column from 1
 * @param key the way to it, {@code subscriptions[0].events}; empty for the file as a whole
 */
public record Location(Path file, int line, int column, String key) {

  public static Location of(Path file) {
    return new Location(file, 0, 0, "");
  }

  /** The key under this one that stands at another line and column. */
  Location child(String name, int atLine, int atColumn) {
    return new Location(file, atLine, atColumn, key.isEmpty() ? name : key + "." + name);
  }

  /** The entry of this list that stands at another line and column. */
  Location item(int index, int atLine, int atColumn) {
    return new Location(file, atLine, atColumn, key + "[" + index + "]");
  }

  /** {@code file:line:column}, which editors and terminals make a link of. */
  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line + ":" + column;
  }
}
