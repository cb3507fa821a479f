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
    Map<TableId, TableColumns> tables,
    Map<TableId, Long> largest,
    LongAdder queries,
    LongAdder rows,
    LongAdder unread,
    Map<Condition, TableColumns> judgedBy) {

  public LookupState(TableCircuitBreakers circuits) {
    this(
        circuits,
        new HashMap<>(),
        new HashMap<>(),
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new HashMap<>());
  }
}
