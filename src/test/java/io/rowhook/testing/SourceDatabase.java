package io.rowhook.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests and the demo, from Maven Central's binaries: no Docker, runs as root.
 * Under the Maven profile {@code containers} it is that of an image, in a container, instead.
 * Listens on the loopback; whoever connects is trusted, without a password. Not for several
 * threads.
 */
public final class SourceDatabase implements AutoCloseable {

  /** Names the image whose PostgreSQL is to be used instead; needs a Docker engine. */
  static final String IMAGE = "rowhook.test.postgres";

  private static final String DATABASE = "erp";
  private static final String SUPERUSER = "postgres";
  private static final String STANDBY = "standby";

  private final DatabaseServer server;
  private final String database;
  private final Thread atExit;

  private SourceDatabase(DatabaseServer server) {
    this(server, DATABASE);
  }

  private SourceDatabase(DatabaseServer server, String database) {
    this.server = server;
    this.database = database;
    this.atExit = new Thread(server::destroy, "source-database-exit");
  }

  /** Starts one that logical replication can be read from. */
  public static SourceDatabase start() {
    return start("logical");
  }

  /** Starts one with another {@code wal_level}; empty: the server's own. */
  public static SourceDatabase start(String walLevel) {
    return start(Map.of("wal_level", walLevel));
  }

  /** Starts one with these server settings over the usual ones. No blanks in the values. */
  public static SourceDatabase start(Map<String, String> settings) {
    return start(settings, Optional.empty());
  }

  /**
   * Starts one of another version.
   *
   * @param binaries the jar that has it
   */
  public static SourceDatabase start(Path binaries) {
    return start(Map.of(), binaries);
  }

  /** Starts one of another version, with settings. */
  public static SourceDatabase start(Map<String, String> settings, Path binaries) {
    return start(settings, Optional.of(binaries));
  }

