package io.rowhook.journal.tables;

import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.NamedEntities;
import io.rowhook.journal.Journal;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events and rejected rows on disk. */
public final class EventDao {

  /** The columns that {@link #entry} reads, of a table or alias {@code e}. */
  public static final String COLUMNS =
      "e.sequence, e.id, e.entity_type, e.entity_id, e.type, e.committed_at, e.position, e.body,"
          + " e.audience, e.named";

  /** The newest sequence that may be seen: what is behind it is being published. */
  public static final String HEAD = "(SELECT head FROM epoch ORDER BY n DESC LIMIT 1)";

  /** Events that a job looks at in one step, and about so many bytes of them. */
  public static final int STEP_EVENTS = 500;

  private static final long STEP_BYTES = 4L << 20;

  /** Tables that have rows of a recipient about an event. */
  public static final List<String> OF_RECIPIENTS =
      List.of("attempt", "delivery", "skipped", "merged");

  private static final String PREFIX = "evt_";
  private static final Pattern HASHED = Pattern.compile(PREFIX + "[0-9a-f]{32}");
  private static final HexFormat HEX = HexFormat.of();

  private EventDao() {}

  private static final String INSERT =
      "INSERT INTO event (sequence, id, entity_type, entity_id, type, committed_at, position, transaction_id,"
          + " body, total, journaled_at, audience, named) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS"
          + " (SELECT 1 FROM event WHERE id = ? AND position = ?)";

  /**
   * Writes an event. One whose id another of the same transaction has is kept among the rejected
   * rows; that of another transaction is refused.
   *
   * @param total bytes of the JSON of all events for all up to and including this one
   * @return whether it is there
   */
  public static boolean insert(
      SqliteSession sql, Transaction transaction, JournalEntry entry, long total)
      throws SQLException {
    Event event = entry.event();
    Object id = storedId(event.id());
    int inserted =
        sql.update(
            INSERT,
            entry.sequence(),
            id,
            event.entityType(),
            event.entityId(),
            event.type().name(),
            TimeColumns.micros(event.committedAt()),
            event.position().stored(),
            transaction.id(),
            event.json(),
            total,
            TimeColumns.micros(Instant.now()),
            event.audience(),
            event.named().json(),
            id,
            transaction.end().stored());
    if (inserted == 0) {
      insertRejected(
          sql,
          transaction,
          event.entityType(),
          event.type().name(),
          event.entityId(),
          "the transaction has another event of this entity and this id: ids must be unique");
    } else if (!event.indexed().isEmpty()) {
      IndexDao.insert(sql, entry.sequence(), event.entityType(), event.indexed());
    }
    return inserted > 0;
  }

  public static void insert(SqliteSession sql, Transaction transaction, RejectedRow row)
      throws SQLException {
    insertRejected(
        sql, transaction, row.table().toString(), row.operation(), row.key(), row.reason());
  }

  private static void insertRejected(
      SqliteSession sql,
      Transaction transaction,
      String table,
      String operation,
      String key,
      String reason)
      throws SQLException {
    CompletenessDao.miss(
        sql,
        "a row of %s (%s) at %s makes no event: %s"
            .formatted(table, operation, transaction.end(), reason));
    sql.update(
        "INSERT INTO rejected_row (at, position, transaction_id, table_name, operation, key, reason)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        TimeColumns.micros(transaction.committedAt()),
        transaction.end().stored(),
        transaction.id(),
        table,
        operation,
        key,
        reason);
  }

  /** See {@link Journal#read}; nothing after {@code head}. */
  public static List<JournalEntry> read(
      SqliteSession sql, long after, long head, int limit, long maxBytes) throws SQLException {
    List<JournalEntry> found = new ArrayList<>();
    long[] taken = {0};
    sql.each(
        "SELECT "
            + COLUMNS
            + " FROM event e WHERE e.sequence > ? AND e.sequence <= ? ORDER BY e.sequence LIMIT ?",
        row -> {
          JournalEntry entry = entry(row);
          taken[0] += entry.event().json().length;
          if (taken[0] > maxBytes && !found.isEmpty()) {
            return false;
          }
          found.add(entry);
          return taken[0] < maxBytes;
        },
        after,
        head,
        limit);
    return found;
  }

