package io.rowhook.fuzz;

import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A PostgreSQL of one version, for many seeds. */
final class Server implements AutoCloseable {

  /** Nobody cuts its power. */
  private static final Map<String, String> SETTINGS =
      Map.of("fsync", "off", "full_page_writes", "off", "autovacuum", "off");

  private final SourceDatabase database;
  private final String version;

  private Server(SourceDatabase database) {
    this.database = database;
    this.version = String.valueOf(database.query("SHOW server_version")).replaceAll(" .*", "");
  }

  /**
   * @param binaries empty: that on the class path
   */
  static Server start(Optional<Path> binaries) {
    return new Server(
        binaries
            .map(jar -> SourceDatabase.start(SETTINGS, jar))
            .orElseGet(() -> SourceDatabase.start(SETTINGS)));
  }

  String version() {
    return version;
  }

  String user() {
    return database.user();
  }

  String url(String name) {
    return "jdbc:postgresql://" + database.host() + ":" + database.port() + "/" + name;
  }

  Map<String, String> source() {
    return database.connectorProperties();
  }

  void execute(String sql) {
    database.execute(sql);
  }

  @Override
  public void close() {
    database.close();
  }
}
