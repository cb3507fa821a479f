package io.rowhook.journal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.TableId;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.NetChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Epochs, transactions, events and attempts to test with. */
public final class Samples {

  public static final Instant NOON = Instant.parse("2026-05-24T12:00:00.123456Z");
  public static final Epoch EPOCH = new Epoch("epoch-1", "{}", NOON);

  private Samples() {}

  /** Records an attempt that went by its attribute set, and where it led. */
  public static void attempted(
      DeliveryStore store,
      JournalEntry entry,
      Attempt attempt,
      DeliveryState state,
      int redelivery,
      int trials)
      throws InterruptedException {
    store.recordAttempt(
        new Delivery(
            entry,
            state,
            attempt.attributeSet(),
            attempt.number() - 1,
            null,
            redelivery,
            trials,
            null),
        attempt);
  }

  /** Records a state that no attempt led to. */
  public static void put(DeliveryStore store, JournalEntry entry, DeliveryState state)
      throws InterruptedException {
    store.put(Delivery.pending(entry, null, null).to(state, 0));
  }

  public static Position lsn(long value) {
    return Position.of(value);
  }

  public static Transaction transaction(long end) {
    return new Transaction(lsn(end), Long.toString(end + 1_000), NOON.plusMillis(end));
  }

  public static Event event(String entityId, long end) {
    return event(entityId, end, "{\"id\":\"" + entityId + "\"}");
  }

  public static Event event(String entityId, long end, String json) {
    return new Event(
        "evt_" + entityId + "_" + end,
        "Article",
        entityId,
        EventType.Updated,
        NOON.plusMillis(end),
        lsn(end),
        json.getBytes(StandardCharsets.UTF_8));
  }

  /** Publishes and commits one transaction of one event for each id; the new entries. */
  public static List<JournalEntry> publish(Journal journal, long end, String... entityIds)
      throws InterruptedException {
    long before = journal.head();
    List<Event> events = new ArrayList<>();
    for (String id : entityIds) {
      events.add(event(id, end));
    }
    journal.publish(transaction(end), events, List.of());
    journal.commit();
    return journal.read(before, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  public static RejectedRow rejected() {
    return new RejectedRow(
        new TableId("public", "article"), "UPDATE", "{\"id\":7}", "the key is null");
  }

  public static Attempt attempt(int number, Instant at, @Nullable String attributeSet) {
    return new Attempt(
        number,
        at,
        Duration.ofMillis(12),
        "request-" + number,
        503,
        "answered 503",
        "busy",
        attributeSet,
        "b0d1");
  }

  public static NetChange change(String entityId, long stock) {
    ObjectNode after = JsonNodeFactory.instance.objectNode();
    after.put("id", entityId).put("stock", stock);
    return new NetChange(
        "Article",
        entityId,
        JsonNodeFactory.instance.textNode(entityId),
        true,
        null,
        after,
        List.of(),
        100);
  }

  /** What the entity room does: before of the first, after of the second. */
  public static NetChange merge(NetChange earlier, NetChange later) {
    return new NetChange(
        later.entityType(),
        later.entityId(),
        later.id(),
        earlier.existed(),
        earlier.before(),
        later.after(),
        later.unavailable(),
        later.weight());
  }

  /** To be sent again so many seconds after noon. */
  static DeliveryState.Retrying waiting(int seconds) {
    return new DeliveryState.Retrying(NOON.plusSeconds(seconds));
  }

  static List<Long> sequences(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.entry().sequence()).toList();
  }
}
