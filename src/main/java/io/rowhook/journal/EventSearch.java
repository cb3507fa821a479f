package io.rowhook.journal;

import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.EventDao;
import io.rowhook.journal.tables.IndexDao;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events that a person looks for, whoever gets them, the newest first, page by page. Any thread.
 */
public final class EventSearch {

  /**
   * What is looked for.
   *
   * @param columns of events that have, or had, these values in columns that are indexed
   * @param before older than this sequence: the next page; null: the first one
   * @param limit how many at most
   */
  public record Query(
      DeliveryFilter filter, Map<String, String> columns, @Nullable Long before, int limit) {

    public Query {
      columns = Map.copyOf(columns);
    }
  }

  /**
   * An event without its content.
   *
   * @param audience the one recipient that it is for; null: for all
   * @param bytes of its JSON
   */
  public record Found(
      long sequence,
      String eventId,
      String entityType,
      String entityId,
      String eventType,
      Instant committedAt,
      @Nullable String audience,
      long bytes) {}

  private static final String HEAD =
      "SELECT e.sequence, e.id, e.entity_type, e.entity_id, e.type, e.committed_at, e.audience,"
          + " length(e.body) AS bytes FROM event e";

  private static final String OF_ENTITY =
      HEAD
          + " INDEXED BY event_entity WHERE e.entity_type = ? AND e.entity_id = ?"
          + " AND e.sequence <= ? AND e.sequence >= ? AND e.committed_at >= ?"
          + " AND e.committed_at < ? ORDER BY e.sequence DESC LIMIT ?";

  private static final String ALL =
      HEAD
          + " WHERE (? IS NULL OR e.entity_type = ?) AND e.sequence <= ? AND e.sequence >= ?"
          + " AND e.committed_at >= ? AND e.committed_at < ? ORDER BY e.sequence DESC LIMIT ?";

  private final ReaderPool readers;

  EventSearch(ReaderPool readers) {
    this.readers = readers;
  }

  /** A page of what is looked for. */
  public List<Found> find(Query query) {
    return readers.read(sql -> {
      DeliveryFilter filter = query.filter();
      long head = sql.number("SELECT coalesce(" + EventDao.HEAD + ", 0)");
      long before = query.before() == null ? Long.MAX_VALUE : query.before();
      long most = Math.min(head, Math.min(before - 1, filter.end()));
      if (!query.columns().isEmpty()) {
        return indexed(sql, query, most);
      }
      long from = filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from());
      long to = filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to());
      boolean isOne = filter.entityId() != null;
      return sql.list(
          isOne ? OF_ENTITY : ALL,
          EventSearch::found,
          filter.entityType(),
          isOne ? filter.entityId() : filter.entityType(),
          most,
          filter.start() + 1,
          from,
          to,
          query.limit());
    });
  }

  /** All events of a range, in their order. */
  public EventRange range(DeliveryFilter filter) {
    return new EventRange(readers, filter);
  }

  private static List<Found> indexed(SqliteSession sql, Query query, long most)
      throws SQLException {
    List<Found> found = new ArrayList<>();
    IndexedEvents events = new IndexedEvents(query.columns(), query.filter());
    for (long sequence : events.find(sql, most, query.limit(), "")) {
      sql.first(HEAD + " WHERE e.sequence = ?", EventSearch::found, sequence).ifPresent(found::add);
    }
    return found;
  }

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        row.getLong("sequence"),
        EventDao.shownId(row.getObject("id")),
        row.getString("entity_type"),
        row.getString("entity_id"),
        row.getString("type"),
        TimeColumns.instant(row.getLong("committed_at")),
        row.getString("audience"),
        row.getLong("bytes"));
  }

  /** The columns that events are found by, or were, as {@code Order.order_no}; sorted. */
  public List<String> columns() {
    return readers.read(IndexDao::columns);
  }
}
