package io.rowhook.settings;

import java.nio.file.Path;

/**
 * Where a setting stands.
 *
 * @param file as it was named to Rowhook
 * @param line from 1; 0 for the file as a whole
 * @param column from 1
 * @param key the way to it, {@code subscriptions[0].events}; empty for the file as a whole
 */
record Place(Path file, int line, int column, String key) {

  static Place of(Path file) {
    return new Place(file, 0, 0, "");
  }

  /** The key under this one that stands at another line and column. */
  Place child(String name, int atLine, int atColumn) {
    return new Place(file, atLine, atColumn, key.isEmpty() ? name : key + "." + name);
  }

  /** The entry of this list that stands at another line and column. */
  Place item(int index, int atLine, int atColumn) {
    return new Place(file, atLine, atColumn, key + "[" + index + "]");
  }

  /** {@code file:line:column}, which editors and terminals make a link of. */
  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line + ":" + column;
  }
}
