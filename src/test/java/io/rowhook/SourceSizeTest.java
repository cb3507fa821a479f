package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file says one thing: at most 300 lines, its imports aside. */
class SourceSizeTest {

  private static final int MOST = 300;

  @Test
  void noFileIsLongerThanAScreenOrTwo() throws IOException {
    List<String> longer = new ArrayList<>();
    for (Path file : Sources.all()) {
      long lines =
          Files.readAllLines(file).stream().filter(line -> !line.startsWith("import ")).count();
      if (lines > MOST) {
        longer.add(file + ": " + lines);
      }
    }
    assertThat(longer).as("over %d lines: give a part of it a file of its own", MOST).isEmpty();
  }
}
