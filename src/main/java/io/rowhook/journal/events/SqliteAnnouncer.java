package io.rowhook.journal.events;

import io.rowhook.entity.Event;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteErrorTranslator;
import io.rowhook.journal.sqlite.WriteTask;
import java.util.List;
import java.util.Optional;

/**
 * Publishes what Rowhook tells of itself, beside capture: with the next sequences, in a commit of
 * the one writer, and without touching the watermark. Any thread.
 */
public final class SqliteAnnouncer {

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
    if (committed.place().isEmpty()) {
      return false;
    }
    return writer
        .write(
            WriteTask.urgent(
                sql -> {
                  PublicationPass pass = new PublicationPass(sql, errors);
                  return pass.announce(events)
                      ? Optional.of(pass.end())
                      : Optional.<CommittedState.Publication>empty();
                },
                made -> made.ifPresent(committed::published)))
        .isPresent();
  }
}
