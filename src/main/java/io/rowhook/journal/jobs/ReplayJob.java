package io.rowhook.journal.jobs;

import io.rowhook.entity.Event;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryFilter;
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
public record ReplayJob(
    GroupCommitWriter writer,
    ReaderPool readers,
    long recipient,
    DeliveryFilter filter,
    boolean failedOnly,
    Predicate<Event> wanted) {

  private static final String PAGE =
      "SELECT "
          + EventDao.COLUMNS
          + " FROM event e WHERE e.sequence > ? AND e.sequence <= ?"
          + " AND e.committed_at >= ? AND e.committed_at < ?"
          + " AND (? IS NULL OR e.entity_type = ?) AND (? IS NULL OR e.entity_id = ?)"
          + " AND (NOT ? OR EXISTS (SELECT 1 FROM delivery WHERE recipient = ?"
          + " AND sequence = e.sequence AND state = 'failed' AND NOT ("
          + DeliveryDao.DISCARDED
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
          + DeliveryDao.NEXT_REDELIVERY
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
  public long run(long head, boolean really) throws InterruptedException {
    long last = Math.min(head, filter.end());
    long position = filter.start();
    long count = 0;
    while (true) {
      List<JournalEntry> page = page(position, last);
      if (page.isEmpty()) {
        return count;
      }
      List<DeliveryDao.Row> keys =
          page.stream()
              .filter(entry -> wanted.test(entry.event()))
              .map(entry -> DeliveryDao.Row.of(recipient, Delivery.pending(entry, null, null)))
              .toList();
      if (!keys.isEmpty()) {
        count +=
            really
                ? writer.write(WriteTask.urgent(sql -> replay(sql, keys)))
                : readers.read(sql -> count(sql, keys));
      }
      position = page.getLast().sequence();
    }
  }

  private List<JournalEntry> page(long after, long last) {
    return readers.read(sql -> EventDao.page(sql, PAGE, parameters(after, last)));
  }

  private @Nullable Object[] parameters(long after, long last) {
    return new @Nullable Object[] {
      after,
      last,
      filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from()),
      filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to()),
      filter.entityType(),
      filter.entityType(),
      filter.entityId(),
      filter.entityId(),
      failedOnly ? 1 : 0,
      recipient,
      EventDao.STEP_EVENTS
    };
  }

  private static long replay(SqliteSession sql, List<DeliveryDao.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryDao.Row key : keys) {
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

  private static long count(SqliteSession sql, List<DeliveryDao.Row> keys) throws SQLException {
    long count = 0;
    for (DeliveryDao.Row key : keys) {
      long number = key.recipient();
      count +=
          sql.number("SELECT count(*)" + SETTLED, key.sequence(), number, number, number, number);
    }
    return count;
  }
}
