package io.rowhook.journal;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventLog;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.Visible.Publication;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where capture publishes. What it publishes is buffered here, on its own thread, until a commit
 * gives all of it to the writer at once.
 *
 * <p>The writer drops a transaction whose END is not after the watermark: so a commit whose caller
 * was interrupted, and which went through all the same, does no harm when it is read again.
 */
final class SqliteEventLog implements EventLog {

  /** Events given to the writer at once, so that deliveries' outcomes get in between. */
  private static final int CHUNK_EVENTS = 500;

  private static final long CHUNK_BYTES = 1L << 20;

  /** What is removed at once of events that were never published. */
  private static final int CHUNK_REMOVED = 1_000;

  private record Published(
      Transaction transaction, List<Event> events, List<RejectedRow> rejected) {}

  private final Writer writer;
  private final SpillFile spill;
  private final Visible visible;
  private final Trouble trouble;

  /** The capture thread's. */
  private List<Published> buffer = new ArrayList<>();

  /** The capture thread's: events of the open transaction that are written behind the head. */
  private long appended;

  private long appendedBytes;

  /** The capture thread's: whether nothing else stands behind the head. */
  private boolean clean;

  /** The capture thread's: the last chunk, which may not be written yet; more is made meanwhile. */
  private @Nullable Write<?> appending;

  SqliteEventLog(Writer writer, SpillFile spill, Visible visible, Trouble trouble) {
    this.writer = writer;
    this.spill = spill;
    this.visible = visible;
    this.trouble = trouble;
  }

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge) {
    spill.add(changes, merge);
  }

  /** Also waits for whatever an interrupted caller has left with the writer. */
  @Override
  public void discard() throws InterruptedException {
    buffer = new ArrayList<>();
    discardStaged();
  }

  @Override
  public void discardStaged() throws InterruptedException {
    spill.clear();
    appending = null; // whatever becomes of it: the writer removes after it
    appended = 0;
    appendedBytes = 0;
    removeUnpublished();
  }

  /** Of a transaction that was not published to its end: in steps, so that nobody waits long. */
  private void removeUnpublished() throws InterruptedException {
    while (!clean) {
      int removed =
          writer.write(Write.urgent(sql -> EventTable.removeUnpublished(sql, CHUNK_REMOVED)));
      clean = removed < CHUNK_REMOVED;
    }
  }

  @Override
  public SpilledChanges staged() {
    return spill;
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    buffer.add(new Published(transaction, List.copyOf(events), List.copyOf(rejected)));
  }

  @Override
  public void append(Transaction transaction, List<Event> events) throws InterruptedException {
    if (appended == 0) {
      commit(); // what was published before has the sequences before
      removeUnpublished();
    }
    List<Event> chunk = new ArrayList<>();
    long bytes = 0;
    for (Event event : events) {
      chunk.add(event);
      bytes += event.json().length;
      if (chunk.size() == CHUNK_EVENTS || bytes >= CHUNK_BYTES) {
        appendChunk(transaction, chunk);
        chunk = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!chunk.isEmpty()) {
      appendChunk(transaction, chunk);
    }
  }

  private void appendChunk(Transaction transaction, List<Event> chunk) throws InterruptedException {
    long before = appended;
    long bytesBefore = appendedBytes;
    awaitAppended();
    clean = false;
    appended += chunk.size();
    appendedBytes += chunk.stream().mapToLong(event -> event.json().length).sum();
    appending =
        writer.submit(
            Write.urgent(sql -> {
              new Pass(sql).append(transaction, chunk, before, bytesBefore);
              return true;
            }));
  }

  /** Waits until the last chunk is written; throws what it met. */
  private void awaitAppended() throws InterruptedException {
    Write<?> last = appending;
    if (last != null) {
      last.await();
      appending = null;
    }
  }

  /**
   * Durable and visible, with all that was published before it, when this returns: a transaction of
   * that size is not kept waiting for the next commit.
   */
  @Override
  public void publishStaged(Transaction transaction, List<RejectedRow> rejected)
      throws InterruptedException {
    awaitAppended();
    removeUnpublishedUnlessAppended();
    List<Published> before = buffer;
    buffer = new ArrayList<>();
    long events = appended;
    long bytes = appendedBytes;
    clean = false;
    appended = 0;
    appendedBytes = 0;
    boolean published =
        writer
            .write(
                Write.urgent(
                    sql -> {
                      Pass pass = new Pass(sql);
                      pass.publish(before);
                      pass.publishAppended(transaction, rejected, events, bytes);
                      return pass.end();
                    },
                    visible::published))
            .place()
            .watermark()
            .equals(transaction.end());
    clean = published;
    spill.clear();
  }

  private void removeUnpublishedUnlessAppended() throws InterruptedException {
    if (appended == 0) {
      removeUnpublished();
    }
  }

  @Override
  public void commit() throws InterruptedException {
    if (buffer.isEmpty()) {
      return;
    }
    removeUnpublishedUnlessAppended();
    List<Published> published = buffer;
    buffer = new ArrayList<>();
    writer.write(
        Write.urgent(
            sql -> {
              Pass pass = new Pass(sql);
              pass.publish(published);
              return pass.end();
            },
            visible::published));
  }

  /** One publication inside a SQLite transaction; the writer's thread. */
  private final class Pass {

    private final Sql sql;
    private final EpochTable.Place place;
    private final Deque<Entry> newest = new ArrayDeque<>();
    private long newestBytes;
    private boolean complete = true;
    private Lsn watermark;
    private long head;
    private long total;

    Pass(Sql sql) throws SQLException {
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
    void publishAppended(
        Transaction transaction, List<RejectedRow> rejected, long events, long bytes)
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
}
