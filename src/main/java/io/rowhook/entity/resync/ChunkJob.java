package io.rowhook.entity.resync;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the job was before the chunk.
 *
 * @param recipient whom its events are for
 * @param last keys that are not read again, however often they are touched: their own events say
 *     how they are
 */
public record ChunkJob(
    long id, String recipient, @Nullable String lastKey, long read, long sent, Set<String> last) {}
