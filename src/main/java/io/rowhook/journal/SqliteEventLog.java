package io.rowhook.journal;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventLog;
import io.rowhook.entity.NetChange;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.StagedTable.Staged;
import io.rowhook.journal.Visible.Publication;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** Staged changes given to the writer at once, so that deliveries' outcomes get in between. */
  private static final int CHUNK_CHANGES = 2_000;

  private static final long CHUNK_BYTES = 1L << 20;

  private record Published(
      Transaction transaction, List<Event> events, List<RejectedRow> rejected) {}

  private final Writer writer;
  private final Visible visible;
  private final Trouble trouble;

  /** The capture thread's. */
  private List<Published> buffer = new ArrayList<>();

  /** The capture thread's: the last chunk, which may not be written yet; more is read meanwhile. */
  private @Nullable Write<?> staging;

  SqliteEventLog(Writer writer, Visible visible, Trouble trouble) {
    this.writer = writer;
    this.visible = visible;
    this.trouble = trouble;
  }

  @Override
  public void stage(Collection<NetChange> changes, BinaryOperator<NetChange> merge)
      throws InterruptedException {
    List<Staged> chunk = new ArrayList<>();
    long bytes = 0;
    for (NetChange change : changes) {
      Staged staged = Staged.of(change);
      chunk.add(staged);
      bytes += staged.encoded().length;
      if (chunk.size() == CHUNK_CHANGES || bytes >= CHUNK_BYTES) {
        stageChunk(chunk, merge);
        chunk = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!chunk.isEmpty()) {
      stageChunk(chunk, merge);
    }
  }

  private void stageChunk(List<Staged> chunk, BinaryOperator<NetChange> merge)
      throws InterruptedException {
    awaitStaging();
    staging =
        writer.submit(
            Write.urgent(sql -> {
              StagedTable.add(sql, chunk, merge);
              return true;
            }));
  }

  /** Waits until the last chunk is written; throws what it met. */
  private void awaitStaging() throws InterruptedException {
    Write<?> last = staging;
    if (last != null) {
      last.await();
      staging = null;
    }
  }

  /** Also waits for whatever an interrupted caller has left with the writer. */
  @Override
  public void discard() throws InterruptedException {
    buffer = new ArrayList<>();
    discardStaged();
  }

  @Override
  public void discardStaged() throws InterruptedException {
    staging = null; // whatever becomes of it: the writer clears after it
    writer.write(
        Write.urgent(sql -> {
          StagedTable.clear(sql);
          return true;
        }));
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    buffer.add(new Published(transaction, List.copyOf(events), List.copyOf(rejected)));
  }

  /**
   * Durable and visible, with all that was published before it, when this returns: a transaction of
   * that size is not kept waiting for the next commit.
   */
  @Override
  public void publishStaged(Transaction transaction, StagedEvents events)
      throws InterruptedException {
    awaitStaging();
    List<Published> before = buffer;
    buffer = new ArrayList<>();
    AtomicBoolean stop = new AtomicBoolean();
    try {
      writer.write(
          Write.urgent(
              sql -> {
                Pass pass = new Pass(sql);
                pass.publish(before);
                pass.publishStaged(transaction, events, stop);
                return pass.end();
              },
              visible::published));
    } catch (InterruptedException e) {
      stop.set(true);
      throw e;
    }
  }

  @Override
  public void commit() throws InterruptedException {
    if (buffer.isEmpty()) {
      return;
    }
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

    void publishStaged(Transaction transaction, StagedEvents events, AtomicBoolean stop)
        throws SQLException {
      if (transaction.end().isAfter(watermark)) {
        newest.clear();
        newestBytes = 0;
        complete = false;
        try {
          List<RejectedRow> rejected =
              events.make(
                  new StagedOnDisk(sql), event -> addUnlessStopped(transaction, event, stop));
          end(transaction, rejected);
        } catch (StagedOnDisk.Failed e) {
          throw e.why();
        }
      }
      StagedTable.clear(sql);
    }

    /** Not one of the newest: so many are read from the disk, and the first of them first. */
    private void addUnlessStopped(Transaction transaction, Event event, AtomicBoolean stop) {
      if (stop.get()) {
        throw new CancellationException("interrupted");
      }
      try {
        insert(transaction, event);
      } catch (SQLException e) {
        throw new StagedOnDisk.Failed(e);
      }
    }

    private Entry insert(Transaction transaction, Event event) throws SQLException {
      head++;
      total += event.json().length;
      Entry entry = new Entry(head, event);
      EventTable.insert(sql, transaction, entry, total);
      return entry;
    }

    private void add(Transaction transaction, Event event) throws SQLException {
      Entry entry = insert(transaction, event);
      newest.add(entry);
      newestBytes += Tail.weight(entry);
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
