package io.rowhook.entity.resync;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.content.EventDraft;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entities as they were read for a resync, before it is known which of them were touched meanwhile.
 *
 * @param drafts what their events say, by their keys as text, or by their ids where these were
 *     asked for; of those that were there
 * @param last the key of the last row of the page that was read; null: none was
 * @param keys how many entities were looked for
 * @param left keys that were to be read again and did not fit
 * @param atEnd whether no rows come after it
 * @param unread how many could not be read, or not whole
 */
public record Chunk(
    Map<String, EventDraft> drafts,
    @Nullable RowKey last,
    int keys,
    List<RowKey> left,
    boolean atEnd,
    int unread) {}
