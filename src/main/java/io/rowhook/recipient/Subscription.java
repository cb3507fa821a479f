package io.rowhook.recipient;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.util.Optional;
import java.util.Set;

/**
 * Which events of which entity a recipient gets, and in which attribute set.
 *
 * @param entity {@code Order}
 * @param events which of the three
 * @param id this entity only (seed 002), as text; see {@link Event#entityId}
 * @param attributes the attribute set's name; empty: the recipient's own for the entity, else the
 *     one for all, else built-in {@code full}
 */
public record Subscription(
    String entity, Set<EventType> events, Optional<String> id, Optional<String> attributes) {

  public Subscription {
    events = Set.copyOf(events);
  }

  /** Whether this event is wanted. */
  public boolean wants(Event event) {
    return entity.equals(event.entityType())
        && events.contains(event.type())
        && (id.isEmpty() || id.get().equals(event.entityId()));
  }
}
