package io.rowhook.entity.resync;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the job was before the chunk.
 *
 * @param recipient whom its events are for
 * @param shape see {@link io.rowhook.entity.ResyncProgress}
 * @param busy keys of entities that were touched in each of many chunks: touched again, one is told
 *     as its newest event up to the high mark tells it
 * @param byId whether all of its keys are ids of entities
 */
public record ChunkJob(
    long id,
    String recipient,
    @Nullable String lastKey,
    String shape,
    long read,
    long sent,
    Set<String> busy,
    boolean byId) {}
