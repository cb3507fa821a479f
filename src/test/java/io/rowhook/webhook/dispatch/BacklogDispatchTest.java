package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens, each delivery is settled once, in order, and in bounded memory. */
class BacklogDispatchTest {

  private static final int LARGE = 1 << 20;

  @Test
  @Tag("feature-29")
  void holdsABoundedPartOfADeadRecipientsBacklog() throws Exception {
    Instant start = Instant.parse("2026-11-21T12:00:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(start);
    try (Receiver revived = new Receiver();
        Outbound out = new Outbound()) {
      out.clock = now::get;
      Recipient dead = recipient("dead", nobody(), new Parallel(8), retry(3_600_000, 3_600_000));
      RecipientDispatcher dispatcher = out.start(dead);
      AtomicInteger window = new AtomicInteger();
      out.journal.append(orders(1000, 100));
      eventually(
          "everything stands on disk",
          () -> {
            window.accumulateAndGet(dispatcher.status().window(), Math::max);
            return out.store("dead").open() == 100_000
                && out.store("dead").cursor() == out.journal.head();
          });

      dispatcher.reconfigure(recipient("dead", revived.url("/"), new Parallel(8), dead.retry()));
      now.set(start.plus(Duration.ofHours(2)));
      dispatcher.published(); // the clock was moved; nobody else would tell
      eventually(
          "it is being made up for",
          () -> {
            window.accumulateAndGet(dispatcher.status().window(), Math::max);
            return revived.count() > 3000;
          });
      assertThat(window.get()).isBetween(8, BufferRoom.capacity(new Parallel(8)));
      dispatcher.close();
      assertOrder(revived.ids(), false);
      assertThat(out.store("dead").open()).isLessThanOrEqualTo(97_000);
    }
  }

  /** The window is full of them long before it holds as many deliveries as were asked for. */
  @Test
  void loadsWhatIsBlockedBehindNothingAlsoWhereLargeEventsFillTheWindow() throws Exception {
    List<Event> events = orders(40, 1).stream().map(BacklogDispatchTest::large).toList();
    assertThat(events.size() * (long) LARGE).isGreaterThan(2 * BufferRoom.BYTES);
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop"); // as a crash may leave it
      out.journal.append(events);
      for (JournalEntry entry : out.journal.read(0, events.size(), Long.MAX_VALUE)) {
        store.put(Delivery.pending(entry, null, null).to(new Blocked(), 0));
      }
      store.advance(out.journal.head());
      store.flush();
      out.start(recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(40).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @Tag("feature-27")
  @ValueSource(booleans = {false, true})
  void deliversABacklogInOrderOnceItsRecipientIsBack(boolean sequential) throws Exception {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(4);
    try (Receiver revived = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", nobody(), processing, retry(200, 200, 200)));
      out.journal.append(orders(30, 20));
      eventually("it has failed", () -> dispatcher.status().failure() != null);
      dispatcher.reconfigure(recipient("shop", revived.url("/"), processing, retry(200, 200, 200)));
      out.settled("shop");
      assertThat(revived.ids()).hasSize(600).doesNotHaveDuplicates();
      assertOrder(revived.ids(), sequential);
      assertThat(out.store("shop").exceptions()).isZero();
    }
  }

  @Test
  @Tag("feature-37")
  void losesNothingOverAStop() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Recipient recipient = recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT);
      out.journal.append(List.of());
      RecipientDispatcher dispatcher = out.start(recipient);
      for (int round = 1; round <= 5; round++) {
        out.journal.append(orders(40, round).subList(40 * (round - 1), 40 * round));
        int some = shop.count() + 10;
        eventually("some arrive", () -> shop.count() >= some);
        dispatcher.close();
        dispatcher = out.start(recipient);
      }
      out.settled("shop");
      assertThat(shop.ids()).hasSize(200).doesNotHaveDuplicates();
      assertOrder(shop.ids(), false);
    }
  }

