package io.rowhook.journal.jobs;

import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.EventDao;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Discards what a recipient was never sent yet: events after its cursor, in small steps. Each ends
 * failed, "discarded by a person", and can be redelivered until its event is removed.
 *
 * @param recipient its number
 * @param wanted which events the recipient gets; asked outside of the writer's thread
 */
public record PendingDiscardJob(
    GroupCommitWriter writer,
    ReaderPool readers,
    long recipient,
    DeliveryFilter filter,
    Predicate<Event> wanted) {

  /**
   * Whether an event, {@code e}, is after the cursor, and nothing has become of it. Parameters: the
   * recipient, four times.
   */
  public static final String NEVER_ATTEMPTED =
      " e.sequence > (SELECT cursor FROM recipient WHERE id = ?)"
          + " AND NOT EXISTS (SELECT 1 FROM delivery WHERE recipient = ? AND sequence = e.sequence)"
          + " AND NOT EXISTS (SELECT 1 FROM attempt WHERE recipient = ? AND sequence = e.sequence)"
          + " AND NOT EXISTS (SELECT 1 FROM skipped WHERE recipient = ? AND sequence = e.sequence)";

  private static final String PAGE =
      "SELECT "
          + EventDao.COLUMNS
          + " FROM event e WHERE e.sequence > ? AND e.sequence <= ? AND"
          + NEVER_ATTEMPTED
          + " ORDER BY e.sequence LIMIT "
          + EventDao.STEP_EVENTS;

  static final String DISCARD =
      "INSERT INTO delivery (recipient, sequence, entity_key, state, attempts, redelivery, reason,"
          + " bytes) SELECT ?, e.sequence, ?, 'failed', 0, 0, '"
          + Failed.DISCARDED
          + "', length(e.body) FROM event e WHERE e.sequence = ? AND"
          + NEVER_ATTEMPTED;

  /**
   * Goes through the range.
   *
   * @param head the last sequence that may be in it
   * @param really whether to do it, or only to count
   * @return how many deliveries
   */
  public long run(long head, boolean really) throws InterruptedException {
    long last = Math.min(head, filter.end());
    long cursor =
        readers.read(sql -> sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient));
    long position = Math.max(filter.start(), cursor);
    long count = 0;
    while (true) {
      List<JournalEntry> page = page(position, last);
      if (page.isEmpty()) {
        return count;
      }
      List<DeliveryDao.Row> keys =
          page.stream()
              .filter(this::isMeant)
              .map(entry -> DeliveryDao.Row.of(recipient, Delivery.pending(entry, null, null)))
              .toList();
      if (!keys.isEmpty()) {
        count += really ? writer.write(WriteTask.urgent(sql -> discard(sql, keys))) : keys.size();
      }
      position = page.getLast().sequence();
    }
  }

  private boolean isMeant(JournalEntry entry) {
    Event event = entry.event();
    return filter.covers(
            TimeColumns.micros(event.committedAt()), event.entityType(), event.entityId())
        && wanted.test(event);
  }

  private List<JournalEntry> page(long after, long last) {
    return readers.read(
        sql -> EventDao.page(sql, PAGE, after, last, recipient, recipient, recipient, recipient));
  }

  private long discard(SqliteSession sql, List<DeliveryDao.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryDao.Row key : keys) {
      count += discard(sql, recipient, key.sequence(), key.entityKey());
    }
    return count;
  }

  /** Discards one that was never attempted; returns 0 if it was, or is not after the cursor. */
  public static int discard(SqliteSession sql, long recipient, long sequence, byte[] entityKey)
      throws SQLException {
    return sql.update(
        DISCARD, recipient, entityKey, sequence, recipient, recipient, recipient, recipient);
  }
}
