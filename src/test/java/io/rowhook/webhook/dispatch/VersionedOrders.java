package io.rowhook.webhook.dispatch;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Orders whose version goes up with each event, which changes an attribute of its own too. */
final class VersionedOrders {

  private final Map<Integer, Integer> versions = new HashMap<>();

  /** The version of each. */
  Map<Integer, Integer> versions() {
    return Map.copyOf(versions);
  }

  /** So many updates of each of so many orders, in turn. */
  List<Event> updates(int entities, int each) {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < each; n++) {
      for (int id = 1; id <= entities; id++) {
        events.add(event(EventType.Updated, id));
      }
    }
    return events;
  }

  /** The next of an order: its version goes up, and an attribute of its own is changed. */
  Event event(EventType type, int id) {
    int v = versions.merge(id, 1, Integer::sum);
    String name = "evt_Order_" + id + "_" + v;
    String json =
        """
        {"id":"%s","type":"order.updated","entityId":%d,"event":"Updated",
        "data":{"v":%d,"a%d":"new"},"previous":{"v":%d,"a%d":"old"},"changed":["v","a%d"]}\
        """
            .formatted(name, id, v, v, v - 1, v, v);
    return new Event(
        name,
        "Order",
        Integer.toString(id),
        type,
        Instant.parse("2026-05-24T15:20:44.123456Z"),
        Position.of(1000L + v),
        json.getBytes(StandardCharsets.UTF_8));
  }
}
