package io.rowhook.fuzz;

import java.time.Instant;
import java.util.List;

/**
 * A transaction as the log has it.
 *
 * @param place in the order of commits
 * @param xid its id
 * @param end where it ends in the log: {@code 0/16B3748}
 * @param at its commit time, in microseconds
 * @param changes what it did to captured tables
 */
record Commit(int place, long xid, String end, Instant at, List<Change> changes) {}
