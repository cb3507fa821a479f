package io.rowhook.journal.deliveries;

import io.rowhook.journal.tables.DeliveryDao;

/** How a recipient's deliveries are found that stand on disk. */
public final class DeliveryQueries {

  /**
   * Named, because SQLite would rather go through the primary key, and so past every failed
   * delivery, of which there may be many.
   */
  public static final String OLDEST_OPEN =
      DeliveryDao.SELECT
          + " AND d.sequence = (SELECT min(sequence) FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed')";

  public static final String OPEN_UNREQUESTED =
      DeliveryDao.SELECT
          + " AND d.sequence IN (SELECT sequence FROM delivery INDEXED BY delivery_open"
          + " WHERE recipient = ? AND state <> 'failed' AND redelivery = 0"
          + " ORDER BY sequence LIMIT ?) ORDER BY d.sequence";

  public static final String OLDEST_OPEN_OF_ENTITY =
      DeliveryDao.SELECT
          + " AND d.sequence = (SELECT min(sequence) FROM delivery INDEXED BY delivery_entity"
          + " WHERE recipient = ? AND state <> 'failed' AND entity_key = ?)";

  /** Of a recipient, given twice: found by jumping from entity to entity. */
  private static final String ENTITIES =
      "WITH RECURSIVE entity(key) AS ("
          + "SELECT (SELECT entity_key FROM delivery INDEXED BY delivery_entity"
          + " WHERE recipient = ? AND state <> 'failed' ORDER BY entity_key LIMIT 1)"
          + " UNION ALL SELECT (SELECT entity_key FROM delivery INDEXED BY delivery_entity"
          + " WHERE recipient = ? AND state <> 'failed' AND entity_key > entity.key"
          + " ORDER BY entity_key LIMIT 1) FROM entity WHERE entity.key IS NOT NULL)";

  public static final String OPEN_ENTITIES =
      ENTITIES + " SELECT key FROM entity WHERE key IS NOT NULL LIMIT ?";

  /**
   * The first of each entity, found by jumping from entity to entity: what is behind it, which may
   * be a million, is not looked at.
   */
  public static final String UNHELD =
      DeliveryDao.SELECT
          + " AND d.state = 'blocked' AND d.sequence IN ("
          + ENTITIES
          + " SELECT (SELECT min(sequence) FROM delivery INDEXED BY delivery_entity"
          + " WHERE recipient = ? AND state <> 'failed' AND entity_key = entity.key)"
          + " FROM entity WHERE entity.key IS NOT NULL)"
          + " ORDER BY d.sequence LIMIT ?";

  /** Of the oldest one of an entity, whether it stands for others too. */
  public static final String HOLDS_FROM =
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM merged m WHERE m.recipient = d.recipient"
          + " AND m.sequence = d.sequence) THEN 0 ELSE d.sequence END"
          + " FROM delivery d INDEXED BY delivery_entity WHERE d.recipient = ?"
          + " AND d.state <> 'failed' AND d.entity_key = ? AND d.redelivery = 0"
          + " ORDER BY d.sequence LIMIT 1";

  public static final String BEHIND =
      DeliveryDao.SELECT
          + " AND d.sequence IN (SELECT sequence FROM delivery INDEXED BY delivery_behind"
          + " WHERE recipient = ? AND behind = ? AND behind IS NOT NULL AND state = 'blocked'"
          + " AND sequence > ? ORDER BY sequence LIMIT ?) ORDER BY d.sequence";

  /** Behind all: until it is the oldest itself. */
  public static final String BEHIND_NONE =
      UNHELD.replace(
          " ORDER BY d.sequence LIMIT ?",
          " AND (d.behind IS NULL OR d.redelivery > 0 OR CASE WHEN d.behind = x'' THEN NOT EXISTS"
              + " (SELECT 1 FROM delivery w INDEXED BY delivery_open WHERE w.recipient = d.recipient"
              + " AND w.state <> 'failed' AND w.redelivery = 0 AND w.sequence < d.sequence)"
              + " ELSE NOT EXISTS (SELECT 1 FROM delivery w INDEXED BY delivery_entity"
              + " WHERE w.recipient = d.recipient AND w.state <> 'failed'"
              + " AND w.entity_key = d.behind AND w.redelivery = 0 AND (w.sequence < d.sequence"
              + " OR EXISTS (SELECT 1 FROM merged o WHERE o.recipient = w.recipient"
              + " AND o.sequence = w.sequence))) END)"
              + " ORDER BY d.sequence LIMIT ?");

  public static final String DUE =
      DeliveryDao.SELECT + " AND d.state = 'waiting' AND d.next_at <= ? ORDER BY d.next_at LIMIT ?";

  public static final String ASKED =
      DeliveryDao.SELECT
          + " AND d.sequence IN (SELECT sequence FROM delivery INDEXED BY delivery_asked"
          + " WHERE recipient = ? AND asked = 1 AND state = 'waiting' ORDER BY sequence LIMIT ?)"
          + " ORDER BY d.sequence";

  public static final String FAILURES =
      "SELECT DISTINCT at" + DeliveryDao.COUNTING_FAILURES + " ORDER BY at DESC LIMIT ?";

  private DeliveryQueries() {}
}
