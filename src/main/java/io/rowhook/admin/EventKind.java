package io.rowhook.admin;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;

/**
 * What events are counted by.
 *
 * @param entityType as the settings name it
 */
public record EventKind(String entityType, EventType type) {

  /** That of an event. */
  public static EventKind of(Event event) {
    return new EventKind(event.entityType(), event.type());
  }
}
