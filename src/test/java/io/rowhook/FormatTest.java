package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One format for all, so that no review and no diff is about it. */
class FormatTest {

  @Test
  void everySourceIsFormatted() throws IOException, FormatterException {
    List<Path> sources = Sources.all();
    assertThat(sources).hasSizeGreaterThan(20);
    List<Path> wrong = new ArrayList<>();
    for (Path file : sources) {
      String source = Files.readString(file);
      if (!SourceFormat.of(source).equals(source)) {
        wrong.add(file);
      }
    }
    assertThat(wrong)
        .as("not formatted; 'mvn -q test-compile exec:exec@format' rewrites them")
        .isEmpty();
  }

  @Test
  void noticesWhatIsNotFormatted() throws FormatterException {
    assertThat(SourceFormat.of("class A{int b;}")).isEqualTo("class A {\n  int b;\n}\n");
  }
}