  /** See {@link Journal#lastBefore}. A search by halves, since their times grow. */
  public static long lastBefore(SqliteSession sql, Instant instant) throws SQLException {
    long before = TimeColumns.micros(instant);
    long low = sql.number("SELECT coalesce(min(sequence), 1) - 1 FROM event"); // is before, or none
    long high = sql.number("SELECT " + HEAD) + 1; // is not
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      Optional<long[]> found =
          sql.first(
              "SELECT sequence, journaled_at FROM event WHERE sequence >= ? ORDER BY sequence"
                  + " LIMIT 1",
              row -> new long[] {row.getLong(1), row.getLong(2)},
              middle);
      if (found.isPresent() && found.get()[0] < high && found.get()[1] < before) {
        low = found.get()[0];
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The transaction that made the newest event which is of one. */
  public static Optional<Transaction> newestTransaction(SqliteSession sql) throws SQLException {
    return sql.first(
        "SELECT position, transaction_id, committed_at FROM event WHERE transaction_id <> '' AND sequence <= "
            + HEAD
            + " ORDER BY sequence DESC LIMIT 1",
        row ->
            new Transaction(
                Position.of(row.getLong("position")),
                row.getString("transaction_id"),
                TimeColumns.instant(row.getLong("committed_at"))));
  }

  public static Optional<JournalEntry> find(SqliteSession sql, String eventId) throws SQLException {
    return sql.first(
        "SELECT " + COLUMNS + " FROM event e WHERE e.id = ? AND e.sequence <= " + HEAD,
        EventDao::entry,
        storedId(eventId));
  }

  /** Whether something stands behind the head: a transaction that is being published, or was. */
  public static boolean hasUnpublished(SqliteSession sql) throws SQLException {
    return sql.number(
            "SELECT EXISTS (SELECT 1 FROM event WHERE sequence > coalesce(" + HEAD + ", 0))")
        != 0;
  }

  /** Removes some of what was written and never published. Returns how many it removed. */
  public static int removeUnpublished(SqliteSession sql, int limit) throws SQLException {
    if (IndexDao.isUsed(sql)) {
      sql.update("DELETE FROM indexed_value" + UNPUBLISHED, limit);
    }
    return sql.update("DELETE FROM event" + UNPUBLISHED, limit);
  }

  private static final String UNPUBLISHED =
      " WHERE sequence IN (SELECT sequence FROM event WHERE sequence > coalesce("
          + HEAD
          + ", 0) ORDER BY sequence DESC LIMIT ?)";

  /** Removes an event and all that some recipients, by their numbers, have of it. */
  public static void remove(SqliteSession sql, long sequence, List<Long> recipients)
      throws SQLException {
    sql.update("DELETE FROM event WHERE sequence = ?", sequence);
    for (long recipient : recipients) {
      for (String table : OF_RECIPIENTS) {
        removeOf(sql, table, recipient, sequence);
      }
    }
  }

  /** Removes what a recipient has of an event in a table. */
  public static void removeOf(SqliteSession sql, String table, long recipient, long sequence)
      throws SQLException {
    sql.update(
        "DELETE FROM " + table + " WHERE recipient = ? AND sequence = ?", recipient, sequence);
  }

  /** The events that a query finds, up to the one that brings them to a job's step. */
  public static List<JournalEntry> page(SqliteSession sql, String query, @Nullable Object... values)
      throws SQLException {
    List<JournalEntry> found = new ArrayList<>();
    long[] bytes = {0};
    sql.each(
        query,
        row -> {
          JournalEntry entry = entry(row);
          found.add(entry);
          bytes[0] += entry.event().json().length;
          return bytes[0] < STEP_BYTES;
        },
        values);
    return found;
  }

  public static JournalEntry entry(ResultSet row) throws SQLException {
    Event event =
        new Event(
            shownId(row.getObject("id")),
            row.getString("entity_type"),
            row.getString("entity_id"),
            EventType.valueOf(row.getString("type")),
            TimeColumns.instant(row.getLong("committed_at")),
            Position.of(row.getLong("position")),
            row.getBytes("body"),
            row.getString("audience"),
            List.of(),
            new NamedEntities(row.getString("named")));
    return new JournalEntry(row.getLong("sequence"), event);
  }

  /** Half the size of the text, in the table and in its index. */
  private static Object storedId(String id) {
    return HASHED.matcher(id).matches() ? HEX.parseHex(id, PREFIX.length(), id.length()) : id;
  }

  public static String shownId(Object stored) {
    return stored instanceof byte[] bytes ? PREFIX + HEX.formatHex(bytes) : stored.toString();
  }
}
