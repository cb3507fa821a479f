package io.rowhook.journal.events;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventPublisher;
import io.rowhook.entity.NetChange;
import io.rowhook.entity.ResyncProgress;
import io.rowhook.entity.SpilledChanges;
import io.rowhook.journal.events.PublicationPass.Published;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.SqliteErrorTranslator;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.CompletenessDao;
import io.rowhook.journal.tables.EventDao;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
public final class SqliteEventPublisher implements EventPublisher {

  /** Events given to the writer at once, so that deliveries' outcomes get in between. */
  private static final int CHUNK_EVENTS = 500;

  private static final long CHUNK_BYTES = 1L << 20;

  /** What is removed at once of events that were never published. */
  private static final int CHUNK_REMOVED = 1_000;

  private final GroupCommitWriter writer;
  private final SpillFile spill;
  private final CommittedState committed;
  private final SqliteErrorTranslator errors;
  private final boolean shared;

  /** The capture thread's. */
  private List<Published> buffer = new ArrayList<>();

  /** The capture thread's: events of the open transaction that are written behind the head. */
  private long appended;

  private long appendedBytes;

  /** The capture thread's: whether nothing else stands behind the head. */
  private boolean clean;

  /** The capture thread's: the last chunk, which may not be written yet; more is made meanwhile. */
  private @Nullable WriteTask<?> appending;

  /** The capture thread's: what notes up to when all is there. */
  private @Nullable WriteTask<?> noting;

  /** The capture thread's: what is known in memory alone. */
  private CompletenessDao.@Nullable Point unwritten;

  /**
   * @param shared whether others read what is noted of it
   */
  public SqliteEventPublisher(
      GroupCommitWriter writer,
      SpillFile spill,
      CommittedState committed,
      SqliteErrorTranslator errors,
      boolean shared) {
    this.writer = writer;
    this.spill = spill;
    this.committed = committed;
    this.errors = errors;
    this.shared = shared;
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
          writer.write(WriteTask.urgent(sql -> EventDao.removeUnpublished(sql, CHUNK_REMOVED)));
      clean = removed < CHUNK_REMOVED;
    }
  }

  @Override
  public SpilledChanges staged() {
    return spill;
  }

  @Override
  public void publish(Transaction transaction, List<Event> events, List<RejectedRow> rejected) {
    buffer.add(new Published(transaction, List.copyOf(events), List.copyOf(rejected), null));
  }

  @Override
  public void publishChunk(Transaction transaction, List<Event> events, ResyncProgress progress) {
    buffer.add(new Published(transaction, List.copyOf(events), List.of(), progress));
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
            WriteTask.urgent(sql -> {
              new PublicationPass(sql, errors).append(transaction, chunk, before, bytesBefore);
              return true;
            }));
  }

  /** Waits until the last chunk is written; throws what it met. */
  private void awaitAppended() throws InterruptedException {
    WriteTask<?> last = appending;
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
                WriteTask.urgent(
                    sql -> {
                      PublicationPass pass = new PublicationPass(sql, errors);
                      pass.publish(before);
                      pass.publishAppended(transaction, rejected, events, bytes);
                      return pass.end();
                    },
                    committed::published))
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
        WriteTask.urgent(
            sql -> {
              PublicationPass pass = new PublicationPass(sql, errors);
              pass.publish(published);
              return pass.end();
            },
            committed::published));
  }

  /**
   * Where nothing was published since, it is known in memory alone: a quiet source costs no writes.
   */
  @Override
  public void complete(Instant committedTo) throws InterruptedException {
    CompletenessDao.Point point = new CompletenessDao.Point(committed.head(), committedTo);
    committed.captured(point);
    WriteTask<?> last = noting;
    if (last != null && !last.isDone()) {
      return; // the journal cannot be written just now
    }
    Optional<CompletenessDao.Point> before = committed.complete();
    boolean quiet = before.isPresent() && before.get().head() == point.head();
    if (quiet && !shared && committed.isWhole()) {
      committed.complete(point);
      unwritten = point;
      return;
    }
    CompletenessDao.Point earlier = unwritten;
    unwritten = null;
    noting =
        writer.submit(
            WriteTask.patient(
                sql -> {
                  if (earlier != null) {
                    CompletenessDao.write(sql, earlier);
                  }
                  return CompletenessDao.note(sql, point);
                },
                false,
                noted -> {
                  committed.missing(!noted);
                  if (noted) {
                    committed.complete(point);
                  }
                },
                why -> {}));
  }
}
