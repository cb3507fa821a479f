package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/**
 * Whatever the policy and whatever is answered: each delivery comes to one end and to no second
 * one, none is forgotten, and each entity's order is kept. The clock is a manual one: hours pass in
 * a second.
 */
class AnyPolicyTest {

  private static final Instant START = Instant.parse("2026-05-24T15:20:45Z"); // of the events
  private static final int ROUNDS = 120;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<Integer> FINAL = Set.of(422);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  /** What was answered, by sequence and in order. */
  private final Map<Long, StringBuilder> answers = new TreeMap<>(); // guarded by itself

  private final Map<Long, String> requestIds = new HashMap<>(); // guarded by answers

  private volatile boolean mended;

  @RepeatedTest(12)
  @Tag("feature-33")
  @Tag("feature-34")
  @Tag("feature-36")
  void bringsEachDeliveryToOneEnd() throws Exception {
    long seed = Long.getLong("policy.seed", new Random().nextLong());
    Random random = new Random(seed);
    DeliveryMode processing =
        random.nextInt(3) == 0
            ? new Sequential(random.nextBoolean())
            : new Parallel(1 + random.nextInt(8));
    int entities = 1 + random.nextInt(12);
    int each = 60 / entities;
    try (Receiver shop = new Receiver(request -> answer(request, random));
        Outbound out = new Outbound()) {
      Recipient recipient = policy(random, shop, processing);
      System.out.printf(
          "AnyPolicyTest -Dpolicy.seed=%d: %s, %d entities, %s, pause %s, owed %s%n",
          seed,
          processing,
          entities,
          recipient.retry(),
          recipient.breakerConfig(),
          recipient.backlog());
      out.clock = () -> Objects.requireNonNull(now.get());
      MemoryDeliveryStore store = out.store("shop");
      RecipientDispatcher dispatcher = out.start(recipient);
      out.journal.append(orders(entities, each).subList(0, entities * (each / 2)));
      for (int round = 0; round < ROUNDS; round++) {
        if (round == ROUNDS / 3) {
          out.journal.append(orders(entities, each));
        }
        disturb(out, store, dispatcher, random);
        pass(dispatcher, store, random);
      }
      mended = true;
      out.journal.killSwitch(null);
      dispatcher.deliveriesChanged();
      long patience = System.nanoTime() + PATIENCE.toNanos();
      while (store.cursor() < out.journal.head() || store.open() > 0) {
        assertThat(System.nanoTime()).as("something is forgotten").isLessThan(patience);
        pass(dispatcher, store, random);
      }
      dispatcher.close();
      assertEnds(store, entities * each, recipient);
      assertOrder(shop.ids(), processing instanceof Sequential);
      int jobs = processing instanceof Parallel(int most, var _) ? most : 1;
      assertThat(shop.mostAtOnce()).isLessThanOrEqualTo(jobs);
    }
  }

  private Recipient policy(Random random, Receiver shop, DeliveryMode processing) {
    Recipient like = Outbound.recipient("shop", shop.url("/"), processing, RetryPolicy.DEFAULT);
    RetryPolicy retry =
        new RetryPolicy(
            IntStream.range(0, random.nextInt(6))
                .mapToObj(_ -> Duration.ofSeconds(1 + random.nextInt(1800)))
                .sorted()
                .toList(),
            random.nextBoolean() ? RetryPolicy.From.previous : RetryPolicy.From.first,
            random.nextBoolean() ? 0 : 0.2);
    CircuitBreakerConfig breakerConfig =
        random.nextInt(3) == 0
            ? Outbound.SELDOM
            : new CircuitBreakerConfig(
                1 + random.nextInt(12),
                Duration.ofMinutes(10),
                random.nextBoolean()
                    ? CircuitBreakerConfig.DEFAULT.probe()
                    : List.of(Duration.ofMinutes(30)));
    BacklogLimit backlog =
        switch (random.nextInt(4)) {
          case 0 -> new BacklogLimit(Duration.ofHours(2), 1L << 40);
          case 1 -> new BacklogLimit(Duration.ofDays(365), 2_000);
          default -> like.backlog();
        };
    return new Recipient(
        like.name(),
        like.url(),
        like.authentication(),
        processing,
        like.timeout(),
        new AcknowledgementRule(AcknowledgementRule.ANY_2XX.status(), Optional.empty(), FINAL),
        retry,
        breakerConfig,
        backlog,
        like.allow(),
        like.tls(),
        like.format(),
        like.subscriptions());
  }

