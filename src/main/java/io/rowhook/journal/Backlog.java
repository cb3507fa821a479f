package io.rowhook.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * How much of the journal a recipient keeps from being removed by what it is owed: its open
 * deliveries, and the events after its cursor.
 *
 * @param bytes of their events' JSON
 * @param oldest since when the oldest of them is in the journal; empty: nothing is owed
 */
public record Backlog(long bytes, Optional<Instant> oldest) {}
