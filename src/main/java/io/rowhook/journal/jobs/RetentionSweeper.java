package io.rowhook.journal.jobs;

import io.rowhook.journal.events.CommittedState;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.IndexDao;
import io.rowhook.journal.tables.KeptDao;
import io.rowhook.journal.tables.ServedRecipients;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is old and settled, with its attempts, and gives the space back to the file system;
 * in steps so small that capture and deliveries hardly notice. One thread at a time, any.
 */
public final class RetentionSweeper {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionSweeper.class);

  /** Events looked at in one step. */
  private static final int STEP_EVENTS = 200;

  /** Free pages given back in one step: 2 MB. */
  private static final int STEP_PAGES = 512;

  private static final String HOLDING =
      "SELECT count(*) FROM delivery WHERE recipient = ? AND sequence = ? AND NOT ("
          + DeliveryDao.LET_GO
          + ")";

  private record Recipient(long id, String name, long cursor) {}

  private record Row(long sequence, long committedAt) {}

  private record Step(int removed, long last, boolean atEnd) {}

  private final GroupCommitWriter writer;
  private final CommittedState committed;
  private final ServedRecipients served;

  /**
   * Where the last call stopped short of the end: what it left there is held, and stays so a while.
   */
  private long resume;

  /**
   * @param served whose rows go with their events; those of others their own process removes
   */
  public RetentionSweeper(
      GroupCommitWriter writer, CommittedState committed, ServedRecipients served) {
    this.writer = writer;
    this.committed = committed;
    this.served = served;
  }

  /**
   * Removes events, with their attempts, that were committed before an instant and that every
   * recipient which counts has settled: its cursor is past them and they are no exception of it. So
   * failed ones stay. Gives the space back. The watermark and the newest sequence hold all the
   * same.
   *
   * @param counting names of the recipients that count: those with a file, and those whose file
   *     vanished less than the retention time ago. What is still pending for others goes too
   * @param limit how many at most
   * @return how many; fewer than {@code limit} only when there are no more
   */
  public int removeSettled(Instant before, Set<String> counting, int limit)
      throws InterruptedException {
    int removed = 0;
    boolean atEnd = false;
    while (removed < limit && !atEnd) {
      int most = Math.min(STEP_EVENTS, limit - removed);
      long from = resume;
      Step step =
          writer.write(
              WriteTask.urgent(
                  sql -> step(sql, from, most, TimeColumns.micros(before), counting),
                  this::removed));
      removed += step.removed();
      atEnd = step.atEnd();
      resume = atEnd ? 0 : step.last();
    }
    writer.write(WriteTask.urgent(sql -> removeRejected(sql, TimeColumns.micros(before), limit)));
    shrinkFile();
    return removed;
  }

  private void removed(Step step) {
    if (step.removed() > 0) {
      committed.recentEvents().removeThrough(step.last());
    }
  }

  private Step step(SqliteSession sql, long from, int most, long before, Set<String> counting)
      throws SQLException {
    List<Recipient> all =
        sql.list(
            "SELECT id, name, cursor FROM recipient",
            row -> new Recipient(row.getLong(1), row.getString(2), row.getLong(3)));
    List<Recipient> holding =
        all.stream().filter(recipient -> counting.contains(recipient.name())).toList();
    long settled = holding.stream().mapToLong(Recipient::cursor).min().orElse(committed.head());
    List<Row> rows =
        sql.list(
            "SELECT sequence, committed_at FROM event WHERE sequence > ? AND sequence <= ?"
                + " ORDER BY sequence LIMIT ?",
            row -> new Row(row.getLong(1), row.getLong(2)),
            from,
            settled,
            most);
    List<Row> old = rows.stream().filter(row -> row.committedAt() < before).toList();
    List<Long> numbers = all.stream().map(Recipient::id).filter(served::has).toList();
    int removed = 0;
    boolean indexed = !old.isEmpty() && IndexDao.isUsed(sql);
    for (Row row : old) {
      if (!isHeld(sql, row.sequence(), holding)) {
        KeptDao.keep(sql, numbers, row.sequence());
        EventDao.remove(sql, row.sequence(), numbers);
        if (indexed) {
          IndexDao.remove(sql, row.sequence());
        }
        removed++;
      }
    }
    long last = rows.isEmpty() ? from : rows.getLast().sequence();
    return new Step(removed, last, rows.size() < most || old.isEmpty());
  }

  private boolean isHeld(SqliteSession sql, long sequence, List<Recipient> holding)
      throws SQLException {
    for (Recipient recipient : holding) {
      if (sql.number(HOLDING, recipient.id(), sequence) > 0
          || (!served.has(recipient.id()) && !KeptDao.isKept(sql, recipient.id(), sequence))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Keeps what the recipients that are served here have, by events that were committed before an
   * instant: where several processes share the journal, one of them removes these once all have.
   */
  public void keepStates(Instant before) throws InterruptedException {
    long from = 0;
    List<Row> rows;
    do {
      long after = from;
      rows = writer.write(WriteTask.urgent(sql -> keep(sql, after, TimeColumns.micros(before))));
      from = rows.isEmpty() ? from : rows.getLast().sequence();
    } while (rows.size() == STEP_EVENTS);
  }

  private List<Row> keep(SqliteSession sql, long after, long before) throws SQLException {
    List<Row> rows =
        sql.list(
            "SELECT sequence, committed_at FROM event WHERE sequence > ? AND sequence <= ?"
                + " ORDER BY sequence LIMIT ?",
            row -> new Row(row.getLong(1), row.getLong(2)),
            after,
            committed.head(),
            STEP_EVENTS);
    List<Row> old = rows.stream().filter(row -> row.committedAt() < before).toList();
    List<Long> numbers =
        sql.list("SELECT id FROM recipient", row -> row.getLong(1)).stream()
            .filter(served::has)
            .toList();
    for (Row row : old) {
      KeptDao.keep(sql, numbers, row.sequence());
    }
    return old;
  }

  private static int removeRejected(SqliteSession sql, long before, int limit) throws SQLException {
    return sql.update(
        "DELETE FROM rejected_row WHERE n IN"
            + " (SELECT n FROM rejected_row WHERE at < ? ORDER BY at LIMIT ?)",
        before,
        limit);
  }

  /** Free pages go from the end of the file; it gets shorter when the WAL is moved into it. */
  private void shrinkFile() throws InterruptedException {
    long left = Long.MAX_VALUE;
    long before;
    do {
      before = left;
      left =
          writer.write(
              WriteTask.urgent(sql -> {
                sql.script("PRAGMA incremental_vacuum(" + STEP_PAGES + ")");
                return sql.number("PRAGMA freelist_count");
              }));
    } while (left > 0 && left < before);
    // After its commit, so outside of any transaction, and by the writer's thread.
    writer.write(WriteTask.urgent(sql -> sql, RetentionSweeper::checkpoint));
  }

  private static void checkpoint(SqliteSession writers) {
    try {
      writers.script("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      LOG.warn("the WAL could not be moved into the journal; it will be later", e);
    }
  }
}
