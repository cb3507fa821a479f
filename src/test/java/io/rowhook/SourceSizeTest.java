package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A file says one thing: at most 300 lines, its imports aside. */
class SourceSizeTest {

  private static final int MOST = 300;

  /** The types whose files were longer when this test came. Names only leave this list. */
  private static final Set<String> LONGER =
      Set.of(
          """
          MemoryDeliveryStore MemoryJournal
          """
              .trim()
              .split("\\s+"));

  @Test
  void noFileIsLongerThanAScreenOrTwo() throws IOException {
    List<String> longer = new ArrayList<>();
    List<String> unlisted = new ArrayList<>();
    for (Path file : Sources.all()) {
      long lines =
          Files.readAllLines(file).stream().filter(line -> !line.startsWith("import ")).count();
      if (lines > MOST) {
        String type = file.getFileName().toString().replace(".java", "");
        longer.add(type);
        if (!LONGER.contains(type)) {
          unlisted.add(file + ": " + lines);
        }
      }
    }
    assertThat(unlisted).as("over %d lines: give a part of it a file of its own", MOST).isEmpty();
    assertThat(longer)
        .as("some are no longer over %d lines: take them off the list", MOST)
        .containsAll(LONGER);
  }
}
