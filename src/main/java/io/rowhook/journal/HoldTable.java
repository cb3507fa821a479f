package io.rowhook.journal;

import io.rowhook.journal.Hold.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What keeps a recipient, or all of them, from being sent to, on disk. */
final class HoldTable {

  private HoldTable() {}

  static Optional<Hold> of(Sql sql, long recipient) throws SQLException {
    return sql.first(
        "SELECT hold_kind, hold_at, hold_until, hold_reason FROM recipient"
            + " WHERE id = ? AND hold_kind IS NOT NULL",
        HoldTable::hold,
        recipient);
  }

  static Hold hold(ResultSet row) throws SQLException {
    return new Hold(
        Kind.valueOf(row.getString("hold_kind")),
        Times.instant(row.getLong("hold_at")),
        Optional.ofNullable(Times.instant(row, "hold_until")),
        row.getString("hold_reason"));
  }

  /** Pauses it; a person's pause gives way only to a person's. */
  static void hold(Sql sql, long recipient, Hold hold) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = ?, hold_at = ?, hold_until = ?, hold_reason = ?"
            + " WHERE id = ? AND (hold_kind IS NOT 'person' OR ? = 'person')",
        hold.kind().name(),
        Times.micros(hold.at()),
        hold.until().map(Times::micros).orElse(null),
        hold.reason(),
        recipient,
        hold.kind().name());
  }

  /** Ends what pauses it, unless a person does. */
  static void release(Sql sql, long recipient, Instant at) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = NULL, hold_at = NULL, hold_until = NULL,"
            + " hold_reason = NULL, counted_from = ? WHERE id = ? AND hold_kind IS NOT 'person'",
        Times.micros(at),
        recipient);
  }

  /** Ends what pauses it, whatever that is. */
  static void resume(Sql sql, long recipient, Instant at) throws SQLException {
    sql.update(
        "UPDATE recipient SET hold_kind = NULL, hold_at = NULL, hold_until = NULL,"
            + " hold_reason = NULL, counted_from = ? WHERE id = ?",
        Times.micros(at),
        recipient);
  }

  /** Whether it was not set before. */
  static boolean setKillSwitch(Sql sql, Hold hold) throws SQLException {
    return sql.update(
            "INSERT INTO kill_switch (one, at, reason) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            Times.micros(hold.at()),
            hold.reason())
        == 1;
  }

  /** Whether it was set. */
  static boolean clearKillSwitch(Sql sql) throws SQLException {
    return sql.update("DELETE FROM kill_switch") == 1;
  }

  static Optional<Hold> killSwitch(Sql sql) throws SQLException {
    return sql.first(
        "SELECT at, reason FROM kill_switch",
        row -> Hold.by(Kind.person, Times.instant(row.getLong("at")), row.getString("reason")));
  }
}
