package io.rowhook.journal.tables;

import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Up to when all of the source's commits are in the journal, and with a recipient. */
public final class CompletenessDao {

  /**
   * Whatever the source had committed by an instant has no sequence above the head.
   *
   * @param head a sequence
   */
  public record Point(long head, Instant committedTo) {}

  /**
   * How far a recipient has all.
   *
   * @param id its number
   * @param through up to this sequence it has settled all, or a person has let it go
   * @param lacksFrom from this one on the limit of its backlog let go; null: it did not
   */
  public record Settled(long id, long through, @Nullable Long lacksFrom) {}

  /** The note that says which changes are known to be missing; while it is there, none is noted. */
  private static final String MISSING = "missing-changes";

  /** After so long one of each minute is enough, and after so long one of each hour. */
  private static final Duration CLOSE = Duration.ofMinutes(10);

  private static final Duration FAR = Duration.ofDays(1);

  /** Both in one statement, so that both are as of one moment. */
  private static final String SETTLED =
      """
      WITH open AS MATERIALIZED (
        SELECT id, lacks_from, min(cursor,
          coalesce((SELECT d.sequence - 1 FROM delivery d
            WHERE d.recipient = r.id AND d.sequence > ?1 AND NOT (%s)
            ORDER BY d.sequence LIMIT 1), cursor),
          coalesce(lacks_from - 1, cursor)) AS through
        FROM recipient r WHERE name = ?2)
      SELECT id, lacks_from, min(through,
        coalesce((SELECT s.sequence - 1 FROM skipped s
          WHERE s.recipient = open.id AND s.sequence > ?1 AND s.sequence <= open.through
            AND s.newer > open.through
          ORDER BY s.sequence LIMIT 1), through)) AS through
      FROM open
      """
          .formatted(DeliveryDao.DISCARDED);

  private CompletenessDao() {}

  /**
   * Notes a point; not while changes are known to be missing.
   *
   * @return whether it is noted
   */
  public static boolean note(SqliteSession sql, Point point) throws SQLException {
    if (missing(sql).isPresent()) {
      return false;
    }
    write(sql, point);
    return true;
  }

  /** The same, of a point that was found before anything is known to be missing. */
  public static void write(SqliteSession sql, Point point) throws SQLException {
    sql.update(
        "INSERT INTO completeness (head, committed_to) VALUES (?, ?)"
            + " ON CONFLICT (head) DO UPDATE SET committed_to = excluded.committed_to",
        point.head(),
        TimeColumns.micros(point.committedTo()));
  }

  /** The last that is noted for all up to a sequence. */
  public static Optional<Point> at(SqliteSession sql, long through) throws SQLException {
    return sql.first(
        "SELECT head, committed_to FROM completeness WHERE head <= ? ORDER BY head DESC LIMIT 1",
        row -> new Point(row.getLong(1), TimeColumns.instant(row.getLong(2))),
        through);
  }

  /** Which changes are known to be missing; empty: none, or a person has accepted it. */
  public static Optional<String> missing(SqliteSession sql) throws SQLException {
    return NoteDao.read(sql, MISSING);
  }

  /** Changes are missing, and none has said yet that this is accepted. */
  public static void miss(SqliteSession sql, String what) throws SQLException {
    if (missing(sql).isEmpty()) {
      NoteDao.write(sql, Map.of(MISSING, what));
    }
  }

  /** A person accepts that. Returns whether there was anything. */
  public static boolean accept(SqliteSession sql) throws SQLException {
    return sql.update("DELETE FROM note WHERE name = ?", MISSING) > 0;
  }

  /**
   * How far a recipient has all; empty: it is not known.
   *
   * @param from up to here it was found to have all before: what happened below since is a person's
   *     doing
   */
  public static Optional<Settled> settled(SqliteSession sql, String recipient, long from)
      throws SQLException {
    return sql.first(
        SETTLED,
        row -> {
          long lacks = row.getLong("lacks_from");
          Long lacksFrom = row.wasNull() ? null : lacks;
          return new Settled(row.getLong("id"), row.getLong("through"), lacksFrom);
        },
        from,
        recipient);
  }

  /** The limit of a recipient's backlog lets a delivery go. */
  static void lacks(SqliteSession sql, long recipient, long sequence) throws SQLException {
    sql.update(
        "UPDATE recipient SET lacks_from = ?1 WHERE id = ?2 AND coalesce(lacks_from, ?1) >= ?1",
        sequence,
        recipient);
  }

  /** A person accepts what it let go. Returns whether there was anything. */
  public static boolean acceptLacks(SqliteSession sql, String recipient) throws SQLException {
    return sql.update(
            "UPDATE recipient SET lacks_from = NULL WHERE name = ? AND lacks_from IS NOT NULL",
            recipient)
        > 0;
  }

  /** Removes old ones but for the last of each minute, and of each hour. Returns how many. */
  public static int thin(SqliteSession sql, Instant now) throws SQLException {
    return thin(sql, now.minus(FAR), Duration.ofHours(1))
        + thin(sql, now.minus(CLOSE), Duration.ofMinutes(1));
  }

  private static int thin(SqliteSession sql, Instant before, Duration each) throws SQLException {
    return sql.update(
        "DELETE FROM completeness AS c WHERE committed_to < ?1 AND EXISTS (SELECT 1 FROM completeness"
            + " n WHERE n.head = (SELECT min(head) FROM completeness WHERE head > c.head)"
            + " AND n.committed_to / ?2 = c.committed_to / ?2)",
        TimeColumns.micros(before),
        TimeColumns.micros(each));
  }
}
