package io.rowhook.journal;

import io.rowhook.entity.Event;
import io.rowhook.journal.DeliverySearch.Found;
import io.rowhook.journal.DeliverySearch.Page;
import io.rowhook.journal.jobs.PendingDiscardJob;
import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.EventDao;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what waits for its turn: events after a recipient's cursor that it gets and that nothing
 * has become of yet. Who gets an event says a condition, so a page looks at a limited number of
 * events, and may have fewer deliveries than were asked for and a next page all the same.
 */
final class PendingSearch {

  static final String STATE = "pending";

  private static final int MOST_STEPS = 10;

  private static final String UP_TO =
      " e.sequence <= ? AND e.sequence >= ? AND"
          + PendingDiscardJob.NEVER_ATTEMPTED
          + " ORDER BY e.sequence DESC LIMIT "
          + EventDao.STEP_EVENTS;

  private static final String EVENTS = "SELECT " + EventDao.COLUMNS + " FROM event e";

  private static final String ALL = EVENTS + " WHERE" + UP_TO;

  private static final String OF_ENTITY =
      EVENTS + " INDEXED BY event_entity WHERE e.entity_type = ? AND e.entity_id = ? AND" + UP_TO;

  private final ReaderPool readers;
  private final DeliverySearch.Query query;
  private final Predicate<Event> wanted;

  /**
   * @param query of one recipient; its states do not count
   * @param wanted which events the recipient gets
   */
  PendingSearch(ReaderPool readers, DeliverySearch.Query query, Predicate<Event> wanted) {
    this.readers = readers;
    this.query = query;
    this.wanted = wanted;
  }

  /**
   * A page, the newest first.
   *
   * @param before only what is before this sequence
   */
  Page find(long before) {
    String name = String.valueOf(query.recipient());
    long recipient =
        readers.read(sql -> sql.number("SELECT id FROM recipient WHERE name = ?", name));
    List<Found> found = new ArrayList<>();
    long most = Math.min(before - 1, query.filter().end());
    for (int step = 0; step < MOST_STEPS; step++) {
      long last = most;
      List<JournalEntry> entries = readers.read(sql -> entries(sql, recipient, last));
      if (entries.isEmpty()) {
        return new Page(found, null);
      }
      for (JournalEntry entry : entries) {
        if (isMeant(entry.event())) {
          if (found.size() == query.limit()) {
            return new Page(found, next(most + 1, recipient));
          }
          found.add(found(name, entry));
        }
        most = entry.sequence() - 1;
      }
    }
    return new Page(found, next(most + 1, recipient));
  }

  private static String next(long before, long recipient) {
    return before + "." + recipient;
  }

  private boolean isMeant(Event event) {
    return query
            .filter()
            .covers(TimeColumns.micros(event.committedAt()), event.entityType(), event.entityId())
        && wanted.test(event);
  }

  private List<JournalEntry> entries(SqliteSession sql, long recipient, long most)
      throws SQLException {
    DeliveryFilter filter = query.filter();
    long last = Math.min(most, sql.number("SELECT coalesce(" + EventDao.HEAD + ", 0)"));
    @Nullable Object[] never = {recipient, recipient, recipient, recipient};
    if (!query.columns().isEmpty()) {
      List<JournalEntry> entries = new ArrayList<>();
      for (long sequence :
          new IndexedEvents(query.columns(), filter)
              .find(
                  sql,
                  last,
                  EventDao.STEP_EVENTS,
                  " AND" + PendingDiscardJob.NEVER_ATTEMPTED,
                  never)) {
        sql.first(EVENTS + " WHERE e.sequence = ?", EventDao::entry, sequence)
            .ifPresent(entries::add);
      }
      return entries;
    }
    List<@Nullable Object> values = new ArrayList<>();
    if (filter.entityId() != null) {
      values.add(filter.entityType());
      values.add(filter.entityId());
    }
    values.add(last);
    values.add(filter.start() + 1);
    values.addAll(List.of(never));
    return EventDao.page(sql, filter.entityId() == null ? ALL : OF_ENTITY, values.toArray());
  }

  private static Found found(String recipient, JournalEntry entry) {
    Event event = entry.event();
    return new Found(
        recipient,
        entry.sequence(),
        event.id(),
        event.entityType(),
        event.entityId(),
        event.type().name(),
        event.committedAt(),
        STATE,
        null,
        0,
        0,
        null,
        null,
        null);
  }
}
