package io.rowhook.journal.deliveries;

import io.rowhook.journal.Backlog;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.PendingDeliveries;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.BacklogDao;
import io.rowhook.journal.tables.DeliveryDao;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is pending for one recipient, as it is read. Any thread; the store is of one. */
sealed class SqlitePendingDeliveries implements PendingDeliveries permits SqliteDeliveryStore {

  private final long recipient;
  private final ReaderPool readers;

  SqlitePendingDeliveries(long recipient, ReaderPool readers) {
    this.recipient = recipient;
    this.readers = readers;
  }

  @Override
  public boolean isOpen(long sequence, int redelivery) {
    return readers.read(sql -> DeliveryDao.isOpen(sql, recipient, sequence, redelivery));
  }

  @Override
  public List<Delivery> due(Instant now, int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.DUE, DeliveryDao::delivery, recipient, TimeColumns.micros(now), limit));
  }

  @Override
  public Optional<Instant> nextDue() {
    return readers.read(sql ->
        sql.first(
            "SELECT next_at FROM delivery WHERE recipient = ? AND state = 'waiting'"
                + " ORDER BY next_at LIMIT 1",
            row -> TimeColumns.instant(row.getLong(1)),
            recipient));
  }

  @Override
  public Optional<Delivery> oldestOpen() {
    return readers.read(
        sql -> sql.first(DeliveryQueries.OLDEST_OPEN, DeliveryDao::delivery, recipient, recipient));
  }

  @Override
  public List<Delivery> oldestUnrequested(int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.OPEN_UNREQUESTED, DeliveryDao::delivery, recipient, recipient, limit));
  }

  @Override
  public Optional<Delivery> oldestOpen(String entityKey) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers.read(sql ->
        sql.first(
            DeliveryQueries.OLDEST_OPEN_OF_ENTITY,
            DeliveryDao::delivery,
            recipient,
            recipient,
            key));
  }

  @Override
  public List<Delivery> waitingNotBlocked(int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.UNHELD,
            DeliveryDao::delivery,
            recipient,
            recipient,
            recipient,
            recipient,
            limit));
  }

  @Override
  public OptionalLong holdsFrom(String entityKey) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers
        .read(sql -> sql.first(DeliveryQueries.HOLDS_FROM, row -> row.getLong(1), recipient, key))
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  @Override
  public List<String> openEntities(int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.OPEN_ENTITIES,
            row -> new String(row.getBytes(1), StandardCharsets.UTF_8),
            recipient,
            recipient,
            limit));
  }

  @Override
  public List<Delivery> waitingBehind(String entityKey, long after, int limit) {
    byte[] key = entityKey.getBytes(StandardCharsets.UTF_8);
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.BEHIND,
            DeliveryDao::delivery,
            recipient,
            recipient,
            key,
            after,
            limit));
  }

  @Override
  public List<Delivery> waitingBehindNone(int limit) {
    return readers.read(sql ->
        sql.list(
            DeliveryQueries.BEHIND_NONE,
            DeliveryDao::delivery,
            recipient,
            recipient,
            recipient,
            recipient,
            limit));
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
  public List<Delivery> requested(int limit) {
    return readers.read(
        sql -> sql.list(DeliveryQueries.ASKED, DeliveryDao::delivery, recipient, recipient, limit));
  }

  @Override
  public Backlog backlog() {
    return readers.read(sql -> BacklogDao.of(sql, recipient));
  }
}
