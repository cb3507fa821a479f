package io.rowhook.journal.tables;

import io.rowhook.entity.EventType;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.SupersededDeliveries;
import io.rowhook.journal.SupersedingEvent;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was skipped in favour of a newer event, and what is sent for that one, on disk. */
public final class SkippedDao {

  /** Whether nobody has touched a delivery that is Blocked, of the table {@code delivery}. */
  private static final String UNTOUCHED = "state = 'blocked' AND attempts = 0 AND redelivery = 0";

  public static final String LATER =
      "SELECT "
          + EventDao.COLUMNS
          + ", m.type AS merged_type, m.body AS merged_body,"
          + " EXISTS (SELECT 1 FROM delivery WHERE recipient = ? AND sequence = e.sequence)"
          + " AS on_disk,"
          + " (SELECT matched FROM delivery WHERE recipient = ? AND sequence = e.sequence)"
          + " AS matched,"
          + " EXISTS (SELECT 1 FROM attempt WHERE recipient = ? AND sequence = e.sequence)"
          + " OR EXISTS (SELECT 1 FROM skipped WHERE recipient = ? AND sequence = e.sequence)"
          + " OR EXISTS (SELECT 1 FROM delivery WHERE recipient = ? AND sequence = e.sequence"
          + " AND NOT ("
          + UNTOUCHED
          + ")) AS touched FROM event e INDEXED BY event_entity"
          + " LEFT JOIN merged m ON m.recipient = ? AND m.sequence = e.sequence"
          + " WHERE e.entity_type = ? AND e.entity_id = ? AND e.sequence > ?"
          + " ORDER BY e.sequence LIMIT ?";

  /** What was sent instead of an event may be of another type. */
  public static final String EARLIER =
      "SELECT coalesce(m.type, e.type) AS type,"
          + " EXISTS (SELECT 1 FROM attempt WHERE recipient = ? AND sequence = e.sequence)"
          + " AS attempted FROM event e INDEXED BY event_entity"
          + " LEFT JOIN merged m ON m.recipient = ? AND m.sequence = e.sequence"
          + " WHERE e.entity_type = ? AND e.entity_id = ? AND e.sequence < ?"
          + " ORDER BY e.sequence DESC";

  private SkippedDao() {}

  /** See {@link SupersededDeliveries#later}. */
  public static List<SupersedingEvent> later(
      SqliteSession sql, long recipient, JournalEntry entry, int limit, long maxBytes)
      throws SQLException {
    List<SupersedingEvent> found = new ArrayList<>();
    long[] bytes = {0};
    sql.each(
        LATER,
        row -> {
          if (row.getBoolean("touched")) {
            return false;
          }
          SupersedingEvent superseding =
              new SupersedingEvent(
                  EventDao.entry(row),
                  row.getBoolean("on_disk"),
                  row.getString("matched"),
                  coalesced(row));
          found.add(superseding);
          bytes[0] += superseding.event().json().length;
          return bytes[0] < maxBytes;
        },
        recipient,
        recipient,
        recipient,
        recipient,
        recipient,
        recipient,
        entry.event().entityType(),
        entry.event().entityId(),
        entry.sequence(),
        limit);
    return found;
  }

  /** See {@link SupersededDeliveries#mayHave}. */
  public static boolean mayHave(SqliteSession sql, long recipient, JournalEntry entry)
      throws SQLException {
    boolean[] has = {true};
    sql.each(
        EARLIER,
        row -> {
          String type = row.getString("type");
          boolean attempted = row.getBoolean("attempted");
          has[0] = !type.equals((attempted ? EventType.Deleted : EventType.Created).name());
          return !attempted;
        },
        recipient,
        recipient,
        entry.event().entityType(),
        entry.event().entityId(),
        entry.sequence());
    return has[0];
  }

  /** See {@link SupersededDeliveries#skip}. */
  public static void skip(
      SqliteSession sql,
      long recipient,
      List<Long> skipped,
      long newest,
      @Nullable CoalescedEvent coalesced)
      throws SQLException {
    for (long sequence : skipped) {
      skip(sql, recipient, sequence, newest, UNTOUCHED);
    }
    if (coalesced != null) {
      sql.update(
          "INSERT OR REPLACE INTO merged (recipient, sequence, type, body) VALUES (?, ?, ?, ?)",
          recipient,
          newest,
          coalesced.type().name(),
          coalesced.json());
    }
  }

  /**
   * See {@link io.rowhook.journal.Acknowledgements#unchanged}. What a person has redelivered
   * meanwhile stays.
   *
   * @param same stands in the column {@code newer}, and is older
   */
  public static void unchanged(SqliteSession sql, long recipient, long sequence, long same)
      throws SQLException {
    skip(sql, recipient, sequence, same, "redelivery = 0");
  }

  /**
   * Notes that one is not sent; not where it stands on disk and is to be.
   *
   * @param other is why
   * @param letGo of the table {@code delivery}: it is not to be sent any more
   */
  private static void skip(
      SqliteSession sql, long recipient, long sequence, long other, String letGo)
      throws SQLException {
    sql.update(
        "DELETE FROM delivery WHERE recipient = ? AND sequence = ? AND " + letGo,
        recipient,
        sequence);
    sql.update("DELETE FROM merged WHERE recipient = ? AND sequence = ?", recipient, sequence);
    sql.update(
        "INSERT OR IGNORE INTO skipped (recipient, sequence, newer) SELECT ?, ?, ?"
            + " WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE recipient = ? AND sequence = ?)",
        recipient,
        sequence,
        other,
        recipient,
        sequence);
  }

  public static Optional<CoalescedEvent> coalesced(SqliteSession sql, long recipient, long sequence)
      throws SQLException {
    return sql.first(
        "SELECT type AS merged_type, body AS merged_body FROM merged"
            + " WHERE recipient = ? AND sequence = ?",
        row -> new CoalescedEvent(EventType.valueOf(row.getString(1)), row.getBytes(2)),
        recipient,
        sequence);
  }

  /** From the columns {@code merged_type} and {@code merged_body}; null where they are. */
  static @Nullable CoalescedEvent coalesced(ResultSet row) throws SQLException {
    String type = row.getString("merged_type");
    return type == null
        ? null
        : new CoalescedEvent(EventType.valueOf(type), row.getBytes("merged_body"));
  }
}
