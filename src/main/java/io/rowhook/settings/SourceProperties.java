package io.rowhook.settings;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code source.properties} says: Debezium's own connector properties, references resolved.
 * The capture room judges them.
 *
 * @param file where from
 * @param values in the order of the file; passwords among them
 * @param lines where each begins, from 1
 */
public record SourceProperties(Path file, Map<String, String> values, Map<String, Integer> lines) {

  public SourceProperties {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    lines = Collections.unmodifiableMap(new LinkedHashMap<>(lines));
  }

  /** {@code connector-config/source.properties:3}, or the file alone for what it does not set. */
  public String place(String key) {
    Integer line = lines.get(key);
    return line == null ? file.toString() : file + ":" + line;
  }

  @Override
  public String toString() {
    return "SourceProperties" + values.keySet(); // the values hold a password
  }
}
