package io.rowhook.demo;

import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The ERP: a small schema with rows that are older than Rowhook, and a user for it to read as. The
 * same that {@code docker-compose.yml} has.
 */
final class Erp {

  /** Who Rowhook connects as. */
  static final String USER = "rowhook";

  /** How many rows are there before Rowhook starts. */
  static final int OLD_ROWS = 9;

  private static final Path SCRIPT = Path.of("src/main/docker/erp.sql");

  private Erp() {}

  /** Fills an empty database; the user gets this password. */
  static void create(SourceDatabase source, String password) {
    try {
      source.execute(Files.readString(SCRIPT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    source.execute("ALTER ROLE " + USER + " PASSWORD '" + password + "'");
  }
}
