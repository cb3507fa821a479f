package io.rowhook.admin.init;

import io.rowhook.capture.SourceConfig;
import java.io.Console;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the password for a database.
 *
 * @param terminal where a person can be asked for it; empty: nobody is there
 */
public record Login(Map<String, String> environment, Optional<Console> terminal) {

  /** How the database is connected to. */
  public SourceConfig source(PostgresUri database) {
    return source(database, false);
  }

  /**
   * The same.
   *
   * @param names of publication and slot, by their keys
   * @param file where these come from, for messages
   */
  public SourceConfig source(PostgresUri database, Map<String, String> names, Path file) {
    Map<String, String> properties = properties(database, false);
    properties.putAll(names);
    return SourceConfig.of(
        properties, names.isEmpty() ? database.toString() : database + " with " + file);
  }

  /**
   * The same.
   *
   * @param beside whether another database is logged in to as well, which PGPASSWORD may be for: a
   *     line for this one in {@code ~/.pgpass} goes before it
   */
  public SourceConfig source(PostgresUri database, boolean beside) {
    return SourceConfig.of(properties(database, beside), database.toString());
  }

  private Map<String, String> properties(PostgresUri database, boolean beside) {
    Map<String, String> properties = new HashMap<>();
    properties.put("database.hostname", database.host());
    properties.put("database.port", database.port());
    properties.put("database.dbname", database.database());
    properties.put("database.user", database.user());
    properties.put("database.password", password(database, beside));
    database.options().forEach((key, value) -> properties.put("database." + key, value));
    return properties;
  }

  /** Never empty, which the settings refuse: where nobody knows it, the server may not ask. */
  private String password(PostgresUri database, boolean beside) {
    String home = System.getProperty("user.home", "");
    Path file = Path.of(environment.getOrDefault("PGPASSFILE", home + "/.pgpass"));
    Optional<String> common =
        Optional.ofNullable(environment.get("PGPASSWORD")).filter(text -> !text.isBlank());
    Optional<String> known =
        database
            .password()
            .filter(text -> !text.isBlank())
            .or(() -> beside ? PasswordFile.find(file, database) : Optional.empty())
            .or(() -> common)
            .or(() -> PasswordFile.find(file, database));
    if (known.isEmpty() && terminal.isPresent()) {
      char[] typed = terminal.get().readPassword("Password of %s: ", database);
      known = Optional.ofNullable(typed).map(String::new).filter(text -> !text.isBlank());
    }
    return known.orElse("none");
  }
}
