package io.rowhook.journal;

import io.rowhook.entity.Event;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes a range of events pending for a recipient again, in steps so small that capture and
 * deliveries hardly notice. Each becomes Blocked, so that they go out in their order, behind
 * whatever of their entity is open already.
 *
 * <p>What is open is left alone, and so is what is after the cursor and was never attempted: it
 * goes out by itself.
 *
 * @param recipient its number
 * @param failedOnly only what stands as failed, and was not discarded
 * @param wanted which events the recipient gets; asked outside of the writer's thread
 */
record Replaying(
    Writer writer,
    Readers readers,
    long recipient,
    Range range,
    boolean failedOnly,
    Predicate<Event> wanted) {

  private static final String PAGE =
      "SELECT "
          + EventTable.COLUMNS
          + " FROM event e WHERE e.sequence > ? AND e.sequence <= ?"
          + " AND e.committed_at >= ? AND e.committed_at < ?"
          + " AND (? IS NULL OR e.entity_type = ?) AND (? IS NULL OR e.entity_id = ?)"
          + " AND (NOT ? OR EXISTS (SELECT 1 FROM delivery WHERE recipient = ?"
          + " AND sequence = e.sequence AND state = 'failed' AND NOT ("
          + DeliveryTable.DISCARDED
          + "))) ORDER BY e.sequence LIMIT ?";

  private static final String SETTLED =
      " FROM event e WHERE e.sequence = ? AND (e.sequence <= (SELECT cursor FROM recipient"
          + " WHERE id = ?) OR EXISTS (SELECT 1 FROM attempt WHERE recipient = ?"
          + " AND sequence = e.sequence) OR EXISTS (SELECT 1 FROM delivery WHERE recipient = ?"
          + " AND sequence = e.sequence)) AND NOT EXISTS (SELECT 1 FROM delivery"
          + " WHERE recipient = ? AND sequence = e.sequence AND state <> 'failed')";

  private static final String REPLAY =
      "INSERT INTO delivery (recipient, sequence, entity_key, state, attempts, redelivery, bytes)"
          + " SELECT ?, e.sequence, ?, 'blocked', 0, "
          + DeliveryTable.NEXT_REDELIVERY
          + ", length(e.body)"
          + SETTLED
          + " ON CONFLICT (recipient, sequence) DO UPDATE SET state = 'blocked', next_at = NULL,"
          + " attempts = 0, first_attempt_at = NULL, matched = NULL,"
          + " redelivery = excluded.redelivery, reason = NULL, trials = 0, asked = 0";

  /**
   * Goes through the range.
   *
   * @param head the last sequence that may be in it
   * @param really whether to do it, or only to count
   * @return how many deliveries
   */
  long run(long head, boolean really) throws InterruptedException {
    long last = Math.min(head, range.end());
    long position = range.start();
    long count = 0;
    while (true) {
      List<Entry> page = page(position, last);
      if (page.isEmpty()) {
        return count;
      }
      List<DeliveryTable.Row> keys =
          page.stream()
              .filter(entry -> wanted.test(entry.event()))
              .map(entry -> DeliveryTable.Row.of(recipient, Delivery.pending(entry, null, null)))
              .toList();
      if (!keys.isEmpty()) {
        count +=
            really
                ? writer.write(Write.urgent(sql -> replay(sql, keys)))
                : readers.read(sql -> count(sql, keys));
      }
      position = page.getLast().sequence();
    }
  }

  private List<Entry> page(long after, long last) {
    return readers.read(sql -> EventTable.page(sql, PAGE, parameters(after, last)));
  }

  private @Nullable Object[] parameters(long after, long last) {
    return new @Nullable Object[] {
      after,
      last,
      range.from() == null ? Long.MIN_VALUE : Times.micros(range.from()),
      range.to() == null ? Long.MAX_VALUE : Times.micros(range.to()),
      range.entityType(),
      range.entityType(),
      range.entityId(),
      range.entityId(),
      failedOnly ? 1 : 0,
      recipient,
      EventTable.STEP_EVENTS
    };
  }

  private static long replay(Sql sql, List<DeliveryTable.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryTable.Row key : keys) {
      long number = key.recipient();
      long sequence = key.sequence();
      count +=
          sql.update(
              REPLAY,
              number,
              key.entityKey(),
              number,
              sequence,
              number,
              sequence,
              sequence,
              number,
              number,
              number,
              number);
    }
    return count;
  }

  private static long count(Sql sql, List<DeliveryTable.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryTable.Row key : keys) {
      long number = key.recipient();
      count +=
          sql.number("SELECT count(*)" + SETTLED, key.sequence(), number, number, number, number);
    }
    return count;
  }
}
