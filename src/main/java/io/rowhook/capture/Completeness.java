package io.rowhook.capture;

import java.time.Instant;

/**
 * What the source's log is known to have: every transaction that was committed up to an instant, by
 * the source's clock, ends before a position, or at it.
 */
public record Completeness(Instant committedTo, Position position) {}