  private Answer answer(Receiver.Request request, Random random) throws Exception {
    int chance;
    synchronized (random) {
      chance = random.nextInt(100);
    }
    Answer answer =
        mended
            ? Answer.of(204)
            : switch (chance % 10) {
              case 0 -> Answer.of(503);
              case 1 -> Answer.of(429, "Retry-After", Integer.toString(chance * 9));
              case 2 -> Answer.of(302, "Location", "http://127.0.0.1:1/");
              case 3 -> Answer.of(chance < 20 ? 410 : 404);
              case 4 -> Answer.of(chance < 50 ? 422 : 500);
              case 5 -> Answer.of(0); // closes without an answer
              default -> Answer.of(200 + chance % 3);
            };
    synchronized (answers) {
      long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
      StringBuilder codes = answers.computeIfAbsent(sequence, _ -> new StringBuilder());
      String id = request.header("Rowhook-Request-Id");
      if (id.equals(requestIds.put(sequence, id))) {
        // The same attempt again: it had met a reused connection that was closed.
        assertThat(codes.toString()).endsWith("0 ");
        codes.setLength(codes.length() - 2);
      }
      codes.append(answer.status()).append(' ');
    }
    if (answer.status() == 0) {
      throw new IOException("closes without an answer");
    }
    return answer;
  }

  /** A person, and the clock; whatever is held until somebody decides is decided. */
  private void disturb(
      Outbound out, MemoryDeliveryStore store, RecipientDispatcher dispatcher, Random random) {
    int what;
    synchronized (random) {
      what = random.nextInt(20);
    }
    switch (what) {
      case 0 ->
          out.journal.killSwitch(
              Pause.untilResumed(Pause.Kind.person, Objects.requireNonNull(now.get()), "x"));
      case 1, 2, 3 -> out.journal.killSwitch(null);
      case 4 -> store.pause(Objects.requireNonNull(now.get()), "a person");
      default -> {
        return;
      }
    }
    dispatcher.deliveriesChanged();
  }

  private void pass(RecipientDispatcher dispatcher, MemoryDeliveryStore store, Random random)
      throws InterruptedException {
    int seconds;
    synchronized (random) {
      seconds = random.nextInt(random.nextInt(4) == 0 ? 2400 : 60);
    }
    now.updateAndGet(time -> time.plusSeconds(seconds));
    if (store.pause().filter(pause -> pause.until().isEmpty()).isPresent()) {
      store.resumeByPerson(Objects.requireNonNull(now.get()));
      dispatcher.deliveriesChanged();
    }
    dispatcher.published(); // the clock was moved; nobody else would tell
    Thread.sleep(2); // what is due then has some time to go out
  }

  private void assertEnds(MemoryDeliveryStore store, int owed, Recipient recipient) {
    Map<Long, DeliveryState> ends = store.ends();
    assertThat(ends).hasSize(owed);
    int most = recipient.retry().delays().size() + 1;
    for (Map.Entry<Long, DeliveryState> end : ends.entrySet()) {
      long sequence = end.getKey();
      List<Attempt> attempts = store.attempts(sequence);
      String answered;
      synchronized (answers) {
        answered = String.valueOf(answers.getOrDefault(sequence, new StringBuilder())).strip();
      }
      List<String> codes = answered.isEmpty() ? List.of() : List.of(answered.split(" ", -1));
      // Each request is one attempt in the log; nothing was sent that nobody knows of.
      assertThat(attempts).as("%d: %s", sequence, codes).hasSameSizeAs(codes);
      assertThat(attempts).extracting(Attempt::number).isSorted().doesNotHaveDuplicates();
      long acknowledged = codes.stream().filter(code -> code.startsWith("2")).count();
      long refused = codes.stream().filter(code -> !code.equals("410")).count();
      switch (end.getValue()) {
        case Delivered _ -> {
          assertThat(acknowledged).as("%d: %s", sequence, codes).isEqualTo(1);
          assertThat(codes.getLast()).startsWith("2");
        }
        case Failed(String reason) -> {
          assertThat(acknowledged).as("%d: %s", sequence, codes).isZero();
          if (!reason.startsWith(Failed.BACKLOG_LIMIT) && !codes.getLast().equals("422")) {
            assertThat(refused)
                .as("%d: %s: %s", sequence, reason, codes)
                .isGreaterThanOrEqualTo(most);
          }
        }
        default -> throw new AssertionError(sequence + " has not ended");
      }
    }
  }

  /** {@code evt_Order_<entity>_<n>}: n must not fall, for each entity or for all of them. */
  private static void assertOrder(List<String> ids, boolean forAll) {
    Map<String, Integer> last = new HashMap<>();
    for (String id : ids) {
      String[] parts = id.split("_", -1);
      int n = Integer.parseInt(parts[3]);
      Integer before = last.put(forAll ? "" : parts[2], n);
      assertThat(n).as(id).isGreaterThanOrEqualTo(before == null ? 1 : before);
    }
  }
}
