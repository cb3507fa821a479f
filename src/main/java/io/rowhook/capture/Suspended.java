package io.rowhook.capture;

import java.time.Instant;

/**
 * A table whose row changes cannot be told at present; they are rejected, and all other tables go
 * on.
 *
 * @param table which
 * @param since by this machine's clock
 * @param reason in a sentence, with what mends it
 */
public record Suspended(TableId table, Instant since, String reason) {}
