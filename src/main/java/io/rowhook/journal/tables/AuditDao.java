package io.rowhook.journal.tables;

import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.AuditLog;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The audit log on disk. */
public final class AuditDao {

  private AuditDao() {}

  /**
   * Adds an entry. Its number grows with the time, so that those of several instances that share a
   * journal can stand together, and is exact in a JSON number.
   */
  public static void insert(
      SqliteSession sql, Instant at, String actor, Action action, String subject, String detail)
      throws SQLException {
    sql.update(
        "INSERT INTO audit (n, at, actor, action, subject, detail)"
            + " VALUES (max(?, 1 + coalesce((SELECT max(n) FROM audit), 0)), ?, ?, ?, ?, ?)",
        4 * TimeColumns.micros(at) + ThreadLocalRandom.current().nextInt(4),
        TimeColumns.micros(at),
        actor,
        action.text(),
        subject,
        detail);
  }

  /** The newest first. */
  public static List<AuditEntry> find(SqliteSession sql, AuditLog.Query query) throws SQLException {
    String action = query.action() == null ? null : query.action().text();
    return sql.list(
        "SELECT n, at, actor, action, subject, detail FROM audit WHERE n < ?"
            + " AND (? IS NULL OR action = ?) AND (? IS NULL OR subject = ?)"
            + " AND at >= ? AND at < ? ORDER BY n DESC LIMIT ?",
        row ->
            new AuditEntry(
                row.getLong("n"),
                TimeColumns.instant(row.getLong("at")),
                row.getString("actor"),
                Action.of(row.getString("action")),
                row.getString("subject"),
                row.getString("detail")),
        query.before() == null ? Long.MAX_VALUE : query.before(),
        action,
        action,
        query.subject(),
        query.subject(),
        query.from() == null ? Long.MIN_VALUE : TimeColumns.micros(query.from()),
        query.to() == null ? Long.MAX_VALUE : TimeColumns.micros(query.to()),
        query.limit());
  }

  /**
   * Removes, of the oldest entries, those from before an instant and those that are too many.
   *
   * @param most how many may stay
   * @param limit how many to look at
   * @return how many were removed
   */
  public static int remove(SqliteSession sql, Instant before, int most, int limit)
      throws SQLException {
    long tooMany = Math.max(0, sql.number("SELECT count(*) FROM audit") - most);
    return sql.update(
            "DELETE FROM audit WHERE n IN (SELECT n FROM audit ORDER BY n LIMIT ?) AND at < ?",
            limit,
            TimeColumns.micros(before))
        + sql.update(
            "DELETE FROM audit WHERE n IN (SELECT n FROM audit ORDER BY n LIMIT ?)",
            Math.min(limit, tooMany));
  }
}
