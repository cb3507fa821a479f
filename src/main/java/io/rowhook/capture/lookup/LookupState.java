package io.rowhook.capture.lookup;

import io.rowhook.capture.RowLookup.Condition;
import io.rowhook.capture.TableId;
import io.rowhook.capture.catalog.TableColumns;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all readings of a connection share; under its lock.
 *
 * @param role that reads
 * @param whole whether a row is unread where the role may not read all that is asked for of it
 * @param tables as the catalog has them
 * @param largest the largest row of each that was read, in bytes
 * @param queries how many statements there were
 * @param rows how many rows came
 * @param unread how many keys could not be read
 * @param judgedBy the columns by which conditions were understood: rows of the log are judged by
 *     these also when the table has others by now
 */
public record LookupState(
    TableCircuitBreakers circuits,
    String role,
    boolean whole,
    Map<TableId, TableColumns> tables,
    Map<TableId, Long> largest,
    LongAdder queries,
    LongAdder rows,
    LongAdder unread,
    Map<Condition, TableColumns> judgedBy) {

  private static final int MOST_FETCHED = 1_000;
  private static final int FIRST_FETCHED = 20;

  /** About as many bytes come at once. */
  static final long FETCHED_BYTES = 4L << 20;

  public LookupState(TableCircuitBreakers circuits, String role, boolean whole) {
    this(
        circuits,
        role,
        whole,
        new HashMap<>(),
        new HashMap<>(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new HashMap<>());
  }

  /** How many rows of a table come from the server at once: few while its rows were not seen. */
  int fetched(TableId table) {
    Long known = largest.get(table);
    return known == null
        ? FIRST_FETCHED
        : (int) Math.max(1, Math.min(MOST_FETCHED, FETCHED_BYTES / Math.max(1, known)));
  }
}
