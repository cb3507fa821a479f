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
 * @param latestOnly of several events of one entity that were not attempted yet only the newest is
 *     sent, merged over the others
 */
public record Subscription(
    String entity,
    Set<EventType> events,
    Optional<String> id,
    Optional<String> attributes,
    boolean latestOnly) {

  public Subscription {
    events = Set.copyOf(events);
  }

  /** One like most: every event is sent. */
  public Subscription(
      String entity, Set<EventType> events, Optional<String> id, Optional<String> attributes) {
    this(entity, events, id, attributes, false);
  }

  /** Whether this event is wanted. */
  public boolean wants(Event event) {
    return entity.equals(event.entityType())
        && events.contains(event.type())
        && (id.isEmpty() || id.get().equals(event.entityId()));
  }
}