  private static SourceDatabase start(Map<String, String> settings, Optional<Path> binaries) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("wal_level", "logical");
    // The library turns both off: commits would reach the log 200 ms late, and a crash lose them.
    all.put("fsync", "on");
    all.put("synchronous_commit", "on");
    all.put("max_wal_senders", "20");
    all.put("max_replication_slots", "20");
    all.put("max_connections", "60");
    all.putAll(settings);
    all.values().removeIf(String::isEmpty); // left to the server's own files
    if ("minimal".equals(all.get("wal_level"))) {
      all.put("max_wal_senders", "0"); // or the server refuses to start
    }
    SourceDatabase database = new SourceDatabase(server(all, binaries));
    Runtime.getRuntime().addShutdownHook(database.atExit);
    database.restart();
    database.executeIn(SUPERUSER, "CREATE DATABASE " + DATABASE);
    return database;
  }

  /** Embedded, unless the system property {@link #IMAGE} asks for a container. */
  private static DatabaseServer server(Map<String, String> settings, Optional<Path> binaries) {
    String image = System.getProperty(IMAGE, "");
    return image.isEmpty() || binaries.isPresent()
        ? new EmbeddedServer(settings, binaries)
        : new ContainerServer(image, SUPERUSER, settings);
  }

  /**
   * A further database of the same server, made empty. It is gone with the server; {@link #drop}
   * drops it earlier, and it must not be closed.
   */
  public SourceDatabase another(String name) {
    return create(name, "");
  }

  /** The same in another encoding: {@code WIN1252}. */
  public SourceDatabase another(String name, String encoding) {
    return create(name, "ENCODING '" + encoding + "' LOCALE 'C' TEMPLATE template0");
  }

  /** The same, as a copy of this one as it is now. */
  public SourceDatabase copy(String name) {
    return create(name, "TEMPLATE " + database);
  }

  private SourceDatabase create(String name, String options) {
    executeIn(SUPERUSER, "CREATE DATABASE %s %s".formatted(name, options));
    return new SourceDatabase(server, name);
  }

  /** Drops this database with its replication slots, whoever is connected. */
  public void drop() {
    executeIn(
        SUPERUSER,
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND"
            + " database = '%s'".formatted(database));
    String slots = "SELECT count(*) FROM pg_replication_slots WHERE database = '" + database + "'";
    Eventually.within(
        Duration.ofSeconds(10),
        "the slots of " + database + " are dropped",
        () -> {
          execute(
              "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"
                  + " AND database = '%s'".formatted(database));
          return "0".equals(query(slots));
        });
    executeIn(SUPERUSER, "DROP DATABASE " + database + " WITH (FORCE)");
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return server.port();
  }

  public String database() {
    return database;
  }

  /** The superuser. */
  public String user() {
    return SUPERUSER;
  }

  /** Anything does: the server trusts the loopback. */
  public String password() {
    return "secret";
  }

  public String jdbcUrl() {
    return jdbcUrl(database);
  }

  /** A superuser's connection. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), SUPERUSER, password());
  }

  /** Executes each in a transaction of its own. */
  public void execute(String... sql) {
    executeIn(database, sql);
  }

  /** The first column of the first row, as text; null for null. */
  public @Nullable String query(String sql) {
    try (var connection = connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      if (!result.next()) {
        throw new IllegalStateException("no row: " + sql);
      }
      return result.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Debezium's connector properties for it, without slot and publication. */
  public Map<String, String> connectorProperties() {
    return connectorProperties(SUPERUSER);
  }

  /** The same for another user. */
  public Map<String, String> connectorProperties(String user) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("database.hostname", host());
    properties.put("database.port", Integer.toString(port()));
    properties.put("database.user", user);
    properties.put("database.password", password());
    properties.put("database.dbname", database);
    return properties;
  }

  /** Stops the server as an administrator would; the data stays for {@link #restart}. */
  public void stop() {
    server.stop();
  }

  /** Stops the server at once, as a crash would: it recovers at {@link #restart}. */
  public void crash() {
    server.crash();
  }

  /** Starts the server again, on the same port, with the same data. */
  public void restart() {
    server.stop();
    server.start();
  }

  /** A copy of all its files, as of now; it is down meanwhile. */
  public Path backup() {
    server.stop();
    Path copy = server.backup();
    server.start();
    return copy;
  }

  /** Goes back to a backup, as an administrator would: all that came after it never was. */
  public void restore(Path backup) {
    server.stop();
    server.restore(backup);
    server.start();
  }

  /**
   * Makes a standby of it that streams and, from PostgreSQL 17 on, takes the failover slots over.
   * Logical slots wait for it from now on, so that nothing is sent which it does not have. To be
   * closed as any other.
   */
  public SourceDatabase standby() {
    execute("SELECT pg_create_physical_replication_slot('" + STANDBY + "', true)");
    server.stop();
    SourceDatabase standby =
        new SourceDatabase(
            server.standby(
                Map.of(
                    "primary_conninfo",
                    "host=%s port=%d user=%s dbname=%s application_name=%s"
                        .formatted(host(), port(), SUPERUSER, DATABASE, STANDBY),
                    "primary_slot_name",
                    STANDBY,
                    "hot_standby_feedback",
                    "on",
                    "sync_replication_slots",
                    "on")));
    Runtime.getRuntime().addShutdownHook(standby.atExit);
    server.start();
    standby.server.start();
    set("synchronized_standby_slots", STANDBY);
    return standby;
  }

  /** Makes a standby a primary; returns once it takes writes. */
  public void promote() {
    if (!"t".equals(query("SELECT pg_promote()"))) {
      throw new IllegalStateException("it was not promoted; its log:\n" + serverLog());
    }
  }

  /** Changes a server setting while it runs. */
  public void set(String setting, String value) {
    execute("ALTER SYSTEM SET " + setting + " = '" + value + "'", "SELECT pg_reload_conf()");
  }

  /** What the server has logged. */
  public String serverLog() {
    return server.log();
  }

  /** Stops it and deletes its data. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    server.destroy();
  }

  private void executeIn(String database, String... sql) {
    String at = "connecting";
    try (Connection connection = DriverManager.getConnection(jdbcUrl(database), SUPERUSER, "");
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        at = one;
        statement.execute(one);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(at + ": " + e.getMessage(), e);
    }
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }
}
