package io.rowhook.capture;

import java.time.Instant;

/**
 * A range of the source's log in which changes of a table may be missing.
 *
 * @param noticedAt by this machine's clock
 * @param table which
 * @param after not yet at this position
 * @param upTo not after this position
 * @param reason in a sentence
 */
public record MissedRange(
    Instant noticedAt, TableId table, Position after, Position upTo, String reason) {}
