package io.rowhook.capture;

import io.rowhook.capture.RowLookup.Condition;
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
record LookupState(
    LookupCircuits circuits,
    Map<TableId, TableColumns> tables,
    Map<TableId, Long> largest,
    LongAdder queries,
    LongAdder rows,
    LongAdder unread,
    Map<Condition, TableColumns> judgedBy) {

  LookupState(LookupCircuits circuits) {
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
