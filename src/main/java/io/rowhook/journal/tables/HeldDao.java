package io.rowhook.journal.tables;

import io.rowhook.base.Fingerprint;
import io.rowhook.base.Json;
import io.rowhook.entity.EntityState;
import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.Difference.Why;
import io.rowhook.journal.Held;
import io.rowhook.journal.sqlite.SqliteSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What recipients acknowledged last of each entity: by the newest event that is there and that they
 * acknowledged, and by what was {@link KeptDao kept} of those that are gone.
 */
public final class HeldDao {

  /** Whether a recipient has what an event says, of the tables {@code e} and {@code r}. */
  static final String ACKNOWLEDGED =
      "(EXISTS (SELECT 1 FROM attempt WHERE recipient = r.id AND sequence = e.sequence"
          + " AND outcome = 'delivered')"
          // not sent, since it has the same already
          + " OR EXISTS (SELECT 1 FROM skipped WHERE recipient = r.id AND sequence = e.sequence"
          + " AND newer < sequence))";

  private static final String OF_EVENTS =
      "SELECT e.sequence, coalesce(m.type, e.type) AS type, %s AS body, (SELECT attribute_set FROM"
          + " attempt WHERE recipient = r.id AND sequence = e.sequence AND outcome = 'delivered'"
          + " ORDER BY redelivery DESC, number DESC LIMIT 1) AS attribute_set"
          + " FROM (SELECT ? AS id) r, event e INDEXED BY event_entity"
          + " LEFT JOIN merged m ON m.recipient = r.id AND m.sequence = e.sequence"
          + " WHERE e.entity_type = ? AND e.entity_id = ? AND e.sequence <= ? AND "
          + ACKNOWLEDGED
          + " ORDER BY e.sequence DESC LIMIT 1";

  private static final String WHOLE = OF_EVENTS.formatted("e.body");
  private static final String WHETHER = OF_EVENTS.formatted("NULL");

  private static final String ALL_KEPT =
      "SELECT entity_id, sequence, state, rendering FROM held WHERE recipient = ?"
          + " AND entity_type = ? AND entity_id IN (SELECT value FROM json_each(?))";

  private static final String WITH_EVENTS =
      "SELECT value FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM event INDEXED BY event_entity"
          + " WHERE entity_type = ?1 AND entity_id = value)";

  private static final String IDS =
      "SELECT entity_id FROM (SELECT entity_id FROM held WHERE recipient = ?1 AND entity_type = ?2"
          + " AND entity_id > ?3 ORDER BY entity_id LIMIT ?4) UNION SELECT entity_id FROM (SELECT"
          + " DISTINCT entity_id FROM event INDEXED BY event_entity WHERE entity_type = ?2"
          + " AND entity_id > ?3 ORDER BY entity_id LIMIT ?4) ORDER BY 1 LIMIT ?4";

  private static final String UNACKNOWLEDGED =
      "SELECT d.state, d.reason, e.sequence > r.cursor AS ahead FROM recipient r"
          + " JOIN event e INDEXED BY event_entity"
          + " LEFT JOIN delivery d ON d.recipient = r.id AND d.sequence = e.sequence"
          + " WHERE r.name = ? AND e.entity_type = ? AND e.entity_id = ? AND e.sequence > ?"
          + " AND e.sequence <= ? AND (e.audience IS NULL OR e.audience = r.name)"
          + " AND NOT EXISTS (SELECT 1 FROM skipped WHERE recipient = r.id"
          + " AND sequence = e.sequence) ORDER BY e.sequence DESC";

  private HeldDao() {}

  /**
   * What a recipient has of some entities, by their ids; of which it has and had nothing are
   * missing.
   *
   * @param head nothing after it is looked at
   */
  public static Map<String, Held> of(
      SqliteSession sql, long recipient, String entityType, List<String> ids, long head)
      throws SQLException {
    return found(sql, WHOLE, HeldDao::said, recipient, entityType, ids, head);
  }

  /** Which of some entities a recipient has, in whatever state. */
  public static List<String> there(
      SqliteSession sql, long recipient, String entityType, List<String> ids, long head)
      throws SQLException {
    return found(sql, WHETHER, HeldDao::whether, recipient, entityType, ids, head)
        .entrySet()
        .stream()
        .filter(one -> one.getValue().there())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * @param newest finds what the newest event says that it acknowledged
   */
  private static Map<String, Held> found(
      SqliteSession sql,
      String newest,
      SqliteSession.Row<Held> reader,
      long recipient,
      String entityType,
      List<String> ids,
      long head)
      throws SQLException {
    String all = Json.text(Json.MAPPER.valueToTree(ids));
    Map<String, Held> found = new LinkedHashMap<>();
    sql.each(
        ALL_KEPT,
        row -> {
          found.put(row.getString(1), kept(row));
          return true;
        },
        recipient,
        entityType,
        all);
    for (String id : sql.list(WITH_EVENTS, row -> row.getString(1), entityType, all)) {
      sql.first(newest, reader, recipient, entityType, id, head)
          .ifPresent(said -> found.merge(id, said, HeldDao::newer));
    }
    return found;
  }

  private static Held whether(ResultSet row) throws SQLException {
    return new Held(row.getLong("sequence"), !isEnd(row), null, null);
  }

  /** An older one may have been sent again by a person since. */
  private static Held newer(Held one, Held other) {
    return one.sequence() > other.sequence() ? one : other;
  }

  private static Held kept(ResultSet row) throws SQLException {
    long number = row.getLong("rendering");
    Long rendering = row.wasNull() ? null : Long.valueOf(number);
    return new Held(row.getLong("sequence"), true, row.getLong("state"), rendering);
  }

  static boolean isEnd(ResultSet row) throws SQLException {
    return row.getString("type").equals(EventType.Deleted.name());
  }

  private static Held said(ResultSet row) throws SQLException {
    long sequence = row.getLong("sequence");
    if (isEnd(row)) {
      return new Held(sequence, false, null, null);
    }
    String set = row.getString("attribute_set");
    return new Held(
        sequence,
        true,
        EntityState.of(row.getBytes("body")),
        set == null ? null : Fingerprint.of(set));
  }

  /**
   * What became of the events of an entity that a recipient has not acknowledged.
   *
   * @param after only later ones
   * @param head and none later than this
   * @return empty: there are none, or others took their place
   */
  public static Optional<Why> unacknowledged(
      SqliteSession sql,
      String recipient,
      String entityType,
      String entityId,
      long after,
      long head)
      throws SQLException {
    List<Why> found =
        sql.list(UNACKNOWLEDGED, HeldDao::why, recipient, entityType, entityId, after, head);
    return found.contains(Why.waiting)
        ? Optional.of(Why.waiting)
        : found.stream()
            .filter(why -> why != Why.unwanted)
            .findFirst()
            .or(() -> found.stream().findFirst());
  }

  private static Why why(ResultSet row) throws SQLException {
    String state = row.getString("state");
    if (state == null) {
      return row.getBoolean("ahead") ? Why.waiting : Why.unwanted;
    }
    String reason = Objects.requireNonNullElse(row.getString("reason"), "");
    return !state.equals("failed")
        ? Why.waiting
        : reason.startsWith(Failed.DISCARDED)
            ? Why.discarded
            : reason.startsWith(Failed.BACKLOG_LIMIT) ? Why.limit : Why.failed;
  }

  /** The ids, in their order, of entities that a recipient may have, after one of them. */
  public static List<String> ids(
      SqliteSession sql, long recipient, String entityType, String after, int limit)
      throws SQLException {
    return sql.list(IDS, row -> row.getString(1), recipient, entityType, after, limit);
  }
}
