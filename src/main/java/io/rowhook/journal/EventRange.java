package io.rowhook.journal;

import io.rowhook.journal.sqlite.ReaderPool;
import io.rowhook.journal.sqlite.SqliteSession;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.journal.tables.EventDao;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of a range as it was when it was asked for, whoever gets them, in their order, page by
 * page. Each page is a reading of its own that looks at some thousand sequences at most, so that
 * nobody else waits for a reader for long. One thread at a time.
 */
public final class EventRange {

  /** Sequences that one reading goes through, whether or not they are in the range. */
  private static final long STEP = 4_000;

  /** By how much a source's clock may be ahead of this one's. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private static final String COVERED =
      " FROM event e WHERE e.sequence > ? AND e.sequence <= ? AND e.committed_at >= ?"
          + " AND e.committed_at < ? AND (? IS NULL OR e.entity_type = ?)"
          + " AND (? IS NULL OR e.entity_id = ?)";

  private static final String COUNT = "SELECT count(*)" + COVERED;

  private static final String PAGE =
      "SELECT " + EventDao.COLUMNS + COVERED + " ORDER BY e.sequence LIMIT ?";

  private static final String NEXT =
      "SELECT coalesce(min(sequence), 0) FROM event WHERE sequence > ?";

  private final ReaderPool readers;
  private final DeliveryFilter filter;
  private final long last;
  private long counted; // up to this sequence
  private long read; // up to this sequence

  EventRange(ReaderPool readers, DeliveryFilter filter) {
    this.readers = readers;
    this.filter = filter;
    this.last = Math.min(head(readers), filter.end());
    long start = filter.start();
    if (filter.from() != null) {
      // Whatever was committed since came into the journal since.
      var since = filter.from().minus(CLOCKS);
      start = Math.max(start, readers.read(sql -> EventDao.lastBefore(sql, since)));
    }
    this.counted = start;
    this.read = start;
  }

  private static long head(ReaderPool readers) {
    return readers.read(sql -> sql.number("SELECT coalesce(" + EventDao.HEAD + ", 0)"));
  }

  /** Counts on. Returns how many events more were found, or -1 at the end. */
  public long countOn() {
    if (counted >= last) {
      return -1;
    }
    return readers.read(sql -> {
      long from = begin(sql, counted);
      long to = Math.min(last, from + STEP);
      counted = to;
      return sql.number(COUNT, values(from, to));
    });
  }

  /** The next events, at least one unless the range ends; no more than a job's step. */
  public List<JournalEntry> next() {
    while (read < last) {
      List<JournalEntry> page = readers.read(this::page);
      if (!page.isEmpty()) {
        return page;
      }
    }
    return List.of();
  }

  private List<JournalEntry> page(SqliteSession sql) throws SQLException {
    long from = begin(sql, read);
    long to = Math.min(last, from + STEP);
    @Nullable Object[] range = values(from, to);
    @Nullable Object[] values = java.util.Arrays.copyOf(range, range.length + 1);
    values[range.length] = EventDao.STEP_EVENTS;
    List<JournalEntry> page = EventDao.page(sql, PAGE, values);
    read = page.isEmpty() ? to : page.getLast().sequence();
    return page;
  }

  /** Right before the next event that there is: there may be a wide gap. */
  private static long begin(SqliteSession sql, long after) throws SQLException {
    return Math.max(after, sql.number(NEXT, after) - 1);
  }

  private @Nullable Object[] values(long from, long to) {
    return new @Nullable Object[] {
      from,
      to,
      filter.from() == null ? Long.MIN_VALUE : TimeColumns.micros(filter.from()),
      filter.to() == null ? Long.MAX_VALUE : TimeColumns.micros(filter.to()),
      filter.entityType(),
      filter.entityType(),
      filter.entityId(),
      filter.entityId()
    };
  }
}
