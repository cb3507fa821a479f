package io.rowhook.journal;

import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.DeliveryDao;
import io.rowhook.journal.tables.EventDao;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that a person looks for, the newest first, page by page: the exceptions, and from the
 * attempt log those that were delivered, and what was skipped since a newer one was pending. What
 * is pending and was not attempted yet is no entry of either. Any thread.
 */
public final class DeliverySearch {

  /** Where a delivery stands, for a person to choose. */
  public enum State {
    DELIVERED,
    WAITING,
    BLOCKED,
    FAILED,
    SKIPPED;

    /** All but what was skipped, of which there may be many that nobody looks for. */
    public static final Set<State> ALL = Set.of(DELIVERED, WAITING, BLOCKED, FAILED);
  }

  /**
   * What is looked for.
   *
   * @param recipient of this recipient; null: of all
   * @param filter of these events
   * @param states which stand so
   * @param limit at most so many
   * @param before after this page; null: the first one
   */
  public record Query(
      @Nullable String recipient,
      DeliveryFilter filter,
      Set<State> states,
      int limit,
      @Nullable String before) {}

  /**
   * What was found.
   *
   * @param next the next page; null: there is none
   */
  public record Page(List<Found> found, @Nullable String next) {}

  /**
   * A delivery and what became of it so far.
   *
   * @param sequence of its event
   * @param state delivered, waiting, blocked, failed or skipped
   * @param next when the next attempt is due; null: none is
   * @param attempts made so far, over all redeliveries
   * @param redelivery how often a person has redelivered it
   * @param lastAttempt null: none was made
   * @param status of the last answer; null: there was none
   * @param reason why it stands as it does; null: it was delivered, or nothing failed yet
   */
  public record Found(
      String recipient,
      long sequence,
      String eventId,
      String entityType,
      String entityId,
      String eventType,
      Instant committedAt,
      String state,
      @Nullable Instant next,
      int attempts,
      int redelivery,
      @Nullable Instant lastAttempt,
      @Nullable Integer status,
      @Nullable String reason) {}

  private static final String EVENT =
      " AND (? IS NULL OR e.entity_type = ?) AND (? IS NULL OR e.entity_id = ?)"
          + " AND e.committed_at >= ? AND e.committed_at < ?"
          + " AND e.sequence >= ? AND e.sequence <= ?";

  private static final String EXCEPTIONS =
      "SELECT d.sequence FROM delivery d CROSS JOIN event e ON e.sequence = d.sequence"
          + " WHERE d.recipient = ? AND d.sequence <= ? AND d.state IN (?, ?, ?)"
          + EVENT
          + " ORDER BY d.sequence DESC LIMIT ?";

  private static final String DELIVERED =
      "SELECT a.sequence FROM attempt a CROSS JOIN event e ON e.sequence = a.sequence"
          + " WHERE a.recipient = ? AND a.sequence <= ? AND a.outcome = 'delivered'"
          + " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.recipient = a.recipient"
          + " AND d.sequence = a.sequence)"
          + EVENT
          + " GROUP BY a.sequence ORDER BY a.sequence DESC LIMIT ?";

  /** Of one entity there are few events; the log of all attempts may be long. */
  private static final String OF_ENTITY =
      "SELECT e.sequence FROM event e INDEXED BY event_entity"
          + " WHERE e.entity_type = ? AND e.entity_id = ? AND e.sequence <= ?"
          + " AND e.committed_at >= ? AND e.committed_at < ? AND e.sequence >= ?"
          + " AND coalesce((SELECT state FROM delivery WHERE recipient = ?"
          + " AND sequence = e.sequence), (SELECT 'delivered' FROM attempt WHERE recipient = ?"
          + " AND sequence = e.sequence AND outcome = 'delivered'), (SELECT 'skipped' FROM skipped"
          + " WHERE recipient = ? AND sequence = e.sequence)) IN (?, ?, ?, ?, ?)"
          + " ORDER BY e.sequence DESC LIMIT ?";

  private static final String SKIPPED =
      "SELECT s.sequence FROM skipped s CROSS JOIN event e ON e.sequence = s.sequence"
          + " WHERE s.recipient = ? AND s.sequence <= ?"
          + EVENT
          + " ORDER BY s.sequence DESC LIMIT ?";

  private static final String FOUND =
      "SELECT e.sequence, e.id, e.entity_type, e.entity_id, e.type, e.committed_at,"
          + " coalesce(d.state, CASE WHEN a.at IS NULL AND s.newer IS NOT NULL THEN 'skipped' END,"
          + " 'delivered') AS state, d.next_at, d.redelivery,"
          + " coalesce(d.reason, CASE WHEN d.state IS NULL AND a.at IS NULL"
          + " THEN 'latest-only: ' || s.newer || ' is newer' END) AS reason,"
          + " a.at, a.status, a.error, a.redelivery AS sent,"
          + " (SELECT count(*) FROM attempt WHERE recipient = ? AND sequence = e.sequence)"
          + " AS attempts FROM event e"
          + " LEFT JOIN delivery d ON d.recipient = ? AND d.sequence = e.sequence"
          + " LEFT JOIN skipped s ON s.recipient = ? AND s.sequence = e.sequence"
          + " LEFT JOIN attempt a ON a.recipient = ? AND a.sequence = e.sequence"
          + " WHERE e.sequence = ? ORDER BY a.redelivery DESC, a.number DESC LIMIT 1";

  private final ReaderPool readers;

  DeliverySearch(ReaderPool readers) {
    this.readers = readers;
  }

  private record Recipient(long number, String name) {}

