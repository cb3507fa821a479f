package io.rowhook.testing;

import io.rowhook.capture.SourceConfig;
import java.util.Map;

/** A source that nobody answers for, where one has to be named and none is asked. */
public final class NoSource {

  private NoSource() {}

  public static SourceConfig config() {
    return SourceConfig.of(
        Map.of(
            "database.hostname", "127.0.0.1",
            "database.port", "1",
            "database.user", "x",
            "database.password", "x",
            "database.dbname", "x"),
        "source.properties");
  }
}
