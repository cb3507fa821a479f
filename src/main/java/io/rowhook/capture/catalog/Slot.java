package io.rowhook.capture.catalog;

import io.rowhook.capture.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rowhook's replication slot as {@code pg_replication_slots} shows it.
 *
 * @param plugin its output plugin
 * @param database it belongs to
 * @param activePid the server process that streams from it; null: none
 * @param sending whether that process really sends, as far as the user may see
 * @param waiting what that process waits for; empty: nothing, or not visible
 * @param client that process's client, for messages; empty where it is unknown
 * @param whole whether it is made; while it is being made, {@code activePid} makes it
 * @param confirmed up to where the client has confirmed
 * @param retained bytes of log kept for it
 * @param current where the log ends
 * @param walStatus {@code lost}: the log it needs is gone
 * @param safeBytes until it is in danger; null: no limit
 * @param limitBytes the server's {@code max_slot_wal_keep_size}; null: no limit
 */
public record Slot(
    String name,
    String plugin,
    String database,
    @Nullable Integer activePid,
    boolean sending,
    String waiting,
    String client,
    boolean whole,
    Lsn confirmed,
    long retained,
    Lsn current,
    String walStatus,
    @Nullable Long safeBytes,
    @Nullable Long limitBytes) {

  private static final Logger log = LoggerFactory.getLogger(Slot.class);

  /** Waiting for other sessions' transactions to end takes this long at most. */
  private static final int CREATE_SECONDS = 60;

  private static final String READ =
      """
      SELECT s.plugin, s.database, s.active_pid,
             s.active_pid IS NOT NULL AND coalesce(r.state <> 'startup', true) AS sending,
             concat_ws('/', a.wait_event_type, a.wait_event) AS waiting,
             concat_ws(' ', nullif(a.application_name, ''), 'of user ' || a.usename,
                       'from ' || host(a.client_addr)) AS client,
             s.confirmed_flush_lsn IS NOT NULL AS whole,
             coalesce(s.confirmed_flush_lsn, '0/0') AS confirmed,
             coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained,
             pg_current_wal_lsn() AS current, coalesce(s.wal_status, 'lost') AS wal_status,
             s.safe_wal_size,
             pg_size_bytes(nullif(current_setting('max_slot_wal_keep_size'), '-1')) AS limit_bytes
        FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
             LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
       WHERE s.slot_name = ?
      """;

  public static Optional<Slot> read(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Slot(
                name,
                text(row, "plugin"),
                text(row, "database"),
                row.getObject("active_pid", Integer.class),
                row.getBoolean("sending"),
                text(row, "waiting"),
                text(row, "client"),
                row.getBoolean("whole"),
                Lsn.parse(row.getString("confirmed")),
                row.getLong("retained"),
                Lsn.parse(row.getString("current")),
                text(row, "wal_status"),
                row.getObject("safe_wal_size", Long.class),
                row.getObject("limit_bytes", Long.class)));
      }
    }
  }

  /** Makes the slot; a failover slot where the server knows them. Returns its consistent point. */
  public static Lsn create(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // while it waits for transactions, the server then notices that this process has died
      statement.execute("SET client_connection_check_interval = 1000");
    } catch (SQLException e) {
      log.debug("the server cannot look whether its clients are there", e);
    }
    boolean failover = connection.getMetaData().getDatabaseMajorVersion() >= 17;
    String sql =
        failover
            ? "SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput', failover => true)"
            : "SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput')";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setQueryTimeout(CREATE_SECONDS);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Lsn.parse(row.getString(1));
      }
    }
  }

  public static void drop(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      statement.setString(1, name);
      statement.execute();
    }
  }

  public boolean lost() {
    return walStatus.equals("lost");
  }

  public boolean active() {
    return activePid != null;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }
}
