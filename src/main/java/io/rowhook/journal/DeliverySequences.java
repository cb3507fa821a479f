package io.rowhook.journal;

import io.rowhook.journal.DeliverySearch.Query;
import io.rowhook.journal.DeliverySearch.State;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the sequences of the deliveries of one recipient that are looked for. Pure SQL. */
final class DeliverySequences {

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

  /** Where a delivery stands: for a few events, since it asks of each. */
  static final String STANDS =
      " AND coalesce((SELECT state FROM delivery WHERE recipient = ?"
          + " AND sequence = e.sequence), (SELECT 'delivered' FROM attempt WHERE recipient = ?"
          + " AND sequence = e.sequence AND outcome = 'delivered'), (SELECT 'skipped' FROM skipped"
          + " WHERE recipient = ? AND sequence = e.sequence)) IN (?, ?, ?, ?, ?)";

  /** Of one entity there are few events; the log of all attempts may be long. */
  private static final String OF_ENTITY =
      "SELECT e.sequence FROM event e INDEXED BY event_entity"
          + " WHERE e.entity_type = ? AND e.entity_id = ? AND e.sequence <= ?"
          + " AND e.committed_at >= ? AND e.committed_at < ? AND e.sequence >= ?"
          + STANDS
          + " ORDER BY e.sequence DESC LIMIT ?";

  private static final String SKIPPED =
      "SELECT s.sequence FROM skipped s CROSS JOIN event e ON e.sequence = s.sequence"
          + " WHERE s.recipient = ? AND s.sequence <= ?"
          + EVENT
          + " ORDER BY s.sequence DESC LIMIT ?";

  private DeliverySequences() {}

  /**
   * The newest first, one more than a page.
   *
   * @param most the last sequence that may be among them
   */
  static Set<Long> find(SqliteSession sql, long recipient, Query query, long most)
      throws SQLException {
    DeliveryFilter filter = query.filter();
    int limit = query.limit() + 1;
    List<@Nullable String> states = states(query);
    long since = filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from());
    long until = filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to());
    Set<Long> found = new TreeSet<>(Comparator.reverseOrder());
    if (!query.columns().isEmpty()) {
      IndexedEvents events = new IndexedEvents(query.columns(), filter);
      found.addAll(events.find(sql, most, limit, STANDS, stands(recipient, states).toArray()));
      return found;
    }
    if (filter.entityId() != null) {
      List<@Nullable Object> values = new ArrayList<>();
      values.add(filter.entityType());
      values.add(filter.entityId());
      values.add(Math.min(most, filter.end()));
      values.add(since);
      values.add(until);
      values.add(filter.start() + 1);
      values.addAll(stands(recipient, states));
      values.add(limit);
      found.addAll(sql.list(OF_ENTITY, row -> row.getLong(1), values.toArray()));
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

  private static List<@Nullable Object> stands(long recipient, List<@Nullable String> states) {
    List<@Nullable Object> values = new ArrayList<>(List.of(recipient, recipient, recipient));
    values.addAll(states);
    return values;
  }

  private static @Nullable Object[] with(List<@Nullable Object> event, @Nullable Object... first) {
    List<@Nullable Object> all = new ArrayList<>(Arrays.asList(first));
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
}
