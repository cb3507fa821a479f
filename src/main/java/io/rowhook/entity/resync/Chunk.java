package io.rowhook.entity.resync;

import io.rowhook.capture.RowKey;
import io.rowhook.entity.content.EventDraft;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entities as they were read for a resync, before it is known which of them were touched meanwhile.
 *
 * @param drafts what their events say, by their keys as text; of those that were there
 * @param last the key of the last row of the page; null: the page was empty
 * @param keys how many keys were asked for
 * @param atEnd whether no rows come after it
 * @param unread how many could not be read, or not whole
 */
public record Chunk(
    Map<String, EventDraft> drafts, @Nullable RowKey last, int keys, boolean atEnd, int unread) {}
