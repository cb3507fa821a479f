package io.rowhook.capture;

import java.time.Instant;

/**
 * Which history the log positions of the journal belong to: one cluster and one life of one slot.
 *
 * @param id made when the epoch began; part of every event's id
 * @param systemIdentifier of the cluster, from {@code pg_control_system()}
 * @param timeline of the cluster when the epoch was last joined; a promoted standby counts it up
 * @param slot the replication slot's name
 * @param startedAt when
 */
public record Epoch(
    String id, String systemIdentifier, int timeline, String slot, Instant startedAt) {}
