package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.util.Collection;
import java.util.Optional;

/** What the events of a subscription are like. Pure. */
sealed interface SubscribedEvents permits SampleEvents, OwnEvents {

  /** Whose events they are. */
  String entity();

  /**
   * The schema of one whole, as {@code full} sends it.
   *
   * @param topic the subscription's own, instead of the events'
   */
  ObjectNode full(Collection<EventType> events, Optional<String> topic);

  /** The schema of one as {@code notify} sends it. */
  ObjectNode notification(Collection<EventType> events);

  /**
   * An event, by example.
   *
   * @param variant another one for each
   */
  Event draw(EventType event, int variant);
}
