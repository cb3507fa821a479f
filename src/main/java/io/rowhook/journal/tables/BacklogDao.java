package io.rowhook.journal.tables;

import io.rowhook.journal.Backlog;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** A recipient's backlog, added up from an index and a running sum. */
public final class BacklogDao {

  /** Those after the cursor are among the events after it. */
  public static final String OPEN =
      "SELECT coalesce(sum(bytes), 0) FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed' AND sequence <= ? AND redelivery = 0";

  public static final String REQUESTED =
      "SELECT coalesce(sum(bytes), 0) FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed' AND redelivery > 0";

  /** Of these, what is among the events after the cursor. */
  private static final String REQUESTED_AFTER = REQUESTED + " AND sequence > ?";

  public static final String OLDEST =
      "SELECT journaled_at FROM event WHERE sequence = (SELECT min(sequence) FROM ("
          + "SELECT min(sequence) AS sequence FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed' AND redelivery = 0"
          + " UNION ALL SELECT min(sequence) FROM event WHERE sequence > ? AND sequence <= "
          + EventDao.HEAD
          + "))";

  private BacklogDao() {}

  public static Backlog of(SqliteSession sql, long recipient) throws SQLException {
    long cursor = sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient);
    long open = sql.number(OPEN, recipient, cursor);
    Optional<Instant> oldest =
        sql.first(OLDEST, row -> TimeColumns.instant(row.getLong(1)), recipient, cursor);
    long requested = sql.number(REQUESTED, recipient);
    long counted = requested == 0 ? 0 : sql.number(REQUESTED_AFTER, recipient, cursor);
    return new Backlog(open + after(sql, cursor) - counted, oldest, requested);
  }

  /** Bytes of the events after a sequence, whether or not the one with it is still there. */
  private static long after(SqliteSession sql, long sequence) throws SQLException {
    return sql.number(
        "SELECT (SELECT total FROM epoch ORDER BY n DESC LIMIT 1) - total"
            + " + CASE WHEN audience IS NULL THEN length(body) ELSE 0 END"
            + " FROM event WHERE sequence > ? AND sequence <= "
            + EventDao.HEAD
            + " ORDER BY sequence LIMIT 1",
        sequence);
  }
}
