package io.rowhook.journal;

import io.rowhook.entity.Event;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that a person looks for, the newest first, page by page: the exceptions, and from the
 * attempt log those that were delivered, and what was skipped since a newer one was pending. What
 * is pending and was not attempted yet is no entry of either, and looked for by itself. Any thread.
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
   * @param columns of events that have, or had, these values in columns that are indexed
   */
  public record Query(
      @Nullable String recipient,
      DeliveryFilter filter,
      Set<State> states,
      int limit,
      @Nullable String before,
      Map<String, String> columns) {

    public Query {
      columns = Map.copyOf(columns);
    }

    /** By what every event has. */
    public Query(
        @Nullable String recipient,
        DeliveryFilter filter,
        Set<State> states,
        int limit,
        @Nullable String before) {
      this(recipient, filter, states, limit, before, Map.of());
    }
  }

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
   * @param state delivered, waiting, blocked, failed, skipped or pending
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

  private static final String FOUND =
      "SELECT e.sequence, e.id, e.entity_type, e.entity_id, e.type, e.committed_at,"
          + " coalesce(d.state, CASE WHEN a.at IS NULL AND s.newer IS NOT NULL THEN 'skipped' END,"
          + " 'delivered') AS state, d.next_at, d.redelivery,"
          + " coalesce(d.reason, CASE WHEN d.state = 'blocked' THEN 'waits for ' || CASE"
          + " WHEN d.behind IS NULL THEN 'an earlier one of its entity'"
          + " WHEN length(d.behind) = 0 THEN 'all that is earlier'"
          + " ELSE CAST(substr(d.behind, 1, instr(d.behind, x'00') - 1) AS TEXT) || ' '"
          + " || CAST(substr(d.behind, instr(d.behind, x'00') + 1) AS TEXT) END END,"
          + " CASE WHEN d.state IS NULL AND a.at IS NULL"
          + " THEN CASE WHEN s.newer > s.sequence THEN 'latest-only: ' || s.newer || ' is newer'"
          + " ELSE 'unchanged: ' || s.newer || ' was the same' END END) AS reason,"
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
        for (long sequence : DeliverySequences.find(sql, recipient.number, query, most)) {
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

  /**
   * A page of what waits for its turn and was never attempted. It looks at some thousand events at
   * most, so it may have fewer than the limit and a next page all the same.
   *
   * @param query of one recipient; its states do not count
   * @param wanted which events the recipient gets; asked outside of the journal
   */
  public Page pending(Query query, Predicate<Event> wanted) {
    return new PendingSearch(readers, query, wanted).find(position(query.before())[0]);
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
