package io.rowhook.testing;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Events made by hand, for tests that begin at the journal. */
public final class Events {

  private Events() {}

  /** {@code evt_Order_7_3}: the third event of order 7. */
  public static Event order(int id, int n) {
    String name = "evt_Order_" + id + "_" + n;
    return new Event(
        name,
        "Order",
        Integer.toString(id),
        EventType.Updated,
        Instant.parse("2026-05-24T15:20:44.123456Z"),
        Position.of(1000L + n),
        ("{\"id\":\"" + name + "\",\"entityId\":" + id + ",\"n\":" + n + "}")
            .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * {@code each} events for each of {@code entities} orders, in turn: 1_1, 2_1, ..., 1_2, 2_2, ...
   */
  public static List<Event> orders(int entities, int each) {
    return IntStream.rangeClosed(1, each)
        .boxed()
        .flatMap(n -> IntStream.rangeClosed(1, entities).mapToObj(id -> order(id, n)))
        .toList();
  }
}
