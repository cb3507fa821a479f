package io.rowhook.journal.deliveries;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Matching;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SupersedingEvent;
import io.rowhook.journal.sqlite.GroupCommitWriter;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.sqlite.WriteTask;
import io.rowhook.journal.tables.AcknowledgedDao;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.MatchDao;
import io.rowhook.journal.tables.PauseDao;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.journal.tables.SkippedDao;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One recipient's delivery store. What it queues waits, in order, for as long as the journal cannot
 * be written; it is lost only if the journal is damaged, and then the delivery is made again.
 *
 * <p>When one of its writes is refused, all later ones are, so that the cursor never passes an
 * outcome that is not there; a new delivery store of the same recipient starts from what is
 * durable.
 */
public final class SqliteDeliveryStore extends SqlitePendingDeliveries implements DeliveryStore {

  private final long recipient;
  private final ReaderPool readers;
  private final ErasedEvents erased;
  private final long generation; // of these
  private final OutcomeWriter outcomes;

  /** Opens that of a recipient, which is known from then on. */
  public static SqliteDeliveryStore open(
      String name,
      RecipientNumbers numbers,
      GroupCommitWriter writer,
      ReaderPool readers,
      ErasedEvents erased) {
    Instant now = Instant.now();
    return writer.writeThrough(
        WriteTask.urgent(sql -> {
          long number = RecipientDao.register(sql, numbers, name, now);
          long generation = erased.generation(); // what was erased before is not read any more
          return new SqliteDeliveryStore(name, number, writer, readers, erased, generation);
        }));
  }

  private SqliteDeliveryStore(
      String name,
      long recipient,
      GroupCommitWriter writer,
      ReaderPool readers,
      ErasedEvents erased,
      long generation) {
    super(recipient, readers);
    this.recipient = recipient;
    this.outcomes = new OutcomeWriter(name, writer);
    this.readers = readers;
    this.erased = erased;
    this.generation = generation;
  }

  @Override
  public long cursor() {
    return readers.read(sql -> sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient));
  }

  @Override
  public long lastKnown() {
    return readers.read(sql -> DeliveryDao.lastKnown(sql, recipient));
  }

  @Override
  public Set<Long> decided(long after, long through) {
    return readers.read(sql -> DeliveryDao.known(sql, recipient, after, through));
  }

  @Override
  public Optional<CoalescedEvent> coalesced(long sequence) {
    return readers.read(sql -> SkippedDao.coalesced(sql, recipient, sequence));
  }

  @Override
  public List<SupersedingEvent> later(JournalEntry entry, int limit, long maxBytes) {
    return readers.read(sql -> SkippedDao.later(sql, recipient, entry, limit, maxBytes));
  }

  @Override
  public boolean mayHave(JournalEntry entry) {
    return readers.read(sql -> SkippedDao.mayHave(sql, recipient, entry));
  }

  @Override
  public Optional<Pause> pause() {
    return readers.read(sql -> PauseDao.of(sql, recipient));
  }

  @Override
  public List<Instant> failures(Instant since, int limit) {
    return readers
        .read(sql ->
            sql.list(
                DeliveryQueries.FAILURES,
                row -> TimeColumns.instant(row.getLong(1)),
                recipient,
                TimeColumns.micros(since),
                recipient,
                limit))
        .reversed();
  }

  @Override
  public List<Matching> matchings() {
    return readers.read(sql -> MatchDao.read(sql, recipient));
  }

  @Override
  public void recordAttempt(Delivery after, Attempt attempt) throws InterruptedException {
    DeliveryDao.Row row = DeliveryDao.Row.of(recipient, after);
    queue(sql -> {
      if (!erased.isGone(row.sequence())) {
        boolean redacted = erased.isRedacted(row.sequence(), generation);
        DeliveryDao.attempted(sql, row, redacted ? attempt.withoutAnswer() : attempt);
      }
    });
  }

  @Override
  public void recordAttempt(Delivery after, Attempt attempt, @Nullable Digest digest)
      throws InterruptedException {
    DeliveryDao.Row row = DeliveryDao.Row.of(recipient, after);
    queue(sql -> {
      if (!erased.isGone(row.sequence())) {
        boolean redacted = erased.isRedacted(row.sequence(), generation);
        DeliveryDao.attempted(sql, row, redacted ? attempt.withoutAnswer() : attempt);
        if (digest == null || redacted) {
          AcknowledgedDao.forget(sql, row);
        } else {
          AcknowledgedDao.has(sql, row, digest);
        }
      }
    });
  }

  @Override
  public Optional<Acknowledgement> acknowledged(String entityKey) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers.read(sql -> AcknowledgedDao.of(sql, recipient, key));
  }

  @Override
  public void unchanged(Delivery delivery, long same) throws InterruptedException {
    long sequence = delivery.sequence();
    queue(sql -> {
      if (!erased.isAny(List.of(sequence, same), generation)) {
        SkippedDao.unchanged(sql, recipient, sequence, same);
      }
    });
  }

  @Override
  public void decide(Matching matching) throws InterruptedException {
    queue(sql -> MatchDao.decide(sql, recipient, matching));
  }

  @Override
  public void pause(Pause pause) throws InterruptedException {
    queue(sql -> PauseDao.hold(sql, recipient, pause));
  }

  @Override
  public void resume(Instant at) throws InterruptedException {
    queue(sql -> PauseDao.release(sql, recipient, at));
  }

  @Override
  public void put(Delivery delivery) throws InterruptedException {
    DeliveryDao.Row row = DeliveryDao.Row.of(recipient, delivery);
    queue(sql -> {
      if (!erased.isGone(row.sequence())) {
        DeliveryDao.put(sql, row);
      }
    });
  }

  @Override
  public void skip(List<Long> skipped, JournalEntry newest, @Nullable CoalescedEvent coalesced)
      throws InterruptedException {
    List<Long> copy = List.copyOf(skipped);
    long sequence = newest.sequence(); // without its body: this waits in a queue
    List<Long> all = new ArrayList<>(copy);
    all.add(sequence);
    queue(sql -> {
      if (!erased.isAny(all, generation)) {
        SkippedDao.skip(sql, recipient, copy, sequence, coalesced);
      }
    });
  }

  @Override
  public void advance(long cursor) throws InterruptedException {
    queue(sql ->
        sql.update(
            "UPDATE recipient SET cursor = ? WHERE id = ? AND cursor < ?",
            cursor,
            recipient,
            cursor));
  }

  @Override
  public void flush() throws InterruptedException {
    outcomes.queue(sql -> {}, true).await();
  }

  @Override
  public int queued() {
    return outcomes.queued();
  }

  private void queue(OutcomeWriter.Change change) throws InterruptedException {
    outcomes.queue(change, false);
  }
}
