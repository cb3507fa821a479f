package io.rowhook.story;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code *.story} file: sections that begin with {@code === title}. {@code entities.yaml}, {@code
 * recipients/x.yaml} and {@code templates/x.jslt} are files to write; {@code setup} is SQL from
 * before Rowhook starts, {@code sql} from after; any other title is a recipient, and its lines are
 * the requests that it gets next: topic, then body. Lines that begin with # are for the reader.
 */
record Story(List<Section> sections) {

  record Section(String title, List<String> lines) {

    String text() {
      return String.join("\n", lines) + "\n";
    }

    boolean isRecipientFile() {
      return title.startsWith("recipients/");
    }

    boolean isEntities() {
      return title.equals("entities.yaml");
    }

    boolean isTemplate() {
      return title.startsWith("templates/");
    }
  }

  static Story read(String name) {
    try (InputStream file = Story.class.getResourceAsStream("/stories/" + name)) {
      if (file == null) {
        throw new IllegalArgumentException("there is no story " + name);
      }
      return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Story parse(String text) {
    List<Section> sections = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("=== ")) {
        lines = new ArrayList<>();
        sections.add(new Section(line.substring(4).split("\\s+", 2)[0], lines));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(line);
      }
    }
    return new Story(sections);
  }
}
