package io.rowhook.webhook.dispatch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.base.Json;
import io.rowhook.entity.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An event's JSON as a tree. */
final class EventJson {

  private EventJson() {}

  static List<String> names(ObjectNode data) {
    List<String> names = new ArrayList<>();
    data.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static ObjectNode data(ObjectNode event) {
    return event.get("data") instanceof ObjectNode data ? data : event.objectNode();
  }

  static ObjectNode read(Event event) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(event.json());
    } catch (IOException e) {
      throw new IllegalStateException("event " + event.id() + " is no JSON object", e);
    }
  }
}