  private record Hit(long sequence, Recipient recipient) {
    static final Comparator<Hit> NEWEST_FIRST =
        Comparator.comparingLong(Hit::sequence)
            .reversed()
            .thenComparingLong(hit -> hit.recipient.number);
  }

  /** A page of what is looked for. */
  public Page find(Query query) {
    long[] from = position(query.before());
    return readers.read(sql -> {
      List<Hit> hits = new ArrayList<>();
      for (Recipient recipient : recipients(sql, query)) {
        long most = recipient.number > from[1] ? from[0] : from[0] - 1;
        for (long sequence : sequences(sql, recipient.number, query, most)) {
          hits.add(new Hit(sequence, recipient));
        }
      }
      hits.sort(Hit.NEWEST_FIRST);
      List<Found> found = new ArrayList<>();
      for (Hit hit : hits.subList(0, Math.min(query.limit(), hits.size()))) {
        found(sql, hit.recipient, hit.sequence).ifPresent(found::add);
      }
      boolean more = hits.size() > query.limit();
      Hit last = more ? hits.get(query.limit() - 1) : null;
      return new Page(found, last == null ? null : last.sequence + "." + last.recipient.number);
    });
  }

  /** What became of one delivery; empty: nothing is known of it. */
  public Optional<Found> find(String recipient, long sequence) {
    return readers.read(sql -> {
      Optional<Recipient> known =
          sql.first(
              "SELECT id, name FROM recipient WHERE name = ?",
              row -> new Recipient(row.getLong(1), row.getString(2)),
              recipient);
      if (known.isEmpty()) {
        return Optional.empty();
      }
      return found(sql, known.get(), sequence)
          .filter(found -> found.attempts() > 0 || !found.state().equals("delivered"));
    });
  }

  /** Where the page before ended: {@code sequence.recipient}. */
  private static long[] position(@Nullable String before) {
    if (before == null) {
      return new long[] {Long.MAX_VALUE, 0};
    }
    String[] parts = before.split("\\.", 2);
    try {
      return new long[] {Long.parseLong(parts[0]), Long.parseLong(parts[parts.length - 1])};
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not the next page of anything: '" + before + "'", e);
    }
  }

  private static List<Recipient> recipients(SqliteSession sql, Query query) throws SQLException {
    return sql.list(
        "SELECT id, name FROM recipient WHERE ? IS NULL OR name = ?",
        row -> new Recipient(row.getLong(1), row.getString(2)),
        query.recipient(),
        query.recipient());
  }

  private static Set<Long> sequences(SqliteSession sql, long recipient, Query query, long most)
      throws SQLException {
    DeliveryFilter filter = query.filter();
    int limit = query.limit() + 1;
    List<@Nullable String> states = states(query);
    long since = filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from());
    long until = filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to());
    Set<Long> found = new TreeSet<>(Comparator.reverseOrder());
    if (filter.entityId() != null) {
      found.addAll(
          sql.list(
              OF_ENTITY,
              row -> row.getLong(1),
              filter.entityType(),
              filter.entityId(),
              Math.min(most, filter.end()),
              since,
              until,
              filter.start() + 1,
              recipient,
              recipient,
              recipient,
              states.get(0),
              states.get(1),
              states.get(2),
              states.get(3),
              states.get(4),
              limit));
      return found;
    }
    List<@Nullable Object> event = new ArrayList<>();
    event.add(filter.entityType());
    event.add(filter.entityType());
    event.add(null);
    event.add(null);
    event.add(since);
    event.add(until);
    event.add(filter.start() + 1);
    event.add(filter.end());
    event.add(limit);
    if (query.states().contains(State.DELIVERED)) {
      found.addAll(sql.list(DELIVERED, row -> row.getLong(1), with(event, recipient, most)));
    }
    if (query.states().contains(State.SKIPPED)) {
      found.addAll(sql.list(SKIPPED, row -> row.getLong(1), with(event, recipient, most)));
    }
    if (states.subList(1, 4).stream().anyMatch(Objects::nonNull)) {
      found.addAll(
          sql.list(
              EXCEPTIONS,
              row -> row.getLong(1),
              with(event, recipient, most, states.get(1), states.get(2), states.get(3))));
    }
    return found.stream().limit(limit).collect(Collectors.toCollection(TreeSet::new));
  }

  private static @Nullable Object[] with(List<@Nullable Object> event, @Nullable Object... first) {
    List<@Nullable Object> all = new ArrayList<>(java.util.Arrays.asList(first));
    all.addAll(event);
    return all.toArray();
  }

  /** Those asked for, each in its place, null in those of the others. */
  private static List<@Nullable String> states(Query query) {
    List<@Nullable String> names = new ArrayList<>();
    for (State state : State.values()) {
      names.add(query.states().contains(state) ? state.name().toLowerCase(Locale.ROOT) : null);
    }
    return names;
  }

  private static Optional<Found> found(SqliteSession sql, Recipient recipient, long sequence)
      throws SQLException {
    return sql.first(
        FOUND,
        row -> {
          String reason = row.getString("reason");
          int redelivery = Math.max(row.getInt("redelivery"), row.getInt("sent"));
          return new Found(
              recipient.name,
              sequence,
              EventDao.shownId(row.getObject("id")),
              row.getString("entity_type"),
              row.getString("entity_id"),
              row.getString("type"),
              TimeColumns.instant(row.getLong("committed_at")),
              row.getString("state"),
              TimeColumns.instant(row, "next_at"),
              row.getInt("attempts"),
              redelivery,
              TimeColumns.instant(row, "at"),
              DeliveryDao.status(row),
              reason != null ? reason : row.getString("error"));
        },
        recipient.number,
        recipient.number,
        recipient.number,
        recipient.number,
        sequence);
  }
}
