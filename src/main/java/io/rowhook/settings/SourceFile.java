package io.rowhook.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Reads {@code source.properties} by the rules of {@link Properties#load(java.io.Reader)}, in
 * UTF-8, with references resolved. What {@code Properties} itself cannot tell, the line of a key
 * and that it stands there twice, is why the lines are put together here.
 */
final class SourceFile {

  private static final String COMMENT = "#!";

  private SourceFile() {}

  static Optional<SourceProperties> read(Path file, Reading reading) {
    Optional<String> text = Yaml.text(file, reading);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    List<Line> logical = lines(text.get());
    for (Line line : logical) {
      Place place = new Place(file, line.number(), 1, "");
      Properties one = new Properties();
      try {
        one.load(new StringReader(line.text()));
      } catch (IllegalArgumentException | IOException e) {
        reading
            .problems()
            .add(
                place,
                "a \\u in a properties file needs four hex digits. Write \\\\ for a backslash.");
        continue;
      }
      for (String key : one.stringPropertyNames()) {
        Integer first = lines.putIfAbsent(key, line.number());
        if (first != null) {
          reading
              .problems()
              .add(
                  place,
                  Problems.printable(key)
                      + " is given twice, first in line "
                      + first
                      + ". Keep one of them.");
          continue;
        }
        resolve(one.getProperty(key, ""), place, key, reading).ifPresent(v -> values.put(key, v));
      }
    }
    if (logical.isEmpty()) {
      reading
          .problems()
          .add(
              Place.of(file),
              "the file is empty. Write the source's database.hostname, database.port, database.user,"
                  + " database.password and database.dbname.");
      return Optional.empty();
    }
    return Optional.of(new SourceProperties(file, values, lines));
  }

  private static Optional<String> resolve(String value, Place place, String key, Reading reading) {
    try {
      return Optional.of(reading.references().resolve(value));
    } catch (Refused refused) {
      reading.problems().add(place, refused.sentence(key, value, true));
      return Optional.empty();
    }
  }

  private record Line(int number, String text) {}

  /** The logical lines: a natural line that ends in an odd number of backslashes goes on. */
  private static List<Line> lines(String text) {
    List<Line> logical = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    int begin = 0;
    int number = 0;
    for (String natural : text.lines().toList()) {
      number++;
      String line = natural.stripLeading();
      if (begin == 0 && (line.isEmpty() || COMMENT.indexOf(line.charAt(0)) >= 0)) {
        continue;
      }
      begin = begin == 0 ? number : begin;
      open.append(line);
      if (goesOn(line)) {
        open.append('\n');
        continue;
      }
      logical.add(new Line(begin, open.toString()));
      open.setLength(0);
      begin = 0;
    }
    if (begin != 0) {
      logical.add(new Line(begin, open.toString()));
    }
    return logical;
  }

  private static boolean goesOn(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }
}
