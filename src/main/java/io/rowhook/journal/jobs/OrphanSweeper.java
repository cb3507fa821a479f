package io.rowhook.journal.jobs;

import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.ServedRecipients;
import java.time.Duration;
import java.util.List;

/**
 * Removes what recipients have of events that are gone, where several processes share a journal:
 * whoever captures removes the event, and whoever serves the recipient what that has of it. In
 * small steps; one thread at a time, any.
 */
public final class OrphanSweeper {

  /** All of a recipient's rows are looked at, so not at every sweep. */
  private static final Duration EVERY = Duration.ofMinutes(30);

  private static final int STEP = 500;

  private final GroupCommitWriter writer;
  private final ReaderPool readers;
  private final ServedRecipients served;
  private long next = System.nanoTime();

  public OrphanSweeper(GroupCommitWriter writer, ReaderPool readers, ServedRecipients served) {
    this.writer = writer;
    this.readers = readers;
    this.served = served;
  }

  /** Looks, if it is time. */
  public void sweep() throws InterruptedException {
    if (System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + EVERY.toNanos();
    List<Long> recipients =
        readers.read(sql -> sql.list("SELECT id FROM recipient", row -> row.getLong(1)));
    for (long recipient : recipients) {
      for (String table : EventDao.OF_RECIPIENTS) {
        sweep(recipient, table);
      }
    }
  }

  private void sweep(long recipient, String table) throws InterruptedException {
    List<Long> gone;
    do {
      gone = served.has(recipient) ? gone(recipient, table) : List.of();
      List<Long> sequences = gone;
      if (!gone.isEmpty()) {
        writer.write(
            WriteTask.urgent(sql -> {
              for (long sequence : sequences) {
                EventDao.removeOf(sql, table, recipient, sequence);
              }
              return true;
            }));
      }
    } while (gone.size() == STEP);
  }

  private List<Long> gone(long recipient, String table) {
    return readers.read(sql ->
        sql.list(
            "SELECT DISTINCT t.sequence FROM "
                + table
                + " t WHERE t.recipient = ? AND NOT EXISTS"
                + " (SELECT 1 FROM event e WHERE e.sequence = t.sequence) LIMIT "
                + STEP,
            row -> row.getLong(1),
            recipient));
  }
}