  @RepeatedTest(6)
  @Tag("feature-37")
  void losesNothingOverACrash() {
    long seed = new Random().nextLong();
    System.out.println("BacklogDispatchTest.losesNothingOverACrash seed " + seed);
    Random random = new Random(seed);
    DeliveryMode processing = random.nextBoolean() ? new Sequential() : new Parallel(5);
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() % 7 == 0 ? 503 : 200));
        Outbound out = new Outbound()) {
      Recipient recipient =
          recipient("shop", shop.url("/"), processing, retry(5, 5, 5, 5, 5, 5, 5, 5, 5, 5));
      int crashes = 3;
      AtomicInteger attempts = new AtomicInteger();
      AtomicReference<MemoryJournal> after = new AtomicReference<>();
      int at = 20 + random.nextInt(100);
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String name, JournalEntry entry) {
              // The answer has come, nothing of it is recorded: the worst moment.
              if (attempts.incrementAndGet() % at == 0 && after.get() == null) {
                after.compareAndSet(null, out.journal.crashed());
              }
            }
          };
      out.start(recipient);
      out.journal.append(orders(25, 16));
      for (int crash = 0; crash < crashes; crash++) {
        eventually("a crash", () -> after.get() != null);
        out.dispatchers.getLast().close();
        out.journal = after.getAndSet(null);
        out.start(recipient);
      }
      eventually(
          "all settled",
          () -> {
            MemoryJournal crashed = after.getAndSet(null);
            if (crashed != null) {
              out.dispatchers.getLast().close();
              out.journal = crashed;
              out.start(recipient);
            }
            return out.store("shop").cursor() == out.journal.head()
                && out.store("shop").open() == 0;
          });
      assertThat(out.store("shop").ends()).hasSize(400).containsValue(new Delivered());
      assertThat(new HashSet<>(shop.ids())).hasSize(400);
      int jobs = processing instanceof Parallel(int most, var _) ? most : 1;
      int restarts = out.dispatchers.size() - 1;
      int refused = shop.count() / 7;
      assertThat(shop.count() - 400 - refused)
          .isLessThanOrEqualTo(restarts * (jobs + DeliveryBuffer.UNFLUSHED));
      assertOrder(firsts(shop.ids()), processing instanceof Sequential);
    }
  }

  @RepeatedTest(8)
  @Tag("feature-33")
  void endsEachDeliveryOnceAndKeepsEachEntitysOrderWhateverIsAnswered() {
    long seed = new Random().nextLong();
    System.out.println("BacklogDispatchTest.endsEachDeliveryOnce seed " + seed);
    Random random = new Random(seed);
    DeliveryMode processing =
        random.nextInt(4) == 0 ? new Sequential() : new Parallel(1 + random.nextInt(12));
    int entities = 1 + random.nextInt(40);
    int each = 300 / entities;
    try (Receiver shop =
            new Receiver(_ -> {
              int chance;
              synchronized (random) {
                chance = random.nextInt(100);
              }
              if (chance < 10) {
                Thread.sleep(chance);
              }
              return switch (chance % 10) {
                case 0 -> Answer.of(500);
                case 1 -> Answer.of(429, "Retry-After", "0");
                case 2 -> Answer.of(302, "Location", "http://127.0.0.1:1/");
                case 3 -> throw new IOException("closes without an answer");
                default -> Answer.of(200 + chance % 3);
              };
            });
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), processing, retry(3, 7, 20)));
      for (int n = 0; n < each; n++) {
        out.journal.append(orders(entities, each).subList(entities * n, entities * (n + 1)));
      }
      out.settled("shop");

      assertThat(out.store("shop").ends()).hasSize(entities * each);
      assertThat(Set.copyOf(shop.ids())).hasSize(entities * each);
      // One that met a reused connection that was closed arrives twice in the same attempt.
      Map<Long, Set<String>> arrivals = new HashMap<>();
      shop.requests()
          .forEach(r ->
              arrivals
                  .computeIfAbsent(Long.valueOf(r.header("Rowhook-Sequence")), _ -> new HashSet<>())
                  .add(r.header("Rowhook-Request-Id")));
      out.store("shop")
          .ends()
          .forEach((sequence, end) -> {
            List<Attempt> log = out.store("shop").attempts(sequence);
            int attempts = log.size();
            // One on a kept connection that the server closes at that moment does not arrive.
            long unanswered = log.stream().filter(one -> one.status() == null).count();
            assertThat(arrivals.getOrDefault(sequence, Set.of()).size())
                .as(log::toString)
                .isBetween(attempts - (int) unanswered, attempts);
            assertThat(attempts).isBetween(1, 4);
            if (!(end instanceof Delivered)) {
              assertThat(attempts).isEqualTo(4);
            }
          });
      // Nothing of an entity before everything earlier of it has ended: so its retries, too.
      assertOrder(shop.ids(), processing instanceof Sequential);
      int jobs = processing instanceof Parallel(int most, var _) ? most : 1;
      assertThat(shop.mostAtOnce()).isLessThanOrEqualTo(jobs);
    }
  }

  /**
   * Ids are {@code evt_Order_<entity>_<n>}: n must not fall, for each entity or for all of them.
   */
  private static void assertOrder(List<String> ids, boolean forAll) {
    Map<Integer, Integer> last = new HashMap<>();
    int lastOfAll = 0;
    for (String id : ids) {
      String[] parts = id.split("_", -1);
      int n = Integer.parseInt(parts[3]);
      Integer before = last.put(Integer.valueOf(parts[2]), n);
      assertThat(n).as(id).isGreaterThanOrEqualTo(before == null ? 1 : before);
      if (forAll) {
        assertThat(n).as(id).isGreaterThanOrEqualTo(lastOfAll);
        lastOfAll = n;
      }
    }
  }

  private static Event large(Event event) {
    String json = new String(event.json(), UTF_8);
    String text = ",\"text\":\"" + "x".repeat(LARGE) + "\"}";
    return new Event(
        event.id(),
        event.entityType(),
        event.entityId(),
        event.type(),
        event.committedAt(),
        event.position(),
        (json.substring(0, json.length() - 1) + text).getBytes(UTF_8));
  }

  private static List<String> firsts(List<String> ids) {
    Set<String> seen = new HashSet<>();
    List<String> firsts = new ArrayList<>();
    for (String id : ids) {
      if (seen.add(id)) {
        firsts.add(id);
      }
    }
    return firsts;
  }

  private static URI nobody() throws IOException {
    try (ServerSocket closed = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + closed.getLocalPort() + "/");
    }
  }
}
