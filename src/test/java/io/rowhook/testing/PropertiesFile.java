package io.rowhook.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Settings as {@code key=value} lines; nothing in them needs to be escaped. */
public final class PropertiesFile {

  private PropertiesFile() {}

  public static void write(Path file, Map<String, String> properties) throws IOException {
    Files.writeString(
        file,
        properties.entrySet().stream()
            .map(property -> property.getKey() + "=" + property.getValue())
            .collect(Collectors.joining("\n", "", "\n")));
  }
}
