package io.rowhook.journal.tables;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryCursor;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.InFlight;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.PendingDeliveries;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The exceptions and the attempt log on disk. */
public final class DeliveryDao {

  /** A delivery with its event. */
  public static final String SELECT =
      "SELECT d.state, d.next_at, d.attempts, d.first_attempt_at, d.matched, d.redelivery,"
          + " d.reason, d.trials, d.behind, m.type AS merged_type, m.body AS merged_body, "
          + EventDao.COLUMNS
          + " FROM delivery d JOIN event e ON e.sequence = d.sequence"
          + " LEFT JOIN merged m ON m.recipient = d.recipient AND m.sequence = d.sequence"
          + " WHERE d.recipient = ?";

  /**
   * How often a person has redelivered it, once more; also where it was delivered and so is no
   * exception. Of a recipient and sequence, given twice.
   */
  public static final String NEXT_REDELIVERY =
      "1 + max(coalesce((SELECT max(redelivery) FROM attempt WHERE recipient = ? AND sequence = ?),"
          + " 0), coalesce((SELECT redelivery FROM delivery WHERE recipient = ? AND sequence = ?),"
          + " 0))";

  /** Whether a person has let it go, of the table {@code delivery}. */
  public static final String DISCARDED =
      "state = 'failed' AND coalesce(reason, '') GLOB '" + Failed.DISCARDED + "*'";

  /** Whether it does not hold its event from retention, of the table {@code delivery}. */
  public static final String LET_GO =
      "state = 'failed' AND (coalesce(reason, '') GLOB '"
          + Failed.DISCARDED
          + "*' OR coalesce(reason, '') GLOB '"
          + Failed.BACKLOG_LIMIT
          + "*')";

  /**
   * The attempts of a recipient that failed and count against it, since an instant and the end of
   * its last pause: there was a POST. Parameters: recipient, instant, recipient.
   */
  public static final String COUNTING_FAILURES = // those of one request have one time
      " FROM attempt WHERE recipient = ? AND at >= max(?,"
          + " (SELECT coalesce(counted_from, 0) FROM recipient WHERE id = ?))"
          + " AND error IS NOT NULL AND body_sha256 IS NOT NULL";

  /**
   * A delivery without its event's body: this waits in a queue.
   *
   * @param recipient its number
   * @param sequence of the event
   * @param entityKey of the event
   * @param bytes of the event's JSON
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Row(
      long recipient,
      long sequence,
      byte[] entityKey,
      int bytes,
      DeliveryState state,
      @Nullable String match,
      int redelivery,
      int trials) {

    public static Row of(long recipient, Delivery delivery) {
      return new Row(
          recipient,
          delivery.sequence(),
          delivery.entityKey().getBytes(StandardCharsets.UTF_8),
          delivery.entry().event().json().length,
          delivery.state(),
          delivery.match(),
          delivery.redelivery(),
          delivery.trials());
    }
  }

  private DeliveryDao() {}

  /**
   * The outcome of an attempt: its entry in the log, and where the delivery now stands. Where a
   * person has redelivered or discarded it while the attempt was under way, their word stands.
   */
  public static void attempted(SqliteSession sql, Row key, Attempt attempt) throws SQLException {
    log(sql, key, attempt);
    if (key.state() instanceof Delivered) {
      sql.update(
          "DELETE FROM delivery WHERE recipient = ? AND sequence = ? AND redelivery <= ?",
          key.recipient(),
          key.sequence(),
          key.redelivery());
      return;
    }
    // The first attempt's time and what was decided stay, until a person redelivers.
    sql.update(
        "INSERT INTO delivery (recipient, sequence, entity_key, state, next_at, attempts,"
            + " first_attempt_at, matched, redelivery, reason, trials, bytes)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (recipient, sequence) DO UPDATE SET state = excluded.state,"
            + " next_at = excluded.next_at, attempts = excluded.attempts,"
            + " first_attempt_at = CASE WHEN redelivery = excluded.redelivery"
            + " THEN coalesce(first_attempt_at, excluded.first_attempt_at)"
            + " ELSE excluded.first_attempt_at END,"
            + " matched = CASE WHEN redelivery = excluded.redelivery"
            + " THEN coalesce(matched, excluded.matched)"
            + " ELSE excluded.matched END,"
            + " redelivery = excluded.redelivery, reason = excluded.reason,"
            + " trials = excluded.trials, asked = 0"
            + " WHERE redelivery < excluded.redelivery"
            + " OR (redelivery = excluded.redelivery AND NOT ("
            + DISCARDED
            + "))",
        key.recipient(),
        key.sequence(),
        key.entityKey(),
        name(key.state()),
        nextAt(key.state()),
        attempt.number(),
        TimeColumns.micros(attempt.at()),
        key.match(),
        key.redelivery(),
        reason(key.state()),
        key.trials(),
        key.bytes());
  }

