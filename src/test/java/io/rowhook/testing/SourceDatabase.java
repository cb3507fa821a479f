package io.rowhook.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests and the demo, from Maven Central's binaries: no Docker, runs as root.
 * Listens on the loopback; whoever connects is trusted, without a password. Not for several
 * threads.
 */
public final class SourceDatabase implements AutoCloseable {

  private static final String DATABASE = "erp";
  private static final String SUPERUSER = "postgres";
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(10);

  private final Map<String, String> settings;
  private final Path data;
  private final Path log;
  private final Thread atExit = new Thread(this::destroy, "source-database-exit");
  private int port; // 0 until first started, then kept over restarts
  private @Nullable EmbeddedPostgres server;

  private SourceDatabase(Map<String, String> settings) {
    this.settings = settings;
    // Beside the library's own directories, so that it clears away what a killed run has left.
    Path home = Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg");
    String name = "source-" + UUID.randomUUID();
    this.data = home.resolve(name);
    this.log = home.resolve(name + ".log");
  }

  /** Starts one that logical replication can be read from. */
  public static SourceDatabase start() {
    return start("logical");
  }

  /** Starts one with another {@code wal_level}: {@code replica} or {@code minimal}. */
  public static SourceDatabase start(String walLevel) {
    return start(Map.of("wal_level", walLevel));
  }

  /** Starts one with these server settings over the usual ones. No blanks in the values. */
  public static SourceDatabase start(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("wal_level", "logical");
    // The library turns both off: commits would reach the log 200 ms late, and a crash lose them.
    all.put("fsync", "on");
    all.put("synchronous_commit", "on");
    all.put("max_wal_senders", "20");
    all.put("max_replication_slots", "20");
    all.put("max_connections", "60");
    all.putAll(settings);
    if ("minimal".equals(all.get("wal_level"))) {
      all.put("max_wal_senders", "0"); // or the server refuses to start
    }
    SourceDatabase database = new SourceDatabase(all);
    Runtime.getRuntime().addShutdownHook(database.atExit);
    database.restart();
    database.executeIn(SUPERUSER, "CREATE DATABASE " + DATABASE);
    return database;
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String database() {
    return DATABASE;
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
    return jdbcUrl(DATABASE);
  }

  /** A connection of the superuser, in autocommit mode. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), SUPERUSER, password());
  }

  /** Executes each in a transaction of its own. */
  public void execute(String... sql) {
    executeIn(DATABASE, sql);
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
    properties.put("database.port", Integer.toString(port));
    properties.put("database.user", user);
    properties.put("database.password", password());
    properties.put("database.dbname", DATABASE);
    return properties;
  }

  /** Stops the server as an administrator would; the data stays for {@link #restart}. */
  public void stop() {
    EmbeddedPostgres running = server;
    if (running == null) {
      return;
    }
    server = null;
    Optional<ProcessHandle> process = postmaster();
    try {
      running.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // A replication client that does not answer can hold a clean stop up for ever.
    process.ifPresent(SourceDatabase::quit);
  }

  /** Stops the server at once, as a crash would: it recovers at {@link #restart}. */
  public void crash() {
    if (server != null) {
      postmaster().ifPresent(SourceDatabase::quit);
      stop();
    }
  }

  /** Starts the server again, on the same port, with the same data. */
  public void restart() {
    stop();
    try {
      var builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              .setLocaleConfig("locale", "C")
              .setOutputRedirector(logFile())
              .setErrorRedirector(logFile())
              .setPort(port);
      settings.forEach(builder::setServerConfig);
      EmbeddedPostgres started = builder.start();
      server = started;
      port = started.getPort();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("PostgreSQL does not start; its log:\n" + serverLog(), e);
    }
  }

  /** What the server has logged. */
  public String serverLog() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Stops it and deletes its data. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    destroy();
  }

  private void destroy() {
    stop();
    try (Stream<Path> files = Files.exists(data) ? Files.walk(data) : Stream.empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void executeIn(String database, String... sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl(database), SUPERUSER, "");
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        run(statement, one);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static void run(Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
  }

  private Redirect logFile() throws IOException {
    Files.createDirectories(data.getParent());
    return Redirect.appendTo(log.toFile());
  }

  private Optional<ProcessHandle> postmaster() {
    Path file = data.resolve("postmaster.pid"); // gone once it has stopped
    try {
      return Files.exists(file)
          ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().trim()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGQUIT is PostgreSQL's immediate stop. */
  private static void quit(ProcessHandle process) {
    if (!process.isAlive()) {
      return;
    }
    try {
      new ProcessBuilder(List.of("kill", "-QUIT", Long.toString(process.pid()))).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Eventually.within(STOPPED_WITHIN, "the server has stopped", () -> !process.isAlive());
  }
}
