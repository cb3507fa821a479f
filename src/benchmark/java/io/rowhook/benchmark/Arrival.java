package io.rowhook.benchmark;

/**
 * One request. Times are microseconds since 1970, all by this machine's clock.
 *
 * @param at when it was there whole
 * @param committed when the transaction committed, by PostgreSQL; 0: not known
 * @param scheduled when the writer was to write it; 0: it had no schedule
 * @param id the row's
 * @param ordinal which state of that row, from 1
 */
record Arrival(long at, long committed, long scheduled, int id, int ordinal, int recipient) {}
