package io.rowhook.capture;

import java.time.Instant;

/**
 * A committed transaction of the source, known whole once its END was read.
 *
 * @param end the position of its END: greater than that of every transaction committed before it
 * @param id the source's transaction id ({@code xid})
 * @param committedAt when it was committed, by the source's clock, in microseconds
 */
public record Transaction(Lsn end, long id, Instant committedAt) {}
