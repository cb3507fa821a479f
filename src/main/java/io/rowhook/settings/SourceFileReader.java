package io.rowhook.settings;

import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.InvalidValueException;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Yaml;
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
final class SourceFileReader {

  private static final String COMMENT = "#!";

  private SourceFileReader() {}

  static Optional<SourceProperties> read(Path file, ParseSession session) {
    Optional<String> text = Yaml.text(file, session);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    List<Line> logical = lines(text.get());
    for (Line line : logical) {
      Location location = new Location(file, line.number(), 1, "");
      Properties one = new Properties();
      try {
        one.load(new StringReader(line.text()));
      } catch (IllegalArgumentException | IOException e) {
        session
            .problems()
            .add(
                location,
                "a \\u in a properties file needs four hex digits. Write \\\\ for a backslash.");
        continue;
      }
      for (String key : one.stringPropertyNames()) {
        Integer first = lines.putIfAbsent(key, line.number());
        if (first != null) {
          session
              .problems()
              .add(
                  location,
                  Diagnostics.printable(key)
                      + " is given twice, first in line "
                      + first
                      + ". Keep one of them.");
          continue;
        }
        resolve(one.getProperty(key, ""), location, key, session)
            .ifPresent(v -> values.put(key, v));
      }
    }
    if (logical.isEmpty()) {
      session
          .problems()
          .add(
              Location.of(file),
              "the file is empty. Write the source's database.hostname, database.port, database.user,"
                  + " database.password and database.dbname.");
      return Optional.empty();
    }
    return Optional.of(new SourceProperties(file, values, lines));
  }

  private static Optional<String> resolve(
      String value, Location location, String key, ParseSession session) {
    try {
      return Optional.of(session.references().resolve(value));
    } catch (InvalidValueException invalidValueException) {
      session.problems().add(location, invalidValueException.sentence(key, value, true));
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
      if (isContinued(line)) {
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

  private static boolean isContinued(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }
}
