package io.rowhook.capture;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.TreeMap;

/** Rowhook's own connections to the source, beside the engine's. Stateless. */
final class Postgres {

  private static final int CONNECT_SECONDS = 10;

  /** Longer than any statement here may take, so that a dead network is noticed. */
  private static final int SOCKET_SECONDS = 120;

  private Postgres() {}

  /** A cluster as a replication connection introduces it. */
  record Identity(String systemIdentifier, int timeline, Lsn position) {}

  /** Opens a connection in autocommit mode. */
  static Connection connect(Source source) throws SQLException {
    return open(source, Map.of());
  }

  /** The same, with these properties of the driver besides. */
  static Connection connect(Source source, Map<String, String> driver) throws SQLException {
    return open(source, driver);
  }

  /** Which cluster this is, and where its log ends: {@code IDENTIFY_SYSTEM}. */
  static Identity identify(Source source) throws SQLException {
    try (Connection connection = replication(source);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new Identity(
          row.getString("systemid"), row.getInt("timeline"), Lsn.parse(row.getString("xlogpos")));
    }
  }

  /**
   * The timeline that a primary writes. Unlike {@link #identify} it takes no WAL sender, of which
   * the engine may hold the last.
   */
  static int timeline(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")) {
      row.next();
      return Integer.parseUnsignedInt(row.getString(1), 16);
    }
  }

  /** Each earlier timeline of this cluster and where it was left: {@code TIMELINE_HISTORY}. */
  static NavigableMap<Integer, Lsn> timelineHistory(Source source, int timeline)
      throws SQLException {
    NavigableMap<Integer, Lsn> switches = new TreeMap<>();
    if (timeline == 1) {
      return switches; // has no history file
    }
    try (Connection connection = replication(source);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
      row.next();
      for (String line : row.getString("content").lines().toList()) {
        String[] words = line.strip().split("\\s+", 3);
        if (words.length >= 2 && !words[0].startsWith("#")) {
          switches.put(Integer.valueOf(words[0]), Lsn.parse(words[1]));
        }
      }
    }
    return switches;
  }

  private static Connection replication(Source source) throws SQLException {
    return open(
        source,
        Map.of(
            "replication",
            "database",
            "preferQueryMode",
            "simple",
            "assumeMinServerVersion",
            "14"));
  }

  private static Connection open(Source source, Map<String, String> extra) throws SQLException {
    Properties properties = new Properties();
    source
        .properties()
        .forEach((key, value) -> {
          if (key.startsWith("driver.")) {
            properties.setProperty(key.substring("driver.".length()), value);
          } else if (key.startsWith("database.ssl")) {
            properties.setProperty(key.substring("database.".length()), value);
          }
        });
    properties.setProperty("user", source.user());
    properties.setProperty("password", source.password());
    properties.setProperty("PGHOST", source.host());
    properties.setProperty("PGPORT", String.valueOf(source.port()));
    properties.setProperty("PGDBNAME", source.database());
    properties.setProperty("ApplicationName", "Rowhook");
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("socketTimeout", String.valueOf(SOCKET_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    properties.putAll(extra);
    return DriverManager.getConnection("jdbc:postgresql://", properties);
  }
}
