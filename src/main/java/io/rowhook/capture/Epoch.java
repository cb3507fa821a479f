package io.rowhook.capture;

import java.time.Instant;

/**
 * Which history the log positions of the journal belong to.
 *
 * @param id made when the epoch began; part of every event's id
 * @param history which one of the source, as text that only this room reads: see {@link
 *     ClusterHistory}
 * @param startedAt when
 */
public record Epoch(String id, String history, Instant startedAt) {}
