package io.rowhook.journal.tables;

import io.rowhook.base.Fingerprint;
import io.rowhook.entity.EntityState;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is kept of what recipients acknowledged, before the events that say it are removed. */
public final class KeptDao {

  /** Which event it has of the entity of another event, by what is kept; 0: none. */
  private static final String KEPT =
      "SELECT coalesce((SELECT h.sequence FROM event e JOIN held h ON h.recipient = ?1"
          + " AND h.entity_type = e.entity_type AND h.entity_id = e.entity_id"
          + " WHERE e.sequence = ?2), 0)";

  private static final String HAD =
      "SELECT coalesce(m.type, e.type) AS type, (SELECT attribute_set FROM attempt"
          + " WHERE recipient = r.id AND sequence = e.sequence AND outcome = 'delivered'"
          + " ORDER BY redelivery DESC, number DESC LIMIT 1) AS attribute_set"
          + " FROM (SELECT ? AS id) r, event e"
          + " LEFT JOIN merged m ON m.recipient = r.id AND m.sequence = e.sequence"
          + " WHERE e.sequence = ? AND "
          + HeldDao.ACKNOWLEDGED;

  private static final String HAS_NEWER =
      "SELECT EXISTS (SELECT 1 FROM (SELECT ?1 AS id) r, event of, event e INDEXED BY event_entity"
          + " WHERE of.sequence = ?2 AND e.entity_type = of.entity_type"
          + " AND e.entity_id = of.entity_id AND e.sequence > of.sequence AND "
          + HeldDao.ACKNOWLEDGED
          + ")";

  private KeptDao() {}

  /** What an event says, of which something is to be kept. */
  private record Said(String entityType, String entityId, long state) {}

  /** How a recipient has it: its type is another where it stands for earlier ones. */
  private record Had(boolean end, @Nullable Long rendering) {}

  /**
   * Keeps what an event says to recipients, before it is removed; unless a newer one says more.
   *
   * @param recipients their numbers
   */
  public static void keep(SqliteSession sql, List<Long> recipients, long sequence)
      throws SQLException {
    Said said = null;
    for (long recipient : recipients) {
      Optional<Had> had = had(sql, recipient, sequence);
      if (had.isPresent()) {
        said = said == null ? event(sql, sequence) : said;
        keep(sql, recipient, sequence, said, had.get());
      }
    }
  }

  private static Said event(SqliteSession sql, long sequence) throws SQLException {
    return sql.first(
            "SELECT entity_type, entity_id, body FROM event WHERE sequence = ?",
            row -> new Said(row.getString(1), row.getString(2), EntityState.of(row.getBytes(3))),
            sequence)
        .orElseThrow();
  }

  private static void keep(SqliteSession sql, long recipient, long sequence, Said said, Had had)
      throws SQLException {
    if (had.end()) {
      sql.update(
          "DELETE FROM held WHERE recipient = ? AND entity_type = ? AND entity_id = ?"
              + " AND sequence < ?",
          recipient,
          said.entityType(),
          said.entityId(),
          sequence);
      return;
    }
    sql.update(
        "INSERT INTO held (recipient, entity_type, entity_id, sequence, state, rendering)"
            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (recipient, entity_type, entity_id)"
            + " DO UPDATE SET sequence = excluded.sequence, state = excluded.state,"
            + " rendering = coalesce(excluded.rendering, rendering)"
            + " WHERE sequence < excluded.sequence",
        recipient,
        said.entityType(),
        said.entityId(),
        sequence,
        said.state(),
        had.rendering());
  }

  /** Empty: it does not have it, or a newer one. */
  private static Optional<Had> had(SqliteSession sql, long recipient, long sequence)
      throws SQLException {
    Optional<Had> had = sql.first(HAD, KeptDao::had, recipient, sequence);
    return had.isPresent() && sql.number(HAS_NEWER, recipient, sequence) == 0
        ? had
        : Optional.empty();
  }

  private static Had had(ResultSet row) throws SQLException {
    String set = row.getString("attribute_set");
    return new Had(HeldDao.isEnd(row), set == null ? null : Fingerprint.of(set));
  }

  /**
   * Whether nothing would be lost of what a recipient has, if an event were removed: where several
   * processes share a journal, who removes it is not who keeps that.
   */
  public static boolean isKept(SqliteSession sql, long recipient, long sequence)
      throws SQLException {
    Optional<Had> had = had(sql, recipient, sequence);
    if (had.isEmpty()) {
      return true;
    }
    long kept = sql.number(KEPT, recipient, sequence);
    return kept >= sequence || (had.get().end() && kept == 0);
  }

  /** Of no recipient any more: the entity is erased. */
  public static void erase(SqliteSession sql, String entityType, String entityId)
      throws SQLException {
    sql.update("DELETE FROM held WHERE entity_type = ? AND entity_id = ?", entityType, entityId);
    sql.update(
        "DELETE FROM difference WHERE entity_id = ? AND audit IN"
            + " (SELECT id FROM state_audit WHERE entity = ?)",
        entityId,
        entityType);
  }
}
