package io.rowhook.capture.monitor;

import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who works with the slot: whoever streams from it, and between two of its engines, or after the
 * source was restarted, whoever holds the advisory lock of the slot's name. The monitor of a
 * Rowhook that is not on standby holds that lock for as long as it is connected. Stateless.
 */
public final class SlotLeadership {

  private static final String KEY = "hashtextextended('rowhook slot ' || ?, 0)";

  private static final String HOLDER =
      """
      SELECT a.pid, concat_ws(' ', nullif(a.application_name, ''), 'of user ' || a.usename,
                              'from ' || host(a.client_addr)) AS client
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND (l.classid::bigint << 32 | l.objid::bigint) = %s
      """
          .formatted(KEY);

  private SlotLeadership() {}

  /** Takes the lock for this session, if nobody has it. */
  static boolean take(Connection connection, SourceConfig source) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_try_advisory_lock(" + KEY + ")")) {
      statement.setString(1, source.slot());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /**
   * Lets the server end this session, and so its lock, soon after its client vanished from the
   * network (30 s) or stands still (a minute without a statement).
   */
  static void endWithClient(Statement statement) throws SQLException {
    statement.execute(
        """
        SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4;
        SET tcp_user_timeout = '30s'; SET idle_session_timeout = '60s'\
        """);
  }

  /**
   * Returns which client works with the slot, or is about to make it, in words; empty: none, or no
   * slot that is ours.
   *
   * @param own server processes that work for this one
   */
  public static Optional<String> holder(
      Connection connection, SourceConfig source, Set<Integer> own) throws SQLException {
    Optional<Slot> slot = Slot.read(connection, source.slot());
    if (slot.isPresent()) {
      if (!isOurs(slot.get(), source)) {
        return Optional.empty();
      }
      Optional<Slot> read = slot.filter(one -> isRead(one, own));
      if (read.isPresent()) {
        return read.map(SlotLeadership::words);
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
      statement.setString(1, source.slot());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (!own.contains(row.getInt("pid"))) {
            return Optional.of(
                words(row.getInt("pid"), row.getString("client")) + ", not streaming at present");
          }
        }
        return Optional.empty();
      }
    }
  }

  private static boolean isOurs(Slot slot, SourceConfig source) {
    return slot.plugin().equals("pgoutput") && slot.database().equals(source.database());
  }

  private static boolean isRead(Slot slot, Set<Integer> own) {
    Integer streaming = slot.activePid();
    return streaming != null && !own.contains(streaming);
  }

  /** Which other client streams from the slot, where that is ours. */
  public static Optional<Slot> reader(Connection connection, SourceConfig source, Set<Integer> own)
      throws SQLException {
    return Slot.read(connection, source.slot())
        .filter(slot -> isOurs(slot, source) && isRead(slot, own));
  }

  /** Ends that client's connection, and says whose it was. */
  public static Optional<String> endReader(
      Connection connection, SourceConfig source, Set<Integer> own) throws SQLException {
    Optional<Slot> slot = reader(connection, source, own);
    if (slot.isPresent()) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                  + " WHERE slot_name = ? AND active_pid = ?")) {
        statement.setString(1, source.slot());
        statement.setObject(2, slot.get().activePid());
        statement.execute();
      }
    }
    return slot.map(SlotLeadership::words);
  }

  private static String words(Slot slot) {
    return words(Objects.requireNonNull(slot.activePid()), slot.client());
  }

  private static String words(int pid, String client) {
    return "server process %d (%s)".formatted(pid, client);
  }
}
