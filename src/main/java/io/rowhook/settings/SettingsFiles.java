package io.rowhook.settings;

import io.rowhook.base.DirectoryTree;
import io.rowhook.settings.yaml.Location;
import io.rowhook.settings.yaml.ParseSession;
import io.rowhook.settings.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which files of the settings directories count. */
public final class SettingsFiles {

  /** How many bytes one may have. */
  public static final int MAX_BYTES = Yaml.MAX_FILE;

  private SettingsFiles() {}

  /**
   * What stands in a directory and counts, in the order of the names; nothing if it does not exist.
   */
  public static List<Path> visible(Path directory, ParseSession session) {
    if (!Files.exists(directory)) {
      return session.edits().in(directory, List.of());
    }
    try (Stream<Path> files = Files.list(directory)) {
      return session
          .edits()
          .in(directory, files.filter(file -> !DirectoryTree.isIgnored(file)).toList());
    } catch (IOException | UncheckedIOException e) {
      session
          .problems()
          .add(
              Location.of(directory),
              "the directory cannot be listed. Let the user that runs Rowhook read it.");
      return List.of();
    }
  }
}
