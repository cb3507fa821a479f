package io.rowhook.journal.tables;

import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The table {@code recipient}: who is known, from where on, and when its file was seen last. */
public final class RecipientDao {

  private static final String HIGHEST =
      "SELECT max(id) FROM (SELECT id FROM recipient UNION ALL SELECT id FROM forgotten_recipient)"
          + " WHERE id % ? = ?";

  private RecipientDao() {}

  /** Notes that it is there; a new one begins at the journal's head. Returns its number. */
  public static long register(SqliteSession sql, RecipientNumbers numbers, String name, Instant now)
      throws SQLException {
    long micros = TimeColumns.micros(now);
    int partition = numbers.partition(name);
    sql.update(
        "INSERT INTO recipient (id, name, cursor, created_at, seen_at) VALUES (?, ?, (SELECT coalesce(max(head), 0) FROM epoch), ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
        numbers.next(partition, sql.number(HIGHEST, numbers.partitions(), partition)),
        name,
        micros,
        micros);
    return sql.number("SELECT id FROM recipient WHERE name = ?", name);
  }

  /** Its number; empty: it is not known. */
  public static Optional<Long> number(SqliteSession sql, String name) throws SQLException {
    return sql.first("SELECT id FROM recipient WHERE name = ?", row -> row.getLong(1), name);
  }

  /** Since when it is known; empty: it is not, or was forgotten. */
  public static Optional<Instant> knownSince(SqliteSession sql, String name) throws SQLException {
    return sql.first(
        "SELECT created_at FROM recipient WHERE name = ?",
        row -> TimeColumns.instant(row.getLong(1)),
        name);
  }

  /** Notes that some have a file. Returns all that had one since an instant. */
  public static Set<String> seen(SqliteSession sql, Set<String> names, Instant now, Instant since)
      throws SQLException {
    for (String name : names) {
      sql.update("UPDATE recipient SET seen_at = ? WHERE name = ?", TimeColumns.micros(now), name);
    }
    return Set.copyOf(
        sql.list(
            "SELECT name FROM recipient WHERE seen_at >= ?",
            row -> row.getString(1),
            TimeColumns.micros(since)));
  }
}
