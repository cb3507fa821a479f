package io.rowhook.capture.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.connection.BuiltInTypesOnly;
import io.rowhook.capture.connection.LargeRowGate;
import io.rowhook.capture.connection.OversizedMessages;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Opens every connection to the source, Rowhook's own and the engine's: to whichever of its hosts
 * is the primary, with the password of the moment, and with all settings pinned that decide how
 * PostgreSQL writes values, whatever role, database, server or this process's time zone say. Any
 * thread.
 */
public final class PostgresConnections {

  /**
   * Set once a connection is open, and not as options at its start: a pooler refuses those, and the
   * driver's time zone goes before them.
   */
  private static final String PINNED =
      """
      SET statement_timeout = 0; SET bytea_output = 'hex'; SET IntervalStyle = 'postgres'; SET DateStyle = 'ISO'; SET TimeZone = 'UTC';
      SET extra_float_digits = 1; SET lc_monetary = 'C'; SET xmloption = 'content'; SET quote_all_identifiers = off;
      SET default_transaction_read_only = off; SET lock_timeout = 0;
      SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0\
      """;

  /** PostgreSQL 17 and newer may end a session whose transaction lasts, also one that sends. */
  private static final int TRANSACTIONS_ARE_LIMITED = 17;

  private static final String UNLIMITED = "SET transaction_timeout = 0; ";

  /** What Debezium asks of a connection, and only it can know. */
  private static final List<String> ASKED =
      List.of(
          "replication",
          "preferQueryMode",
          "assumeMinServerVersion",
          "ApplicationName",
          EngineActivity.ENGINE);

  /** Not the driver's, though they begin with {@code database.}. */
  private static final List<String> NOT_THE_DRIVERS =
      List.of("hostname", "port", "user", "password", "dbname", "initial.statements");

  private static final Map<String, SourceConfig> ENGINES = new ConcurrentHashMap<>();

  private static final int CONNECT_SECONDS = 10;

  /** Longer than any statement here may take, so that a dead network is noticed. */
  private static final int SOCKET_SECONDS = 120;

  private PostgresConnections() {}

  /** A cluster as a replication connection introduces it. */
  public record Identity(String systemIdentifier, int timeline, Lsn position) {}

  /** Opens a connection in autocommit mode. */
  public static Connection connect(SourceConfig source) throws SQLException {
    return open(source, Map.of());
  }

  /** The same, with these properties of the driver besides. */
  public static Connection connect(SourceConfig source, Map<String, String> driver)
      throws SQLException {
    return open(source, driver);
  }

  /** What looks at the catalog waits for no lock that somebody holds for long. */
  public static void giveUpLocks(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '5s'");
    }
  }

  /** The id of the server process that serves a connection. */
  public static int server(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Which cluster this is, and where its log ends: {@code IDENTIFY_SYSTEM}. */
  public static Identity identify(SourceConfig source) throws SQLException {
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
  public static int timeline(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")) {
      row.next();
      return Integer.parseUnsignedInt(row.getString(1), 16);
    }
  }

  /** Where a primary's log ends. */
  public static Lsn position(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
      row.next();
      return Lsn.parse(row.getString(1));
    }
  }

  /** Each earlier timeline of this cluster and where it was left: {@code TIMELINE_HISTORY}. */
  public static NavigableMap<Integer, Lsn> timelineHistory(SourceConfig source, int timeline)
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

  private static Connection replication(SourceConfig source) throws SQLException {
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

  /**
   * Lets an engine's connections find their source, until it is {@link #forget forgotten}: Debezium
   * makes its factory by name, and gives it texts only.
   */
  static void remember(String engine, SourceConfig source) {
    ENGINES.put(engine, source);
  }

  static void forget(String engine) {
    ENGINES.remove(engine);
  }

  /** Opens a connection as Debezium asks for it. */
  static Connection connect(JdbcConfiguration asked) throws SQLException {
    SourceConfig source = ENGINES.get(asked.getString(EngineActivity.ENGINE));
    if (source == null) {
      throw new SQLException("the engine has ended, so it gets no connection");
    }
    Map<String, String> extra = new HashMap<>();
    for (String key : ASKED) {
      String value = asked.getString(key);
      if (value != null) {
        extra.put(key, value);
      }
    }
    if (!source.properties().containsKey("database.socketFactory")
        && !source.properties().containsKey("driver.socketFactory")) {
      extra.put("socketFactory", PeekableSocketFactory.class.getName());
    }
    extra.put("loginTimeout", "0"); // or the driver would connect in a thread of its own
    boolean replication = extra.containsKey("replication");
    if (replication) {
      extra.put("socketTimeout", "0"); // the log may be quiet for as long as it likes
    }
    Connection connection = open(source, extra);
    if (!replication) {
      return BuiltInTypesOnly.of(connection);
    }
    EngineActivity engine = EngineActivity.of(asked.getString(EngineActivity.ENGINE));
    if (engine != null) {
      engine.servedBy(server(connection));
    }
    OversizedMessages.keepFrom(connection, engine == null ? new LargeRowGate() : engine.gate());
    return connection;
  }

  private static Connection open(SourceConfig source, Map<String, String> extra)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("socketTimeout", String.valueOf(SOCKET_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "Rowhook");
    source
        .properties()
        .forEach((key, value) -> {
          if (key.startsWith("database.")
              && !NOT_THE_DRIVERS.contains(key.substring("database.".length()))) {
            properties.setProperty(key.substring("database.".length()), value);
          }
        });
    source
        .properties()
        .forEach((key, value) -> {
          if (key.startsWith("driver.")) {
            properties.setProperty(key.substring("driver.".length()), value);
          }
        });
    List<SourceConfig.Host> hosts = source.hosts();
    if (hosts.size() > 1) {
      properties.setProperty("targetServerType", "primary");
    }
    SourceConfig.Credentials credentials = source.credentials().get();
    properties.setProperty("user", credentials.user());
    properties.setProperty("password", credentials.password());
    properties.setProperty("PGHOST", joined(hosts, SourceConfig.Host::name));
    properties.setProperty("PGPORT", joined(hosts, host -> String.valueOf(host.port())));
    properties.setProperty("PGDBNAME", source.database());
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS * hosts.size()));
    properties.putAll(extra);
    Connection connection = DriverManager.getConnection("jdbc:postgresql://", properties);
    try (Statement statement = connection.createStatement()) {
      boolean limits =
          connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTIONS_ARE_LIMITED;
      statement.execute(limits ? UNLIMITED + PINNED : PINNED);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String joined(
      List<SourceConfig.Host> hosts, Function<SourceConfig.Host, String> part) {
    return hosts.stream().map(part).collect(Collectors.joining(","));
  }
}
