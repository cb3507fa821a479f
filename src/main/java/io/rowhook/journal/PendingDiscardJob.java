package io.rowhook.journal;

import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryState.Failed;
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
record PendingDiscardJob(
    Writer writer, Readers readers, long recipient, Range range, Predicate<Event> wanted) {

  /** Whether an event, {@code e}, is after the cursor, and nothing has become of it. */
  private static final String NEVER_ATTEMPTED =
      " e.sequence > (SELECT cursor FROM recipient WHERE id = ?)"
          + " AND NOT EXISTS (SELECT 1 FROM delivery WHERE recipient = ? AND sequence = e.sequence)"
          + " AND NOT EXISTS (SELECT 1 FROM attempt WHERE recipient = ? AND sequence = e.sequence)"
          + " AND NOT EXISTS (SELECT 1 FROM skipped WHERE recipient = ? AND sequence = e.sequence)";

  private static final String PAGE =
      "SELECT "
          + EventTable.COLUMNS
          + " FROM event e WHERE e.sequence > ? AND e.sequence <= ? AND"
          + NEVER_ATTEMPTED
          + " ORDER BY e.sequence LIMIT "
          + EventTable.STEP_EVENTS;

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
  long run(long head, boolean really) throws InterruptedException {
    long last = Math.min(head, range.end());
    long cursor =
        readers.read(sql -> sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient));
    long position = Math.max(range.start(), cursor);
    long count = 0;
    while (true) {
      List<Entry> page = page(position, last);
      if (page.isEmpty()) {
        return count;
      }
      List<DeliveryTable.Row> keys =
          page.stream()
              .filter(this::isMeant)
              .map(entry -> DeliveryTable.Row.of(recipient, Delivery.pending(entry, null, null)))
              .toList();
      if (!keys.isEmpty()) {
        count += really ? writer.write(Write.urgent(sql -> discard(sql, keys))) : keys.size();
      }
      position = page.getLast().sequence();
    }
  }

  private boolean isMeant(Entry entry) {
    Event event = entry.event();
    return range.covers(Times.micros(event.committedAt()), event.entityType(), event.entityId())
        && wanted.test(event);
  }

  private List<Entry> page(long after, long last) {
    return readers.read(
        sql -> EventTable.page(sql, PAGE, after, last, recipient, recipient, recipient, recipient));
  }

  private long discard(Sql sql, List<DeliveryTable.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryTable.Row key : keys) {
      count += discard(sql, recipient, key.sequence(), key.entityKey());
    }
    return count;
  }

  /** Discards one that was never attempted; returns 0 if it was, or is not after the cursor. */
  static int discard(Sql sql, long recipient, long sequence, byte[] entityKey) throws SQLException {
    return sql.update(
        DISCARD, recipient, entityKey, sequence, recipient, recipient, recipient, recipient);
  }
}
