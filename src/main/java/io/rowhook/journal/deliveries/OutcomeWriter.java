package io.rowhook.journal.deliveries;

import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.WriteTask;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one recipient's delivery store queues, in order. When one of its writes is refused, all
 * later ones are.
 */
final class OutcomeWriter {

  /** Something queued. */
  interface Change {
    void apply(SqliteSession sql) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

  private final String name;
  private final GroupCommitWriter writer;
  private final AtomicInteger queued = new AtomicInteger(); // and not durable yet

  /** Written by the writer's thread; read by both. */
  private volatile @Nullable RuntimeException refused;

  /**
   * @param name the recipient's
   */
  OutcomeWriter(String name, GroupCommitWriter writer) {
    this.name = name;
    this.writer = writer;
  }

  /** How many are not durable yet. */
  int queued() {
    return queued.get();
  }

  /**
   * Queues a change.
   *
   * @param awaited whether someone waits for it
   */
  WriteTask<Boolean> queue(Change change, boolean awaited) throws InterruptedException {
    checkNotRefused();
    queued.incrementAndGet();
    return writer.submit(
        WriteTask.patient(
            sql -> {
              checkNotRefused();
              change.apply(sql);
              return true;
            },
            awaited,
            _ -> queued.decrementAndGet(),
            this::refuse));
  }

  private void refuse(RuntimeException why) {
    if (refused != null) {
      return;
    }
    refused = why;
    if (why instanceof JournalException known && known.kind() == Kind.TAKEN_OVER) {
      LOG.info(
          "recipient {}: what came of its last deliveries is not written: {}",
          name,
          why.getMessage());
    } else {
      LOG.error("recipient {}: an outcome could not be written: {}", name, why.getMessage(), why);
    }
  }

  private void checkNotRefused() {
    RuntimeException why = refused;
    if (why != null) {
      Kind kind = why instanceof JournalException known ? known.kind() : Kind.REFUSED;
      throw new JournalException(
          kind,
          "recipient "
              + name
              + ": an outcome could not be written, so none after it is: "
              + why.getMessage(),
          why);
    }
  }
}
