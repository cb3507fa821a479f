package io.rowhook.capture.lookup;

import io.rowhook.base.Durations;
import io.rowhook.base.Sentences;
import io.rowhook.capture.MissingGrant;
import io.rowhook.capture.TableId;
import io.rowhook.capture.UnreadTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that cannot be read back at present, or not all columns of them. Each of the former is
 * left alone for a while, a longer one each time, so that a lock or a slow statement does not cost
 * every batch its time. Says so in the log when it begins, when the reason changes, and when it is
 * over.
 *
 * <p>{@link #open} may be called by any thread, all else by one at a time.
 */
public final class TableCircuitBreakers {

  /** The shortest and the longest time that a table is left alone. */
  static final Duration SHORTEST = Duration.ofSeconds(1);

  static final Duration LONGEST = Duration.ofMinutes(1);

  /** The same reason of single rows of a table is logged again only after so long. */
  static final Duration QUIET = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(TableCircuitBreakers.class);

  private record Open(String reason, int failures, long at, long until, Instant lackedAt) {
    Open lacking() {
      return new Open(reason, failures, at, until, Instant.now());
    }
  }

  private record Withheld(MissingGrant missing, Instant lackedAt) {}

  private final LongSupplier clock;
  private final Map<TableId, Open> open = new ConcurrentHashMap<>();
  private final Map<TableId, Withheld> withheld = new ConcurrentHashMap<>();
  private final Map<String, Long> logged = new TreeMap<>();

  /**
   * @param clock nanoseconds
   */
  public TableCircuitBreakers(LongSupplier clock) {
    this.clock = clock;
  }

  /** Why a table is not to be read now, so that its rows are left out; empty: it may be tried. */
  Optional<String> closed(TableId table) {
    Open now = open.get(table);
    if (now == null || clock.getAsLong() - now.until() >= 0) {
      return Optional.empty();
    }
    open.put(table, now.lacking());
    return Optional.of(now.reason());
  }

  /**
   * A table could not be read.
   *
   * @param lost the time that it took, which is not to be lost too often
   */
  void failed(TableId table, String reason, Duration lost) {
    Open before = open.get(table);
    int failures = before == null ? 0 : before.failures();
    long pause =
        Math.min(
            LONGEST.toNanos(),
            Math.max(SHORTEST.toNanos(), lost.toNanos()) << Math.min(failures, 6));
    long now = clock.getAsLong();
    open.put(table, new Open(reason, failures + 1, now, now + pause, Instant.now()));
    if (before == null || !before.reason().equals(reason)) {
      log.warn(
          "Table {} cannot be read back: {}",
          table,
          Sentences.of(
              reason, "Events that need its rows name these in 'unavailable' until it can"));
    }
  }

  /** A table was read. */
  void succeeded(TableId table) {
    if (!open.isEmpty() && open.remove(table) != null) {
      log.info("Table {} can be read back again", table);
    }
  }

  /**
   * These columns of a table were read.
   *
   * @param missing the right to others, which were left out
   */
  void read(TableId table, Collection<String> columns, Optional<MissingGrant> missing) {
    Withheld before = withheld.get(table);
    MissingGrant known = before == null ? null : before.missing();
    MissingGrant left = known == null ? null : known.without(columns);
    MissingGrant now = left == null ? missing.orElse(null) : missing.map(left::and).orElse(left);
    if (now == null) {
      return;
    }
    if (now.columns().isEmpty()) {
      withheld.remove(table);
      log.info("Table {} can be read back whole again", table);
      return;
    }
    Instant at = before == null || missing.isPresent() ? Instant.now() : before.lackedAt();
    withheld.put(table, new Withheld(now, at));
    if (known == null || !known.columns().containsAll(now.columns())) {
      log.warn("Table {}: {}", table, words(now));
    }
  }

  /** When it was tried, if nothing has asked for it since. */
  private String words(Open one) {
    Duration since = Duration.ofNanos(clock.getAsLong() - one.at());
    return since.compareTo(LONGEST) <= 0
        ? one.reason()
        : "%s (%s ago, when it was last needed; it is tried again when it is needed again)"
            .formatted(one.reason(), Durations.of(since));
  }

  private static String words(MissingGrant missing) {
    return "%s may not read %s, which the rows that are looked up lack; their events name them in 'unavailable'. Run %s"
        .formatted(missing.role(), String.join(", ", missing.columns()), missing.statement());
  }

  /** Single rows of a table could not be read. */
  void rowFailed(TableId table, String reason) {
    long now = clock.getAsLong();
    Long last = logged.get(table + reason);
    if (last == null || now - last > QUIET.toNanos()) {
      logged.put(table + reason, now);
      log.warn(
          "Rows of table {} cannot be read back: {}",
          table,
          Sentences.of(reason, "The events that need them name them in 'unavailable'"));
    }
  }

  /** The tables that cannot be read at present, or not whole, and why. Any thread. */
  public List<UnreadTable> open() {
    List<UnreadTable> all = new ArrayList<>();
    open.forEach((table, one) -> all.add(new UnreadTable(table, words(one), one.lackedAt())));
    withheld.forEach(
        (table, one) -> all.add(new UnreadTable(table, words(one.missing()), one.lackedAt())));
    all.sort(Comparator.comparing(UnreadTable::text));
    return all;
  }
}
