package io.rowhook.journal.events;

import io.rowhook.entity.Event;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteErrorTranslator;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.AnnouncementDao;
import java.util.List;
import java.util.Optional;

/**
 * Publishes what Rowhook tells of itself, beside capture: with the next sequences, in a commit of
 * the one writer, and without touching the watermark. Any thread.
 */
public final class SqliteAnnouncer {

  /** So many of other instances at once. */
  private static final int MOST = 1_000;

  private final GroupCommitWriter writer;
  private final CommittedState committed;
  private final SqliteErrorTranslator errors;

  public SqliteAnnouncer(
      GroupCommitWriter writer, CommittedState committed, SqliteErrorTranslator errors) {
    this.writer = writer;
    this.committed = committed;
    this.errors = errors;
  }

  /**
   * Publishes events that are not in the journal yet, in order; durable and visible when this
   * returns.
   *
   * @return false: none of them, since no epoch has begun, or a large transaction is just being
   *     published whose events have the next sequences; to be tried again
   */
  public boolean publish(List<Event> events) throws InterruptedException {
    return publish(_ -> events);
  }

  private boolean publish(WriteTask.Action<List<Event>> source) throws InterruptedException {
    if (committed.place().isEmpty()) {
      return false;
    }
    return writer
        .write(
            WriteTask.urgent(
                sql -> {
                  List<Event> events = source.run(sql);
                  PublicationPass pass = new PublicationPass(sql, errors);
                  if (!pass.announce(events)) {
                    return Optional.<CommittedState.Publication>empty();
                  }
                  AnnouncementDao.remove(sql, events);
                  return Optional.of(pass.end());
                },
                made -> made.ifPresent(committed::published)))
        .isPresent();
  }

  /** Leaves events to the instance that captures, which alone can publish them; durably. */
  public void leave(List<Event> events) throws InterruptedException {
    writer.write(
        WriteTask.urgent(sql -> {
          AnnouncementDao.add(sql, events);
          return true;
        }));
  }

  /**
   * Publishes what others have left to this instance; in the same commit it is left no more.
   *
   * @return as {@link #publish(List)}
   */
  public boolean publishLeft() throws InterruptedException {
    return publish(sql -> AnnouncementDao.oldest(sql, MOST));
  }
}
