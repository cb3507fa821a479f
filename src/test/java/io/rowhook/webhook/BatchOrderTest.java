package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several events in one request, in sequential processing: the order of the journal holds. */
@Tag("feature-63")
class BatchOrderTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Sequential SEQUENTIAL = new Sequential(false);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-05-24T15:20:44Z"));

  @Test
  void hasWhatComesNextInSequentialProcessing() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.start(BatchTest.recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(7, Duration.ZERO)));
      List<Event> events = orders(5, 20);
      out.journal.append(events);
      out.settled("shop");
      assertThat(BatchTest.all(shop)).isEqualTo(events.stream().map(Event::id).toList());
      assertThat(shop.mostAtOnce()).isEqualTo(1);
      assertThat(shop.count()).isBetween(15, 99);
    }
  }

  @Test
  void keepsCommitOrderWhateverIsRefused() throws Exception {
    keepsCommitOrder(orders(7, 40));
  }

  /** A few of them are as many as a request has. */
  @Test
  void keepsCommitOrderOfLargeEvents() throws Exception {
    keepsCommitOrder(orders(4, 15).stream().map(BatchOrderTest::large).toList());
  }

  private static Event large(Event event) {
    String json = new String(event.json(), StandardCharsets.UTF_8);
    String text = json.substring(0, json.length() - 1) + ",\"x\":\"" + "x".repeat(300_000) + "\"}";
    return new Event(
        event.id(),
        event.entityType(),
        event.entityId(),
        event.type(),
        event.committedAt(),
        event.position(),
        text.getBytes(StandardCharsets.UTF_8));
  }

  private static void keepsCommitOrder(List<Event> events) throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> taken = new ArrayList<>();
    try (Receiver shop =
            new Receiver(request -> {
              synchronized (taken) {
                if (random.nextInt(4) == 0) {
                  return Answer.of(503);
                }
                taken.addAll(BatchTest.ids(request));
                return Answer.of(200);
              }
            });
        Outbound out = new Outbound()) {
      out.start(
          BatchTest.recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(6, Duration.ofMillis(2))));
      for (int from = 0; from < events.size(); from += 20) {
        out.journal.append(events.subList(from, from + 20));
      }
      out.settled("shop");
      assertThat(taken).as("seed %d", seed).isEqualTo(events.stream().map(Event::id).toList());
    }
  }

  @Test
  void whatWasCollectedAndNotSentIsThereAfterAnEditAndARestart() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.clock = now::get;
      Recipient waiting = BatchTest.recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(50, LONG));
      RecipientDispatcher first = out.start(waiting);
      out.journal.append(orders(3, 1));
      first.reconfigure(BatchTest.recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(60, LONG)));
      first.close();
      out.start(BatchTest.recipient(shop.url("/"), SEQUENTIAL, new BatchConfig(50, Duration.ZERO)));
      out.settled("shop");
      assertThat(BatchTest.all(shop))
          .containsExactly("evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1");
    }
  }
}
