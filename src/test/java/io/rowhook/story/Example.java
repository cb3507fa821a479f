package io.rowhook.story;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A worked example as it lies on disk, for {@link ExamplesTest}. */
record Example(String name) {

  private static final Path EXAMPLES = Path.of("src/examples");

  /** Its settings and attribute sets: path to text. */
  Map<String, String> settings() throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String part : List.of("connector-config", "jslt-templates")) {
      for (Path file : files(directory().resolve(part))) {
        files.put(directory().relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  /** The names of its recipients. */
  Set<String> recipients() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path file : files(directory().resolve("connector-config/recipients"))) {
      names.add(String.valueOf(file.getFileName()).replace(".yaml", ""));
    }
    return names;
  }

  /** The SQL that makes its tables. */
  String tables() throws IOException {
    return Files.readString(directory().resolve("erp.sql"));
  }

  /** What happens: the statements of each paragraph of {@code story.sql}. */
  List<List<String>> steps() throws IOException {
    List<List<String>> steps = new ArrayList<>();
    for (String paragraph : Files.readString(directory().resolve("story.sql")).split("\n\n+", -1)) {
      String sql = String.join("\n", paragraph.lines().filter(l -> !l.startsWith("--")).toList());
      List<String> statements =
          Stream.of(sql.split(";(\n|$)", -1)).filter(s -> !s.isBlank()).toList();
      if (!statements.isEmpty()) {
        steps.add(statements);
      }
    }
    return steps;
  }

  /** Where it says what comes out, by the conventions of {@code rowhook preview --check}. */
  Path expected() {
    return directory().resolve("expected");
  }

  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Path directory() {
    return EXAMPLES.resolve(name);
  }
}