  /** Written again after a crash, an attempt takes the place of the one with its number. */
  private static void log(SqliteSession sql, Row key, Attempt attempt) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO attempt (recipient, sequence, redelivery, number, at, took,"
            + " request_id, status, error, answer, attribute_set, body_sha256, outcome)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key.recipient(),
        key.sequence(),
        key.redelivery(),
        attempt.number(),
        TimeColumns.micros(attempt.at()),
        TimeColumns.micros(attempt.took()),
        attempt.requestId(),
        attempt.status(),
        attempt.error(),
        attempt.answer(),
        attempt.attributeSet(),
        attempt.bodySha256(),
        name(key.state()));
  }

  /** A state that no attempt led to; what is known of its attempts stays. */
  public static void put(SqliteSession sql, Row key) throws SQLException {
    DeliveryState state = key.state();
    if (state instanceof Delivered) {
      remove(sql, key);
    } else {
      if (state instanceof Failed failed && failed.reason().startsWith(Failed.BACKLOG_LIMIT)) {
        CompletenessDao.lacks(sql, key.recipient(), key.sequence());
      }
      sql.update(
          "INSERT INTO delivery (recipient, sequence, entity_key, state, next_at, attempts,"
              + " matched, redelivery, reason, bytes, behind)"
              + " VALUES (?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?)"
              + " ON CONFLICT (recipient, sequence) DO UPDATE SET state = excluded.state,"
              + " next_at = excluded.next_at, reason = excluded.reason, behind = excluded.behind"
              + " WHERE redelivery = 0 AND NOT ("
              + DISCARDED
              + ")",
          key.recipient(),
          key.sequence(),
          key.entityKey(),
          name(state),
          nextAt(state),
          key.match(),
          reason(state),
          key.bytes(),
          behind(state));
    }
  }

  /** See {@link DeliveryCursor#lastKnown}: each the end of a primary key. */
  public static long lastKnown(SqliteSession sql, long recipient) throws SQLException {
    long last = 0;
    for (String max :
        List.of(
            "SELECT max(sequence) FROM delivery WHERE recipient = ?",
            "SELECT max(sequence) FROM attempt WHERE recipient = ?",
            "SELECT max(sequence) FROM skipped WHERE recipient = ?",
            "SELECT max(sequence) FROM merged WHERE recipient = ?")) {
      last = Math.max(last, sql.number(max, recipient));
    }
    return last;
  }

  /** See {@link DeliveryCursor#decided}. */
  public static Set<Long> known(SqliteSession sql, long recipient, long after, long through)
      throws SQLException {
    Set<Long> known = new HashSet<>();
    for (String some :
        List.of(
            "SELECT sequence FROM delivery WHERE recipient = ? AND sequence > ? AND sequence <= ?",
            "SELECT sequence FROM attempt WHERE recipient = ? AND sequence > ? AND sequence <= ?"
                + " AND outcome = 'delivered'",
            "SELECT sequence FROM skipped WHERE recipient = ? AND sequence > ? AND sequence <= ?")) {
      known.addAll(sql.list(some, row -> row.getLong(1), recipient, after, through));
    }
    return known;
  }

  /** See {@link PendingDeliveries#isOpen}. */
  public static boolean isOpen(SqliteSession sql, long recipient, long sequence, int redelivery)
      throws SQLException {
    return sql.number(
            "SELECT count(*) FROM delivery WHERE recipient = ? AND sequence = ?"
                + " AND redelivery = ? AND state <> 'failed'",
            recipient,
            sequence,
            redelivery)
        > 0;
  }

  private static void remove(SqliteSession sql, Row key) throws SQLException {
    sql.update(
        "DELETE FROM delivery WHERE recipient = ? AND sequence = ?",
        key.recipient(),
        key.sequence());
  }

  public static Delivery delivery(ResultSet row) throws SQLException {
    return new Delivery(
        EventDao.entry(row),
        state(row),
        row.getString("matched"),
        row.getInt("attempts"),
        TimeColumns.instant(row, "first_attempt_at"),
        row.getInt("redelivery"),
        row.getInt("trials"),
        SkippedDao.coalesced(row));
  }

  public static Attempt attempt(ResultSet row) throws SQLException {
    return new Attempt(
        row.getInt("number"),
        TimeColumns.instant(row.getLong("at")),
        TimeColumns.duration(row.getLong("took")),
        row.getString("request_id"),
        status(row),
        row.getString("error"),
        row.getString("answer"),
        row.getString("attribute_set"),
        row.getString("body_sha256"));
  }

  /** The answer's; null where there was none. */
  static @Nullable public Integer status(ResultSet row) throws SQLException {
    int number = row.getInt("status");
    return row.wasNull() ? null : Integer.valueOf(number);
  }

  private static DeliveryState state(ResultSet row) throws SQLException {
    String name = row.getString("state");
    return switch (name) {
      case "waiting" -> new Retrying(dueAt(row));
      case "blocked" -> new Blocked(text(row.getBytes("behind")));
      case "failed" -> new Failed(Objects.requireNonNullElse(row.getString("reason"), ""));
      default -> throw new SQLException("no state of a delivery: " + name);
    };
  }

  private static Instant dueAt(ResultSet row) throws SQLException {
    return Objects.requireNonNullElse(TimeColumns.instant(row, "next_at"), Instant.EPOCH);
  }

  private static String name(DeliveryState state) {
    return switch (state) {
      case Delivered _ -> "delivered";
      case Retrying _ -> "waiting";
      case Blocked _ -> "blocked";
      case Failed _ -> "failed";
      case Pending _, InFlight _ -> throw new IllegalArgumentException(state + " is never on disk");
    };
  }

  private static @Nullable Long nextAt(DeliveryState state) {
    return state instanceof Retrying(Instant at) ? TimeColumns.micros(at) : null;
  }

  private static byte @Nullable [] behind(DeliveryState state) {
    return state instanceof Blocked(String behind) && behind != null
        ? behind.getBytes(StandardCharsets.UTF_8)
        : null;
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static @Nullable String reason(DeliveryState state) {
    return state instanceof Failed failed ? failed.reason() : null;
  }
}
