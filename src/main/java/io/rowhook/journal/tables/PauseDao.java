package io.rowhook.journal.tables;

import io.rowhook.journal.Pause;
import io.rowhook.journal.Pause.Kind;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What keeps a recipient, or all of them, from being sent to, on disk. */
public final class PauseDao {

  private PauseDao() {}

  public static Optional<Pause> of(SqliteSession sql, long recipient) throws SQLException {
    return sql.first(
        "SELECT hold_kind, hold_at, hold_until, hold_reason FROM recipient"
            + " WHERE id = ? AND hold_kind IS NOT NULL",
        PauseDao::pause,
        recipient);
  }

  static Pause pause(ResultSet row) throws SQLException {
    return new Pause(
        Kind.valueOf(row.getString("hold_kind")),
        TimeColumns.instant(row.getLong("hold_at")),
        Optional.ofNullable(TimeColumns.instant(row, "hold_until")),
        row.getString("hold_reason"));
  }

  /** Pauses it; a person's pause gives way only to a person's. */
  public static void hold(SqliteSession sql, long recipient, Pause pause) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = ?, hold_at = ?, hold_until = ?, hold_reason = ?"
            + " WHERE id = ? AND (hold_kind IS NOT 'person' OR ? = 'person')",
        pause.kind().name(),
        TimeColumns.micros(pause.at()),
        pause.until().map(TimeColumns::micros).orElse(null),
        pause.reason(),
        recipient,
        pause.kind().name());
  }

  /** Ends what pauses it, unless a person does. */
  public static void release(SqliteSession sql, long recipient, Instant at) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = NULL, hold_at = NULL, hold_until = NULL,"
            + " hold_reason = NULL, counted_from = ? WHERE id = ? AND hold_kind IS NOT 'person'",
        TimeColumns.micros(at),
        recipient);
  }

  /** Ends what pauses it, whatever that is. */
  public static void resume(SqliteSession sql, long recipient, Instant at) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = NULL, hold_at = NULL, hold_until = NULL,"
            + " hold_reason = NULL, counted_from = ? WHERE id = ?",
        TimeColumns.micros(at),
        recipient);
  }

  /** Whether it was not set before. */
  public static boolean setKillSwitch(SqliteSession sql, Pause pause) throws SQLException {
    return sql.update(
            "INSERT INTO kill_switch (one, at, reason) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            TimeColumns.micros(pause.at()),
            pause.reason())
        == 1;
  }

  /** Whether it was set. */
  public static boolean clearKillSwitch(SqliteSession sql) throws SQLException {
    return sql.update("DELETE FROM kill_switch") == 1;
  }

  public static Optional<Pause> killSwitch(SqliteSession sql) throws SQLException {
    return sql.first(
        "SELECT at, reason FROM kill_switch",
        row ->
            Pause.untilResumed(
                Kind.person, TimeColumns.instant(row.getLong("at")), row.getString("reason")));
  }
}
