package io.rowhook.admin.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the attribute sets are, for each command that reads them. */
public final class TemplatesOption {

  @Option(
      names = "--templates",
      paramLabel = "DIR",
      defaultValue = "${env:ROWHOOK_TEMPLATES:-jslt-templates}",
      description = "The attribute sets (default: $ROWHOOK_TEMPLATES, else jslt-templates).")
  private Path directory = Path.of("jslt-templates");

  public Path directory() {
    return directory;
  }
}
