package io.rowhook.journal;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;

/**
 * An event as one recipient gets it instead of the journal's own: merged over earlier ones of its
 * entity that were skipped in its favour. Kept as long as the event, so that every attempt sends
 * the same, also after a restart.
 *
 * @param type what happened in all
 * @param json the whole event, as {@link Event#json}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CoalescedEvent(EventType type, byte[] json) {

  /** The journal's event with this in its place: with its id and its place in the log. */
  public Event in(Event event) {
    return new Event(
        event.id(),
        event.entityType(),
        event.entityId(),
        type,
        event.committedAt(),
        event.position(),
        json,
        event.audience());
  }

  @Override
  public String toString() {
    return "Merged[" + type + "]"; // no values: they are personal data
  }
}
