package io.rowhook.webhook.dispatch;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.retry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Integers;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RequestLine;
import io.rowhook.recipient.RequestOptions;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Unchanged;
import io.rowhook.testing.Events;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Outbound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** {@code unchanged: skip}: what the recipient has already is not sent, and everything else is. */
class UnchangedTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Outbound out = new Outbound();
  private final Map<Integer, AtomicInteger> counts = new HashMap<>();

  UnchangedTest() {
    out.useSet(
        PlainSets.set(
            "state",
            event -> {
              JsonNode json = json(event.json());
              return "{\"id\":%s,\"state\":%s}"
                  .formatted(json.path("entityId"), json.path("state"))
                  .getBytes(UTF_8);
            }));
  }

  private static JsonNode json(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that is touched, and shows this state. */
  private Event event(int id, String state, EventType type) {
    int n = counts.computeIfAbsent(id, _ -> new AtomicInteger()).incrementAndGet();
    Event like = Events.order(id, n);
    return new Event(
        like.id(),
        like.entityType(),
        like.entityId(),
        type,
        like.committedAt(),
        like.position(),
        "{\"entityId\":%d,\"state\":\"%s\",\"touched\":%d}"
            .formatted(id, state, n)
            .getBytes(UTF_8));
  }

  private List<Event> updates(int id, String... states) {
    return Stream.of(states).map(state -> event(id, state, EventType.Updated)).toList();
  }

  private static Recipient shop(Receiver receiver, boolean sequential, RetryPolicy retry) {
    return Outbound.recipient(
            "shop", receiver.url("/"), sequential ? new Sequential() : new Parallel(4), retry)
        .with(
            new RequestOptions(
                Map.of(),
                RequestLine.OPEN,
                Optional.empty(),
                Integers.number,
                Optional.empty(),
                Unchanged.skip));
  }

  private static List<String> states(Receiver receiver) {
    return receiver.requests().stream()
        .map(request -> json(request.body()).path("state").asText())
        .toList();
  }

  @Test
  void whatItHasIsNotSent() {
    try (out;
        Receiver shop = new Receiver()) {
      out.start(shop(shop, false, RetryPolicy.DEFAULT));
      out.journal.append(updates(1, "a", "a", "a", "b", "b", "a"));
      out.settled("shop");

      assertThat(states(shop)).containsExactly("a", "b", "a");
      MemoryDeliveryStore store = out.store("shop");
      assertThat(store.ends()).containsOnlyKeys(1L, 4L, 6L);
      assertThat(store.skipped()).isEqualTo(Map.of(2L, 1L, 3L, 1L, 5L, 4L));
    }
  }

  /** It may have taken what it did not acknowledge. */
  @Test
  void whatWasNotAcknowledgedMayBeThere() {
    try (out;
        Receiver shop =
            new Receiver(request -> Answer.of(request.text().contains("\"b\"") ? 500 : 200))) {
      out.start(shop(shop, true, retry()));
      out.journal.append(updates(1, "a", "b", "a", "a"));
      eventually("the last is settled", () -> out.store("shop").cursor() == 4);

      assertThat(states(shop)).containsExactly("a", "b", "a");
    }
  }

  @Test
  void onlyUpdatesAreLeftOut() {
    try (out;
        Receiver shop = new Receiver()) {
      out.start(shop(shop, true, RetryPolicy.DEFAULT));
      out.journal.append(
          List.of(
              event(1, "a", EventType.Created),
              event(1, "a", EventType.Updated),
              event(1, "a", EventType.Snapshot),
              event(1, "a", EventType.Deleted),
              event(1, "a", EventType.Updated),
              event(1, "a", EventType.Created)));
      out.settled("shop");

      assertThat(out.store("shop").skipped()).containsOnlyKeys(2L);
      assertThat(shop.count()).isEqualTo(5);
    }
  }

  @Test
  void whatAPersonRedeliversIsSent() {
    try (out;
        Receiver shop = new Receiver()) {
      var dispatcher = out.start(shop(shop, true, RetryPolicy.DEFAULT));
      out.journal.append(updates(1, "a", "a"));
      out.settled("shop");
      out.store("shop").redeliver(1, Instant.now());
      dispatcher.deliveriesChanged();
      eventually("it is sent again", () -> shop.count() == 2);
    }
  }

  /** What was sent before it, and what came of that, is not certain any more. */
  @Test
  void theFirstAfterAStartIsSent() {
    try (out;
        Receiver shop = new Receiver()) {
      Recipient recipient = shop(shop, true, RetryPolicy.DEFAULT);
      var first = out.start(recipient);
      out.journal.append(updates(1, "a", "a"));
      out.settled("shop");
      first.close();
      out.start(recipient);
      out.journal.append(updates(1, "a", "a"));
      out.settled("shop");

      assertThat(states(shop)).containsExactly("a", "a");
      assertThat(out.store("shop").skipped()).containsOnlyKeys(2L, 4L);
    }
  }

  /**
   * Whatever is killed and refused: the recipient, which also takes what it refuses, ends with what
   * each entity is.
   */
  @RepeatedTest(20)
  void itEndsWithWhatEachEntityIs() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("UnchangedTest.itEndsWithWhatEachEntityIs seed " + seed);
    Random random = new Random(seed);
    boolean sequential = random.nextBoolean();
    Map<Integer, String> has = new ConcurrentHashMap<>();
    Map<Integer, String> truth = new HashMap<>();
    try (Receiver shop =
            new Receiver(request -> {
              Thread.sleep(request.number() % 3);
              JsonNode body = json(request.body());
              has.put(body.path("id").asInt(), body.path("state").asText());
              return Answer.of(request.number() % 7 == 0 ? 503 : 200);
            });
        out) {
      Recipient all = shop(shop, sequential, retry(3, 3, 3, 3, 3, 3, 3, 3, 3, 3));
      Recipient recipient = random.nextBoolean() ? LatestOnlyShop.latestOnly(all) : all;
      AtomicReference<MemoryJournal> after = new AtomicReference<>();
      AtomicInteger posts = new AtomicInteger();
      Object killing = new Object();
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String name, JournalEntry entry) {
              if (posts.incrementAndGet() % 9 == 0) {
                synchronized (killing) {
                  if (after.get() == null) {
                    after.set(out.journal.crashed());
                  }
                }
              }
            }
          };
      out.start(recipient);
      for (int round = 0; round < 12; round++) {
        restart(after, recipient);
        for (int i = 0; i < 10; i++) {
          int id = random.nextInt(4);
          String state = random.nextInt(3) == 0 ? "b" : "a";
          truth.put(id, state);
          synchronized (killing) {
            MemoryJournal crashed = after.get();
            (crashed == null ? out.journal : crashed).append(updates(id, state));
          }
        }
        eventually(
            "killed, or all is settled",
            () -> after.get() != null || out.store("shop").cursor() == out.journal.head());
      }
      eventually(
          "all settled",
          () -> {
            restart(after, recipient);
            return out.store("shop").cursor() == out.journal.head()
                && out.store("shop").open() == 0;
          });
      assertThat(has).as("seed " + seed).isEqualTo(truth);
      assertThat(out.store("shop").exceptions()).isZero();
      assertThat(out.store("shop").skipped()).isNotEmpty();
    }
  }

  private void restart(AtomicReference<MemoryJournal> after, Recipient recipient) {
    MemoryJournal crashed = after.get();
    if (crashed != null) {
      out.dispatchers.getLast().close();
      out.journal = crashed;
      after.set(null);
      out.start(recipient);
    }
  }
}
