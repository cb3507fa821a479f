package io.rowhook.webhook.dispatch;

import io.rowhook.capture.Position;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.webhook.MemoryBudget;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What it takes to keep a recipient's deliveries in order: into its lane, out when its turn has
 * come, and away. Four events each of 64 entities wait.
 */
@State(Scope.Benchmark)
public class DispatchMicro {

  private static final int ENTITIES = 64;
  private static final int DELIVERIES = 256;
  private static final byte[] JSON = "{}".getBytes(StandardCharsets.US_ASCII);

  private final List<Delivery> owed =
      IntStream.range(0, DELIVERIES)
          .mapToObj(
              i -> Delivery.pending(new JournalEntry(i + 1L, event(i % ENTITIES)), null, null))
          .toList();
  private final KeyedQueue ofEntities =
      new KeyedQueue(DeliveryMode.DEFAULT, 1, MemoryBudget.ofHeap());
  private final KeyedQueue ofAll =
      new KeyedQueue(new DeliveryMode.Sequential(), 1, MemoryBudget.ofHeap());

  @Benchmark
  @OperationsPerInvocation(DELIVERIES)
  public int inOrderOfEntities() {
    return all(ofEntities);
  }

  @Benchmark
  @OperationsPerInvocation(DELIVERIES)
  public int inOrderOfAll() {
    return all(ofAll);
  }

  private int all(KeyedQueue queue) {
    owed.forEach(queue::add);
    int settled = 0;
    for (Delivery next = queue.next(); next != null; next = queue.next()) {
      queue.settled(next);
      settled++;
    }
    if (settled != DELIVERIES) {
      throw new IllegalStateException("settled " + settled);
    }
    return settled;
  }

  private static Event event(int i) {
    return new Event(
        "evt_%032x".formatted(i),
        "Article",
        Integer.toString(i),
        EventType.Updated,
        Instant.EPOCH,
        Position.START,
        JSON);
  }
}
