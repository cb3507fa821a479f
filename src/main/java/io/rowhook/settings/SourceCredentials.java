package io.rowhook.settings;

import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.settings.yaml.Diagnostics;
import io.rowhook.settings.yaml.Interpolation;
import io.rowhook.settings.yaml.ParseSession;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who connects to the source, read from {@code source.properties} and the files that it refers to
 * at each call, so that a password that was rotated holds for the next connection. While they
 * cannot be read, as in the middle of an edit, the last that could. Any thread.
 */
public final class SourceCredentials implements Supplier<SourceConfig.Credentials> {

  private final Path file;
  private final Map<String, String> env;
  private volatile SourceConfig.Credentials last;

  /**
   * @param connectorConfig the directory of {@code source.properties}
   * @param env for {@code ${env:NAME}}
   * @param last as they were read at the start
   */
  public SourceCredentials(
      Path connectorConfig, Map<String, String> env, SourceConfig.Credentials last) {
    this.file = connectorConfig.resolve("source.properties");
    this.env = Map.copyOf(env);
    this.last = last;
  }

  /**
   * Returns the source that settings name, its credentials read anew for each connection.
   *
   * @throws SettingsException if capture refuses what {@code source.properties} says
   */
  public static SourceConfig source(
      Settings settings, Path connectorConfig, Map<String, String> env) throws SettingsException {
    SourceProperties properties = settings.source();
    return source(
        settings.kafka().isEmpty()
            ? properties
            : new SourceProperties(
                properties.file(),
                SourceConfig.withLargeBatches(properties.values()),
                properties.lines()),
        connectorConfig,
        env);
  }

  /** The same of what {@code source.properties} says. */
  public static SourceConfig source(
      SourceProperties properties, Path connectorConfig, Map<String, String> env)
      throws SettingsException {
    try {
      SourceConfig source = SourceConfig.of(properties.values(), properties.file().toString());
      return source.with(new SourceCredentials(connectorConfig, env, source.credentials().get()));
    } catch (SourceException e) {
      throw new SettingsException(e.problems());
    }
  }

  @Override
  public SourceConfig.Credentials get() {
    ParseSession session =
        new ParseSession(new Diagnostics(), new Interpolation(env), new HashSet<>());
    Optional<SourceProperties> read =
        session.guarded(file, Optional.empty(), () -> SourceFileReader.read(file, session));
    String user = value(read, "database.user");
    String password = value(read, "database.password");
    if (!user.isBlank() && !password.isBlank()) {
      last = new SourceConfig.Credentials(user, password);
    }
    return last;
  }

  private static String value(Optional<SourceProperties> read, String key) {
    return read.map(source -> source.values().getOrDefault(key, "")).orElse("");
  }
}
