package io.rowhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The project's own Java sources, for the tests that hold its rules. */
final class Sources {

  private Sources() {}

  /** All under {@code src}, sorted, from the project's directory. */
  static List<Path> all() {
    return under(Path.of("src"));
  }

  static List<Path> under(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
