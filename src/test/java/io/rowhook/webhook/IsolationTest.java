package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.Position;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.Certificates;
import io.rowhook.testing.Events;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 50 recipients on one real journal, of which many are sick in every way: the others notice
 * nothing. The sick ones' timeout is longer than the test, so that whoever waited for one of them
 * would never be done. How long the healthy ones take beside none and beside the sick ones is
 * printed, not asserted.
 */
@Tag("feature-29")
class IsolationTest {

  private static final int HEALTHY = 29;
  private static final int SICK_OF_EACH_KIND = 3;
  private static final int JOBS = 4;
  private static final Duration NEVER = Duration.ofMinutes(5);

  /** Of heap that is still held when all is done, more than before. In bytes. */
  private static final long HEAP_LIMIT = 64L << 20;

  @TempDir Path directory;

  @BeforeAll
  static void certificates() {
    Certificates.get(); // takes seconds, which are not to be counted
  }

  @Test
  void theHealthyNoticeNothingOfTheSick() throws Exception {
    sideBySide(20, 3, Duration.ofSeconds(60));
  }

  @Test
  @Tag("long")
  void theHealthyNoticeNothingOfTheSickForLong() throws Exception {
    sideBySide(1_000, 10, Duration.ofMinutes(10));
  }

  private void sideBySide(int entities, int each, Duration limit) throws Exception {
    run("warm", 1, 20, 3, limit);
    Duration alone = run("alone", 0, entities, each, limit);
    long heap = heapInUse();
    Duration beside = run("beside", SICK_OF_EACH_KIND, entities, each, limit);
    System.out.printf(
        Locale.ROOT,
        "isolation: %d recipients, %d events each: without the sick %d ms, beside %d of them %d"
            + " ms, ratio %.2f%n",
        HEALTHY,
        entities * each,
        alone.toMillis(),
        SICK_OF_EACH_KIND * SickServers.Kind.values().length,
        beside.toMillis(),
        beside.toMillis() / (double) alone.toMillis());
    assertThat(heapInUse() - heap).as("heap still held").isLessThan(HEAP_LIMIT);
  }

  /** Returns how long it took until the last of the healthy had all. */
  private Duration run(String name, int sickOfEach, int entities, int each, Duration limit)
      throws Exception {
    int all = entities * each;
    List<Healthy> healthy = new ArrayList<>();
    List<Recipient> recipients = new ArrayList<>();
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve(name + ".db"));
        DispatcherRegistry dispatchers =
            new DispatcherRegistry(recipient -> dispatcher(recipient, journal));
        SickServers servers = new SickServers()) {
      journal.begin(new Epoch(name, "{}", Instant.now()), Position.of(0), Map.of());
      for (int i = 0; i < HEALTHY; i++) {
        Healthy one = new Healthy();
        healthy.add(one);
        recipients.add(
            recipient(
                "healthy-" + i, one.receiver.url("/"), new Parallel(JOBS), RetryPolicy.DEFAULT));
      }
      for (SickServers.Kind kind : SickServers.Kind.values()) {
        for (int i = 0; i < sickOfEach; i++) {
          recipients.add(sick(kind.name() + "-" + i, servers.start(kind)));
        }
      }
      Collections.shuffle(recipients, new java.util.Random(7));
      recipients.forEach(recipient -> journal.deliveries(recipient.name()));
      dispatchers.apply(recipients);

      long started = System.nanoTime();
      List<Event> events = Events.orders(entities, each);
      for (int n = 0; n < each; n++) {
        journal.publish(
            new Transaction(Position.of(1_000L + n), Long.toString(n), Instant.now()),
            events.subList(n * entities, (n + 1) * entities),
            List.of());
        journal.commit();
      }
      Eventually.within(
          limit, "the healthy have all", () -> healthy.stream().allMatch(h -> h.count() == all));
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      assertThat(healthy)
          .allSatisfy(one -> {
            assertThat(one.disorder).as("in order, each once").hasValue(0);
            assertThat(one.receiver.mostAtOnce()).isLessThanOrEqualTo(JOBS);
          });
      holdsBack(dispatchers, servers);
      return took;
    } finally {
      healthy.forEach(one -> one.receiver.close());
    }
  }

  /** The sick ones still have what is theirs: bounded jobs, windows, and bytes read of answers. */
  private static void holdsBack(DispatcherRegistry dispatchers, SickServers servers) {
    for (DispatcherStatus status : dispatchers.statuses()) {
      assertThat(status.inFlight()).as(status.recipient()).isLessThanOrEqualTo(JOBS);
      if (status.recipient().startsWith("hangs") || status.recipient().startsWith("trickles")) {
        assertThat(status.inFlight()).as(status.recipient()).isEqualTo(JOBS);
        assertThat(status.cursor()).as("nothing of it is settled").isZero();
      }
    }
    // Beyond what is read, only what the kernel's buffers on both sides take.
    assertThat(servers.written.get()).isLessThanOrEqualTo(servers.begun.get() * (20L << 20));
  }

  private static RecipientDispatcher dispatcher(Recipient recipient, SqliteJournal journal) {
    return new RecipientDispatcher(
        recipient,
        journal,
        new PlainSets(),
        new WebhookClient(AddressPolicy.ANY),
        InstantSource.system(),
        RandomGenerator.of("L64X128MixRandom"),
        DeliveryListener.NONE,
        TraceHeaders.NONE,
        MemoryBudget.ofHeap());
  }

  private static Recipient sick(String name, URI url) {
    return recipient(
        name, url, new Parallel(JOBS), RetryPolicy.DEFAULT, NEVER, Authentication.NONE);
  }

  private static long heapInUse() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Counts what it gets, and what is not the next of its entity. */
  private static final class Healthy {

    final AtomicInteger disorder = new AtomicInteger();
    private final AtomicLong count = new AtomicLong();
    private final Map<String, Integer> newest = new ConcurrentHashMap<>();
    final Receiver receiver = new Receiver(this::take).keepingNothing();

    private Receiver.Answer take(Receiver.Request request) {
      String id = request.header("Webhook-Id"); // evt_Order_7_3
      int at = id.lastIndexOf('_');
      int n = Integer.parseInt(id.substring(at + 1));
      Integer before = newest.put(id.substring(0, at), n);
      if (n != (before == null ? 0 : before) + 1) {
        disorder.incrementAndGet();
      }
      count.incrementAndGet();
      return Receiver.Answer.of(200);
    }

    long count() {
      return count.get();
    }
  }
}
