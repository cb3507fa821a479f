package io.rowhook.journal;

import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.Visible.Publication;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** One publication inside a SQLite transaction; the writer's thread. */
final class PublicationPass {

  /** A transaction that is published whole. */
  record Published(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {}

  private final Sql sql;
  private final EpochTable.Place place;
  private final Deque<Entry> newest = new ArrayDeque<>();
  private long newestBytes;
  private boolean complete = true;
  private Position watermark;
  private long head;
  private long total;

  PublicationPass(Sql sql, Trouble trouble) throws SQLException {
    this.sql = sql;
    place =
        EpochTable.newest(sql)
            .orElseThrow(() ->
                new JournalException(
                    Kind.REFUSED,
                    trouble.words("events were published before an epoch was begun")));
    watermark = place.watermark();
    head = place.head();
    total = place.total();
  }

  void publish(List<Published> transactions) throws SQLException {
    for (Published one : transactions) {
      if (one.transaction().end().isAfter(watermark)) {
        for (Event event : one.events()) {
          add(one.transaction(), event);
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

  private Optional<Entry> insert(Transaction transaction, Event event) throws SQLException {
    head++;
    total += event.json().length;
    Entry entry = new Entry(head, event);
    return EventTable.insert(sql, transaction, entry, total)
        ? Optional.of(entry)
        : Optional.empty();
  }

  private void add(Transaction transaction, Event event) throws SQLException {
    Optional<Entry> entry = insert(transaction, event);
    if (entry.isPresent()) {
      newest.add(entry.get());
      newestBytes += Tail.weight(entry.get());
    }
    while (newest.size() > Tail.MAX_ENTRIES
        || (newestBytes > Tail.MAX_BYTES && newest.size() > 1)) {
      newestBytes -= Tail.weight(newest.remove());
      complete = false;
    }
  }

  private void end(Transaction transaction, List<RejectedRow> rejected) throws SQLException {
    for (RejectedRow row : rejected) {
      EventTable.insert(sql, transaction, row);
    }
    watermark = transaction.end();
  }

  Publication end() throws SQLException {
    EpochTable.Place now = new EpochTable.Place(place.n(), place.epoch(), watermark, head, total);
    EpochTable.move(sql, now);
    return new Publication(now, List.copyOf(newest), complete);
  }
}
