package io.rowhook.journal.events;

import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.events.CommittedState.Publication;
import io.rowhook.journal.sqlite.SqliteErrorTranslator;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.tables.CompletenessDao;
import io.rowhook.journal.tables.EpochDao;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.ResyncDao;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One publication inside a SQLite transaction; the writer's thread. */
final class PublicationPass {

  /**
   * A transaction that is published whole.
   *
   * @param progress of the resync that it ends a chunk of; null: of none
   */
  record Published(
      Transaction transaction,
      List<Event> events,
      List<RejectedRow> rejected,
      @Nullable ResyncProgress progress) {}

  private final SqliteSession sql;
  private final EpochDao.Place place;
  private final Deque<JournalEntry> newest = new ArrayDeque<>();
  private long newestBytes;
  private boolean complete = true;
  private Position watermark;
  private long head;
  private long total;

  PublicationPass(SqliteSession sql, SqliteErrorTranslator errors) throws SQLException {
    this.sql = sql;
    place =
        EpochDao.newest(sql)
            .orElseThrow(() ->
                new JournalException(
                    Kind.REFUSED, errors.words("events were published before an epoch was begun")));
    watermark = place.watermark();
    head = place.head();
    total = place.total();
  }

  void publish(List<Published> transactions) throws SQLException {
    for (Published one : transactions) {
      if (one.transaction().end().isAfter(watermark)) {
        if (one.progress() == null || ResyncDao.move(sql, one.progress(), Instant.now())) {
          for (Event event : one.events()) {
            add(one.transaction(), event);
          }
        }
        end(one.transaction(), one.rejected());
      }
    }
  }

  /** Behind the head, where nobody looks; the head stays where it is. */
  void append(Transaction transaction, List<Event> events, long before, long bytesBefore)
      throws SQLException {
    head += before;
    total += bytesBefore;
    for (Event event : events) {
      insert(transaction, event);
    }
  }

  /** Not as the newest: so many are read from the disk, and the first of them first. */
  void publishAppended(Transaction transaction, List<RejectedRow> rejected, long events, long bytes)
      throws SQLException {
    if (transaction.end().isAfter(watermark)) {
      newest.clear();
      newestBytes = 0;
      complete = false;
      head += events;
      total += bytes;
      end(transaction, rejected);
    }
  }

  /**
   * Events that are of no transaction: those that are not there yet. The watermark stays.
   *
   * @return false: not now, since a transaction is being published behind the head
   */
  boolean announce(List<Event> events) throws SQLException {
    if (EventDao.hasUnpublished(sql)) {
      return false;
    }
    for (Event event : events) {
      if (EventDao.find(sql, event.id()).isEmpty()) {
        add(new Transaction(event.position(), "", event.committedAt()), event);
      }
    }
    return true;
  }

  private Optional<JournalEntry> insert(Transaction transaction, Event event) throws SQLException {
    head++;
    total += event.audience() == null ? event.json().length : 0; // none of the others' backlog
    JournalEntry entry = new JournalEntry(head, event);
    return EventDao.insert(sql, transaction, entry, total) ? Optional.of(entry) : Optional.empty();
  }

  private void add(Transaction transaction, Event event) throws SQLException {
    Optional<JournalEntry> entry = insert(transaction, event);
    if (entry.isPresent()) {
      newest.add(entry.get());
      newestBytes += RecentEventCache.weight(entry.get());
    }
    while (newest.size() > RecentEventCache.MAX_ENTRIES
        || (newestBytes > RecentEventCache.MAX_BYTES && newest.size() > 1)) {
      newestBytes -= RecentEventCache.weight(newest.remove());
      complete = false;
    }
  }

  private void end(Transaction transaction, List<RejectedRow> rejected) throws SQLException {
    for (RejectedRow row : rejected) {
      EventDao.insert(sql, transaction, row);
    }
    watermark = transaction.end();
  }

  Publication end() throws SQLException {
    EpochDao.Place now = new EpochDao.Place(place.n(), place.epoch(), watermark, head, total);
    EpochDao.move(sql, now);
    boolean missing = CompletenessDao.missing(sql).isPresent();
    return new Publication(now, List.copyOf(newest), complete, missing);
  }
}
