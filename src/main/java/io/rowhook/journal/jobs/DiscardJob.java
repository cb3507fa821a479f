package io.rowhook.journal.jobs;

import io.rowhook.journal.DeliveryFilter;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.DeliveryDao;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets deliveries of a recipient go, in small steps: each ends failed, "discarded by a person", and
 * holds its event from retention no longer. The reason it had failed for stays behind that.
 *
 * @param recipient its number
 * @param states which
 */
public record DiscardJob(
    GroupCommitWriter writer,
    ReaderPool readers,
    long recipient,
    DeliveryFilter filter,
    Set<Exceptions> states) {

  private static final int STEP = 1_000;

  private static final String NOT_DISCARDED = " AND NOT (" + DeliveryDao.DISCARDED + ")";

  public static final String DISCARD =
      "UPDATE delivery SET state = 'failed', next_at = NULL, asked = 0, reason = '"
          + Failed.DISCARDED
          + "' || coalesce('; before: ' || reason, '') WHERE recipient = ? AND sequence = ?"
          + NOT_DISCARDED;

  private static final String PAGE =
      "SELECT d.sequence, d.state, d.entity_key, e.committed_at FROM delivery d"
          + " JOIN event e ON e.sequence = d.sequence"
          + " WHERE d.recipient = ? AND d.sequence > ? AND d.sequence <= ?"
          + " AND NOT (d.state = 'failed' AND coalesce(d.reason, '') GLOB '"
          + Failed.DISCARDED
          + "*') ORDER BY d.sequence LIMIT "
          + STEP;

  private record Row(long sequence, String state, String entityKey, long committedAt) {}

  /**
   * Goes through the range.
   *
   * @param really whether to do it, or only to count
   * @return how many deliveries
   */
  public long run(boolean really) throws InterruptedException {
    long position = filter.start();
    long count = 0;
    while (true) {
      List<Row> page = page(position);
      if (page.isEmpty()) {
        return count;
      }
      List<Row> meant = page.stream().filter(this::isMeant).toList();
      if (!meant.isEmpty()) {
        count += really ? writer.write(WriteTask.urgent(sql -> discard(sql, meant))) : meant.size();
      }
      position = page.getLast().sequence();
    }
  }

  private List<Row> page(long after) {
    return readers.read(sql ->
        sql.list(
            PAGE,
            row ->
                new Row(
                    row.getLong(1),
                    row.getString(2),
                    new String(row.getBytes(3), StandardCharsets.UTF_8),
                    row.getLong(4)),
            recipient,
            after,
            filter.end()));
  }

  private boolean isMeant(Row row) {
    int end = row.entityKey().indexOf('\0');
    String type = row.entityKey().substring(0, end);
    String id = row.entityKey().substring(end + 1);
    return states.contains(Exceptions.valueOf(row.state().toUpperCase(Locale.ROOT)))
        && filter.covers(row.committedAt(), type, id);
  }

  private long discard(SqliteSession sql, List<Row> rows) throws SQLException {
    long count = 0;
    for (Row row : rows) {
      count += sql.update(DISCARD, recipient, row.sequence());
    }
    return count;
  }
}
