package io.rowhook.entity.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.EventType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an event will say, before it is written.
 *
 * @param type what happened
 * @param entityType {@code Order}
 * @param id as recipients get it
 * @param data the entity now; as it last was when Deleted
 * @param before it before the transaction, as far as known: where {@code previous} comes from
 * @param changed the names of the attributes that changed; null: unknown
 * @param unavailable names of what is left out
 * @param read names of the attributes that were read from the source afterwards
 * @param named the keys of the entities that its rows name, as they are and as they were
 * @param readAt when; null: nothing was
 */
public record EventDraft(
    EventType type,
    String entityType,
    JsonNode id,
    ObjectNode data,
    @Nullable ObjectNode before,
    @Nullable List<String> changed,
    Collection<String> unavailable,
    Collection<String> read,
    Set<String> named,
    @Nullable Instant readAt) {

  /** The same entity as it is: nothing has happened to it. */
  public EventDraft snapshot() {
    return new EventDraft(
        EventType.Snapshot,
        entityType,
        id,
        data,
        null,
        List.of(),
        unavailable,
        read,
        named,
        readAt);
  }
}
