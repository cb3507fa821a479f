package io.rowhook.admin;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the attribute sets are, for each command that reads them. */
final class TemplatesOption {

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_TEMPLATES:-jslt-templates}",
      description = "The attribute sets (default: $ROWHOOK_TEMPLATES, else jslt-templates).")
  private Path directory = Path.of("jslt-templates");

  Path directory() {
    return directory;
  }
}
