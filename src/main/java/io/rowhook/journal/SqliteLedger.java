package io.rowhook.journal;

import io.rowhook.journal.JournalException.Kind;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One recipient's ledger. What it queues waits, in order, for as long as the journal cannot be
 * written; it is lost only if the journal is damaged, and then the delivery is made again.
 *
 * <p>When one of its writes is refused, all later ones are, so that the cursor never passes an
 * outcome that is not there; a new ledger of the same recipient starts from what is durable.
 */
final class SqliteLedger implements Ledger {

  /**
   * Named, because SQLite would rather go through the primary key, and so past every failed
   * delivery, of which there may be many.
   */
  static final String OLDEST_OPEN =
      DeliveryTable.SELECT
          + " AND d.sequence = (SELECT min(sequence) FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed')";

  static final String OPEN =
      DeliveryTable.SELECT
          + " AND d.sequence IN (SELECT sequence FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed' ORDER BY sequence LIMIT ?)"
          + " ORDER BY d.sequence";

  static final String OLDEST_OPEN_OF_ENTITY =
      DeliveryTable.SELECT
          + " AND d.sequence = (SELECT min(sequence) FROM delivery INDEXED BY delivery_entity"
          + " WHERE recipient = ? AND state <> 'failed' AND entity_key = ?)";

  static final String UNHELD =
      DeliveryTable.SELECT
          + " AND d.state = 'blocked' AND NOT EXISTS (SELECT 1 FROM delivery e"
          + " INDEXED BY delivery_entity WHERE e.recipient = d.recipient AND e.state <> 'failed'"
          + " AND e.entity_key = d.entity_key AND e.sequence < d.sequence)"
          + " ORDER BY d.sequence LIMIT ?";

  static final String DUE =
      DeliveryTable.SELECT
          + " AND d.state = 'waiting' AND d.next_at <= ? ORDER BY d.next_at LIMIT ?";

  static final String ASKED =
      DeliveryTable.SELECT
          + " AND d.sequence IN (SELECT sequence FROM delivery INDEXED BY delivery_asked"
          + " WHERE recipient = ? AND asked = 1 AND state = 'waiting' ORDER BY sequence LIMIT ?)"
          + " ORDER BY d.sequence";

  static final String FAILURES =
      "SELECT at" + DeliveryTable.COUNTING_FAILURES + " ORDER BY at DESC LIMIT ?";

  private static final Logger LOG = LoggerFactory.getLogger(SqliteLedger.class);

  private final String name;
  private final long recipient;
  private final Writer writer;
  private final Readers readers;

  /** Written by the writer's thread; read by both. */
  private volatile @Nullable RuntimeException refused;

  SqliteLedger(String name, long recipient, Writer writer, Readers readers) {
    this.name = name;
    this.recipient = recipient;
    this.writer = writer;
    this.readers = readers;
  }

  @Override
  public long cursor() {
    return readers.read(sql -> sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient));
  }

  @Override
  public Set<Long> knownAbove(long cursor) {
    return new HashSet<>(
        readers.read(sql ->
            sql.list(
                "SELECT sequence FROM delivery WHERE recipient = ? AND sequence > ?"
                    + " UNION ALL SELECT sequence FROM attempt"
                    + " WHERE recipient = ? AND sequence > ? AND outcome = 'delivered'",
                row -> row.getLong(1),
                recipient,
                cursor,
                recipient,
                cursor)));
  }

  @Override
  public List<Delivery> due(Instant now, int limit) {
    return readers.read(
        sql -> sql.list(DUE, DeliveryTable::delivery, recipient, Times.micros(now), limit));
  }

  @Override
  public Optional<Instant> nextDue() {
    return readers.read(sql ->
        sql.first(
            "SELECT next_at FROM delivery WHERE recipient = ? AND state = 'waiting'"
                + " ORDER BY next_at LIMIT 1",
            row -> Times.instant(row.getLong(1)),
            recipient));
  }

  @Override
  public Optional<Delivery> oldestOpen() {
    return readers.read(
        sql -> sql.first(OLDEST_OPEN, DeliveryTable::delivery, recipient, recipient));
  }

  @Override
  public List<Delivery> oldestOpen(int limit) {
    return readers.read(
        sql -> sql.list(OPEN, DeliveryTable::delivery, recipient, recipient, limit));
  }

  @Override
  public Optional<Delivery> oldestOpen(String entityKey) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers.read(sql ->
        sql.first(OLDEST_OPEN_OF_ENTITY, DeliveryTable::delivery, recipient, recipient, key));
  }

  @Override
  public List<Delivery> unheld(int limit) {
    return readers.read(sql -> sql.list(UNHELD, DeliveryTable::delivery, recipient, limit));
  }

  @Override
  public long open() {
    return readers.read(sql ->
        sql.number(
            "SELECT count(*) FROM delivery INDEXED BY delivery_open"
                + " WHERE recipient = ? AND state <> 'failed'",
            recipient));
  }

  @Override
  public List<Delivery> asked(int limit) {
    return readers.read(
        sql -> sql.list(ASKED, DeliveryTable::delivery, recipient, recipient, limit));
  }

  @Override
  public Optional<Hold> hold() {
    return readers.read(sql -> HoldTable.of(sql, recipient));
  }

  @Override
  public List<Instant> failures(Instant since, int limit) {
    return readers
        .read(sql ->
            sql.list(
                FAILURES,
                row -> Times.instant(row.getLong(1)),
                recipient,
                Times.micros(since),
                recipient,
                limit))
        .reversed();
  }

  @Override
  public Backlog backlog() {
    return readers.read(sql -> BacklogTable.of(sql, recipient));
  }

  @Override
  public void attempted(
      Entry entry, Attempt attempt, DeliveryState state, int redelivery, int trials)
      throws InterruptedException {
    DeliveryTable.Key key = DeliveryTable.Key.of(recipient, entry);
    queue(sql -> DeliveryTable.attempted(sql, key, attempt, state, redelivery, trials));
  }

  @Override
  public void hold(Hold hold) throws InterruptedException {
    queue(sql -> HoldTable.hold(sql, recipient, hold));
  }

  @Override
  public void release(Instant at) throws InterruptedException {
    queue(sql -> HoldTable.release(sql, recipient, at));
  }

  @Override
  public void put(Entry entry, DeliveryState state) throws InterruptedException {
    DeliveryTable.Key key = DeliveryTable.Key.of(recipient, entry);
    queue(sql -> DeliveryTable.put(sql, key, state));
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
    queue(sql -> {}).await();
  }

  /** Something queued. */
  private interface Change {
    void apply(Sql sql) throws SQLException;
  }

  private Write<Boolean> queue(Change change) throws InterruptedException {
    checkNotRefused();
    return writer.submit(
        Write.patient(
            sql -> {
              checkNotRefused();
              change.apply(sql);
              return true;
            },
            this::refuse));
  }

  private void refuse(RuntimeException why) {
    if (refused == null) {
      refused = why;
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
