package io.rowhook.crash;

import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A writer's connection, which survives restarts of the server, and finds out whether a transaction
 * whose COMMIT was not answered has committed.
 *
 * <p>Each transaction first inserts a token of its own into a table with a unique key. Whoever can
 * insert it again knows that the transaction has not committed and never will; it waits for one
 * that is still at it. (Asking {@code pg_xact_status} is not safe here: after a crash of the server
 * a transaction id that had not reached the disk is given again, to someone else.) One thread.
 */
final class Session {

  private static final Duration RECONNECT_WITHIN = Duration.ofMinutes(2);
  private static final int RETRY_MILLIS = 100;

  private final SourceDatabase source;
  private final String name;
  private @Nullable Connection connection;
  private long transaction;

  Session(SourceDatabase source, String name) {
    this.source = source;
    this.name = name;
  }

  /** A connection with a transaction begun, its token in it. */
  Connection begin() throws SQLException, InterruptedException {
    Connection open = connection;
    if (open == null) {
      open = connect();
      open.setAutoCommit(false);
      connection = open;
    }
    transaction++;
    if (insertToken(open) != 1) {
      throw new AssertionError("a token was given twice");
    }
    return open;
  }

  /** The connection cannot be used any further; any other error is the story's own, and ends it. */
  void broke(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (!state.startsWith("08") && !state.startsWith("57P")) {
      throw new AssertionError("the story's own statement failed", e);
    }
    close();
  }

  /** Whether the last transaction has committed; waits until that is known. */
  boolean hasCommitted() throws InterruptedException {
    long deadline = System.nanoTime() + RECONNECT_WITHIN.toNanos();
    while (true) {
      try (Connection asking = connect()) {
        return insertToken(asking) == 0;
      } catch (SQLException e) { // restarted again
        if (System.nanoTime() > deadline) {
          throw new AssertionError("the source does not come back", e);
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  void close() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException alreadyBroken) {
      // There is nothing left to close.
    }
    connection = null;
  }

  private int insertToken(Connection on) throws SQLException {
    try (PreparedStatement insert =
        on.prepareStatement("INSERT INTO public.committed VALUES (?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, name + "-" + transaction);
      return insert.executeUpdate();
    }
  }

  private Connection connect() throws InterruptedException {
    Properties properties = new Properties();
    properties.setProperty("user", source.user());
    properties.setProperty("password", source.password());
    properties.setProperty("stringtype", "unspecified"); // the server casts to the column's type
    properties.setProperty("ApplicationName", name);
    long deadline = System.nanoTime() + RECONNECT_WITHIN.toNanos();
    while (true) {
      try {
        return DriverManager.getConnection(source.jdbcUrl(), properties);
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("the source does not come back", e);
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }
}
