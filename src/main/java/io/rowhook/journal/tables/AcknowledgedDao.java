package io.rowhook.journal.tables;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.sqlite.SqliteSession;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;

/** What recipients acknowledged last of each entity, on disk. */
public final class AcknowledgedDao {

  private AcknowledgedDao() {}

  public static Optional<Acknowledgement> of(SqliteSession sql, long recipient, byte[] entityKey)
      throws SQLException {
    return sql.first(
        "SELECT sequence, digest FROM acknowledged WHERE recipient = ? AND entity_key = ?",
        row -> new Acknowledgement(row.getLong(1), Digest.of(row.getBytes(2))),
        recipient,
        entityKey);
  }

  public static void has(SqliteSession sql, DeliveryDao.Row row, Digest digest)
      throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO acknowledged (recipient, entity_key, sequence, digest)"
            + " VALUES (?, ?, ?, ?)",
        row.recipient(),
        row.entityKey(),
        row.sequence(),
        digest.bytes());
  }

  /** It is not known any more what it has. */
  public static void forget(SqliteSession sql, DeliveryDao.Row row) throws SQLException {
    sql.update(
        "DELETE FROM acknowledged WHERE recipient = ? AND entity_key = ?",
        row.recipient(),
        row.entityKey());
  }

  /** Of no recipient any more: the entity is erased. */
  public static void erase(SqliteSession sql, String entityKey) throws SQLException {
    sql.update(
        "DELETE FROM acknowledged WHERE entity_key = ?",
        entityKey.getBytes(StandardCharsets.UTF_8));
  }
}
