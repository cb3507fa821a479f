package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.capture.debezium.PostgresConnections;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes marks into the source's log, each a transaction of its own that comes back as {@link
 * ChangeSink#message}, and asks what else belongs to them. Nothing is written to a table. Holds one
 * connection, opened when it is needed; one thread, but for {@link #close}.
 */
public final class LogMarks implements AutoCloseable {

  /** A standby that does not answer must not hold a mark back: it is in the log all the same. */
  private static final String SESSION =
      "SET synchronous_commit = local; SET statement_timeout = '30s'; SET lock_timeout = '5s'";

  private static final long IDS = 1L << 32; // of transactions in the log

  /**
   * Those that a snapshot does not show; a cluster's other databases have the same log, and nothing
   * in it for this one. The snapshot comes first: what ends meanwhile is among them, not left out.
   */
  private static final String UNSEEN =
      """
      WITH unseen AS MATERIALIZED (
        SELECT pg_snapshot_xip(s)::text::int8 %% %1$d AS id
        FROM (SELECT pg_current_snapshot() AS s OFFSET 0) x)
      SELECT id FROM unseen WHERE id NOT IN (
        SELECT l.transactionid::text::int8 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.transactionid IS NOT NULL AND l.granted AND l.mode = 'ExclusiveLock'
          AND a.datname <> current_database())
        AND id NOT IN (
          SELECT transaction::text::int8 FROM pg_prepared_xacts WHERE database <> current_database())
      """
          .formatted(IDS);

  private final SourceConfig source;
  private volatile @Nullable Connection open;

  /** Opens nothing yet. */
  public LogMarks(SourceConfig source) {
    this.source = source;
  }

  /**
   * Writes a mark; it is in the log when this returns.
   *
   * @throws SourceException if it cannot be written
   */
  public void write(ObjectNode content) {
    with(connection -> {
      String sql = "SELECT pg_logical_emit_message(true, ?, ?)";
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, SourceConfig.MESSAGE_PREFIX);
        statement.setString(2, content.toString());
        statement.execute();
      }
      return true;
    });
  }

  /**
   * The transactions that others do not see yet, by their ids in the log: under way, or in the log
   * already and not visible; of this database. All that the log has by now are among them, unless
   * they are visible: a snapshot lists none that begin after the last one that ended, so a
   * transaction of its own ends first.
   *
   * @throws SourceException if the source cannot be asked
   */
  public Set<String> running() {
    return with(connection -> {
      Set<String> ids = new HashSet<>();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_current_xact_id()");
      }
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(UNSEEN)) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
      return ids;
    });
  }

  /**
   * About how many rows of a table there are, as PostgreSQL estimates them; nothing is read.
   *
   * @param condition SQL on the row; empty: all rows
   * @throws SQLException if it is not one that PostgreSQL takes
   * @throws SourceException if the source cannot be asked
   */
  public static long estimate(SourceConfig source, TableId table, String condition)
      throws SQLException {
    Connection opened;
    try {
      opened = PostgresConnections.connect(source, Map.of());
    } catch (SQLException e) {
      throw SourceException.of(java.util.List.of(SourceValidator.connecting(source, e)));
    }
    String sql =
        "EXPLAIN (FORMAT JSON) SELECT 1 FROM %s%s"
            .formatted(
                table.quoted(),
                condition.isEmpty() ? "" : " WHERE (" + SqlCondition.prepared(condition) + ")");
    try (Connection connection = opened;
        Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = '10s'; SET lock_timeout = '5s'");
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      try (PreparedStatement explain = connection.prepareStatement(sql);
          ResultSet row = explain.executeQuery()) {
        row.next();
        return Json.MAPPER
            .readTree(row.getString(1))
            .path(0)
            .path("Plan")
            .path("Plan Rows")
            .asLong();
      } catch (IOException e) {
        return 0; // it is only an estimate
      }
    }
  }

  private interface Use<T> {
    T of(Connection connection) throws SQLException;
  }

  private <T> T with(Use<T> use) {
    boolean again = open != null; // it may have died while it was idle
    while (true) {
      try {
        return use.of(connection());
      } catch (SQLException e) {
        close();
        if (!again) {
          throw SourceException.of(
              java.util.List.of(
                  "marking the source's log: " + SourceValidator.connecting(source, e)));
        }
        again = false;
      }
    }
  }

  private Connection connection() throws SQLException {
    Connection connection = open;
    if (connection == null) {
      connection = PostgresConnections.connect(source, Map.of());
      open = connection;
      try (Statement statement = connection.createStatement()) {
        statement.execute(SESSION);
      }
    }
    return connection;
  }

  @Override
  public void close() {
    Connection connection = open;
    open = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // it is given up in any case
      }
    }
  }
}
