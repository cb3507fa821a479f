package io.rowhook.journal;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One recipient's ledger. What it queues waits, in order, for as long as the journal cannot be
 * written; it is lost only if the journal is damaged, and then the delivery is made again.
 *
 * <p>When one of its writes is refused, all later ones are, so that the cursor never passes an
 * outcome that is not there; a new ledger of the same recipient starts from what is durable.
 */
final class SqliteLedger implements Ledger {

  private static final String OPEN = " AND d.state <> 'failed'";

  private final long recipient;
  private final Writer writer;
  private final Readers readers;

  /** Written by the writer's thread; read by both. */
  private volatile @Nullable Throwable refused;

  SqliteLedger(long recipient, Writer writer, Readers readers) {
    this.recipient = recipient;
    this.writer = writer;
    this.readers = readers;
  }

  @Override
  public long cursor() {
    return readers.read(
        sql -> sql.number("SELECT cursor FROM recipient WHERE id = ?", recipient));
  }

  @Override
  public Set<Long> knownAbove(long cursor) {
    return new HashSet<>(
        readers.read(
            sql ->
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
        sql ->
            sql.list(
                DeliveryTable.SELECT
                    + " AND d.state = 'waiting' AND d.next_at <= ? ORDER BY d.next_at LIMIT ?",
                DeliveryTable::delivery,
                recipient,
                Times.micros(now),
                limit));
  }

  @Override
  public Optional<Instant> nextDue() {
    return readers.read(
        sql ->
            sql.first(
                "SELECT next_at FROM delivery WHERE recipient = ? AND state = 'waiting'"
                    + " ORDER BY next_at LIMIT 1",
                row -> Times.instant(row.getLong(1)),
                recipient));
  }

  @Override
  public Optional<Delivery> oldestOpen() {
    return readers.read(
        sql ->
            sql.first(
                DeliveryTable.SELECT + OPEN + " ORDER BY d.sequence LIMIT 1",
                DeliveryTable::delivery,
                recipient));
  }

  @Override
  public Optional<Delivery> oldestOpen(String entityKey) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers.read(
        sql ->
            sql.first(
                DeliveryTable.SELECT + OPEN + " AND d.entity_key = ? ORDER BY d.sequence LIMIT 1",
                DeliveryTable::delivery,
                recipient,
                key));
  }

  @Override
  public long open() {
    return readers.read(
        sql ->
            sql.number(
                "SELECT count(*) FROM delivery d WHERE recipient = ?" + OPEN, recipient));
  }

  @Override
  public void attempted(Entry entry, Attempt attempt, DeliveryState state, int redelivery)
      throws InterruptedException {
    DeliveryTable.Key key = DeliveryTable.Key.of(recipient, entry);
    queue(sql -> DeliveryTable.attempted(sql, key, attempt, state, redelivery));
  }

  @Override
  public void put(Entry entry, DeliveryState state) throws InterruptedException {
    DeliveryTable.Key key = DeliveryTable.Key.of(recipient, entry);
    queue(sql -> DeliveryTable.put(sql, key, state));
  }

  @Override
  public void advance(long cursor) throws InterruptedException {
    queue(
        sql ->
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
            why -> refused = why));
  }

  private void checkNotRefused() {
    Throwable why = refused;
    if (why != null) {
      throw new JournalException(
          "an outcome could not be written, so none after it is: " + why.getMessage(), why);
    }
  }
}
