package io.rowhook.receivers;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.Ports;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A kit's example receiver: one process after the other on the same port and database, and what its
 * tables say. One thread.
 */
public final class KitReceiver implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

  private final Path log;
  private final String jdbcUrl;
  private final String database;
  private final String secret;
  private final int port = Ports.lasting();
  private final List<String> command;
  private @Nullable Process process;
  private int kills;

  /** Copies its files, and compiles what is compiled; it is not started yet. */
  public KitReceiver(Kit kit, SourceDatabase source, Path directory, String secret)
      throws IOException {
    this(kit, source, directory, secret, false);
  }

  /**
   * The same.
   *
   * @param source whose server has its database, if that is of PostgreSQL: it is empty
   * @param directory its own
   * @param asDocumented whether it is started by the command that its users type
   */
  KitReceiver(Kit kit, SourceDatabase source, Path directory, String secret, boolean asDocumented)
      throws IOException {
    this.log = directory.resolve("receiver.log");
    this.jdbcUrl = kit.jdbcUrl(source, directory);
    this.database = kit.database(source, directory);
    this.secret = secret;
    Path home = kit.copyTo(directory);
    this.command = asDocumented ? kit.documented(home) : kit.command(home, kit.receiver());
  }

  /** Returns once it listens. */
  public void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .putAll(Map.of("SECRET", secret, "DATABASE", database, "PORT", Integer.toString(port)));
    Process started = builder.start();
    process = started;
    Eventually.within(
        STARTS_WITHIN,
        () -> "; the receiver has said: " + output(),
        () -> {
          if (!started.isAlive()) {
            return true;
          }
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
          }
        });
    if (!started.isAlive()) {
      throw new AssertionError("the receiver has ended: " + output());
    }
  }

  /** SIGKILL. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(ENDS_WITHIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process = null;
      kills++;
    }
  }

  public int kills() {
    return kills;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  /** What all its processes have said. */
  public String output() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line of its history: an event that it has applied. */
  public record Applied(String eventId, String event, String entity, String body) {}

  /** All that it has applied, an event as often as that has happened; in no order. */
  public List<Applied> history() throws SQLException {
    return rows(
        "SELECT event_id, event, entity_type, entity_id, body FROM history",
        row ->
            new Applied(
                row.getString(1),
                row.getString(2),
                row.getString(3) + " " + row.getString(4),
                row.getString(5)));
  }

  /** How many events it has applied, each counted once. */
  public int events() throws SQLException {
    return rows("SELECT count(DISTINCT event_id) FROM history", row -> row.getInt(1)).getFirst();
  }

  /** Its copy: bodies by entity, {@code Article 7}. */
  public Map<String, String> copy() throws SQLException {
    Map<String, String> copy = new HashMap<>();
    rows(
            "SELECT entity_type, entity_id, body FROM entity_copy",
            row -> Map.entry(row.getString(1) + " " + row.getString(2), row.getString(3)))
        .forEach(one -> copy.put(one.getKey(), one.getValue()));
    return copy;
  }

  /** Up to when it says it has everything. */
  public Optional<String> mark() throws SQLException {
    return rows("SELECT complete_to FROM rowhook_mark", row -> row.getString(1)).stream()
        .findFirst();
  }

  /** How many rows the kit keeps to judge by. */
  public int rowsKept() throws SQLException {
    return rows("SELECT entity_id FROM rowhook_applied", row -> row.getString(1)).size();
  }

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> rows(String sql, RowReader<T> reader) throws SQLException {
    List<T> rows = new java.util.ArrayList<>();
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(reader.read(row));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    kill();
  }
}
