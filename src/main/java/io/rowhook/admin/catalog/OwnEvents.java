package io.rowhook.admin.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.health.Part;
import io.rowhook.base.Json;
import io.rowhook.capture.Epoch;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.recipient.Subscription;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What Rowhook tells of itself. Pure. */
final class OwnEvents implements SubscribedEvents {

  private static final Instant AT = Instant.parse("2026-05-24T13:20:44.123456Z");

  private final Subscription subscription;
  private final String recipient;

  /**
   * @param recipient whose subscription it is
   */
  OwnEvents(Subscription subscription, String recipient) {
    this.subscription = subscription;
    this.recipient = recipient;
  }

  @Override
  public String entity() {
    return OwnEvent.ENTITY;
  }

  @Override
  public ObjectNode full(Collection<EventType> events, Optional<String> topic) {
    ObjectNode data = EventSchemas.object();
    ObjectNode properties = EventSchemas.properties(data);
    ObjectNode states = EventSchemas.values(Arrays.stream(Part.State.values()).map(Enum::name));
    properties.set("kind", EventSchemas.text());
    properties.set("subject", ColumnSchema.orNull(EventSchemas.text()));
    properties.set("state", states);
    properties.set("previousState", states.deepCopy());
    properties.set("reason", EventSchemas.text());
    properties.set("since", EventSchemas.time());
    properties.putObject("count").put("type", "integer").put("minimum", 1);
    EventSchemas.requireAll(data);
    ObjectNode nothing = EventSchemas.object();
    ObjectNode none = EventSchemas.names().put("maxItems", 0);
    return EventSchemas.event(
        entity(), events, topic, EventSchemas.text(), data, nothing, none, List.of());
  }

  @Override
  public ObjectNode notification(Collection<EventType> events) {
    return EventSchemas.notification(entity(), events, EventSchemas.text());
  }

  @Override
  public Event draw(EventType event, int variant) {
    Part.State[] states = Part.State.values();
    ObjectNode data = Json.MAPPER.createObjectNode();
    data.put("kind", "recipient")
        .put("subject", "shop")
        .put("state", states[variant % states.length].name())
        .put("previousState", states[(variant + 1) % states.length].name())
        .put("reason", "What happened, and what to do")
        .put("since", "2026-05-24T13:20:44.123Z")
        .put("count", 1 + variant);
    String subject = subscription.id().orElse("recipient/shop");
    return OwnEvent.of(new Epoch("catalog", "", AT), event, subject, AT, data, recipient);
  }
}
