package io.rowhook.webhook.dispatch;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.AcknowledgementRule;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.recipient.BodyFormat;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.Outbound;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.TestDelivery;
import io.rowhook.webhook.http.HttpResult;
import io.rowhook.webhook.policy.AttemptResult;
import io.rowhook.webhook.policy.ResponseClassifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dispatcher does while its recipient is paused, and around it. */
class PausingTest {

  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final BacklogLimit MUCH = new BacklogLimit(Duration.ofDays(36500), 1L << 40);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final AtomicInteger status = new AtomicInteger(503);

  @ParameterizedTest
  @Tag("feature-35")
  @Tag("feature-36")
  @ValueSource(booleans = {false, true})
  void pausesAtTheEleventhFailureAndLosesNothing(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(1);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(40), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        assertThat(dispatcher.status().pause()).isNull();
        forward(dispatcher, Duration.ofSeconds(30));
      }
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(shop.count()).isEqualTo(11);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(pause -> assertThat(pause.until()).contains(now().plusSeconds(3600)));

      out.journal.append(orders(5, 2).subList(5, 10)); // what changes meanwhile
      forward(dispatcher, Duration.ofMinutes(59));
      assertHeld(dispatcher, shop, 11);

      // The oldest is tried alone; it fails, which costs no retry the first time.
      forward(dispatcher, Duration.ofMinutes(1));
      eventually(
          "the trial", () -> shop.count() == 12 && dispatcher.status().state() == State.paused);
      MemoryDeliveryStore store = out.store("shop");
      assertThat(shop.ids()).containsOnly("evt_Order_1_1");
      eventually("recorded", () -> store.attempts(1).size() == 12);
      assertThat(store.standing(1))
          .satisfies(standing -> {
            assertThat(standing.trials()).isEqualTo(1);
            assertThat(standing.state()).isEqualTo(new Retrying(now().plusSeconds(3600)));
          });

      status.set(200);
      forward(dispatcher, Duration.ofHours(1));
      out.settled("shop");
      assertThat(dispatcher.status().pause()).isNull();
      List<String> after = shop.ids().subList(12, shop.count());
      // The second probe takes another entity, if it may.
      assertThat(after.getFirst()).isEqualTo(sequential ? "evt_Order_1_1" : "evt_Order_2_2");
      assertThat(after)
          .containsExactlyInAnyOrder(
              "evt_Order_1_1",
              "evt_Order_1_2",
              "evt_Order_2_2",
              "evt_Order_3_2",
              "evt_Order_4_2",
              "evt_Order_5_2");
      if (sequential) {
        assertThat(after).isSorted();
      }
    }
  }

  /** Away for seconds: it has everything seconds after it is back. */
  @Test
  @Tag("feature-35")
  void flowsAgainSecondsAfterAShortOutage() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      Recipient like = shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH);
      RecipientDispatcher dispatcher = out.start(with(like, CircuitBreakerConfig.DEFAULT));
      out.journal.append(orders(300, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      forward(dispatcher, Duration.ofSeconds(3));
      status.set(200);
      assertHeld(dispatcher, shop, shop.count());
      forward(dispatcher, Duration.ofSeconds(2));
      eventually("the probe", () -> dispatcher.status().pause() == null);
      forward(dispatcher, Duration.ofSeconds(30)); // the retries of those that had failed
      out.settled("shop");
      assertThat(out.store("shop").ends().values()).containsOnly(new Delivered());
    }
  }

  /** The oldest always fails: the second probe takes another entity, and everything else flows. */
  @Test
  @Tag("feature-35")
  void isNotKeptPausedByOneDeliveryThatAlwaysFails() {
    try (Receiver shop =
            new Receiver(request ->
                Answer.of(
                    request.header("Webhook-Id").equals("evt_Order_1_1") ? 400 : status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH));
      out.journal.append(orders(30, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      status.set(200);
      forward(dispatcher, Duration.ofHours(1));
      eventually("the first probe", () -> trials(out) == 1);
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(dispatcher.status().pause()).isNotNull();
      assertThat(shop.ids().getLast()).isEqualTo("evt_Order_1_1");
      forward(dispatcher, Duration.ofHours(1));
      eventually("all others", () -> out.store("shop").ends().size() == 29);
      assertThat(dispatcher.status().pause()).isNull();
    }
  }

  /** Nothing else waits, or it is sequential: each probe but the first uses a retry. */
  @ParameterizedTest
  @Tag("feature-35")
  @ValueSource(booleans = {false, true})
  void endsADeliveryWhoseRetriesAreUsedUpByProbes(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(1);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(12), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        forward(dispatcher, Duration.ofSeconds(30));
      }
      // 11 attempts until it is paused, a probe that is free, and two that are not.
      for (int sent = 11; sent < 14; sent++) {
        int count = sent;
        eventually(
            "held", () -> shop.count() == count && dispatcher.status().state() == State.paused);
        forward(dispatcher, Duration.ofHours(1));
      }
      eventually("ended", () -> out.store("shop").ends().size() == 1);
      assertThat(shop.count()).isEqualTo(14);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("all 13 attempts failed, the last one: answered 503"));
    }
  }

  @Test
  @Tag("feature-34")
  void aFinalStatusEndsADeliveryAlsoInAProbe() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      AcknowledgementRule rule =
          new AcknowledgementRule(Set.of(200), Optional.empty(), Set.of(422));
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Sequential(), rule, retries(40), MUCH));
      out.journal.append(orders(1, 1));
      for (int failed = 1; failed <= 10; failed++) {
        int count = failed;
        eventually("attempt " + count, () -> shop.count() == count && waiting(out, 1));
        forward(dispatcher, Duration.ofSeconds(30));
      }
      eventually("held", () -> dispatcher.status().state() == State.paused);
      status.set(422);
      forward(dispatcher, Duration.ofHours(1));
      eventually("ended", () -> out.store("shop").ends().size() == 1);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("answered 422, which is final for this recipient"));
    }
  }

  /** The trial has nothing to try: the dispatcher waits for something, and does not spin. */
  @Test
  @Tag("feature-35")
  void triesTheFirstThatComesWhereNothingIsOpenAfterAPause() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock =
          () -> {
            looks.incrementAndGet();
            return now();
          };
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(11, 1)); // all end failed
      eventually("held", () -> dispatcher.status().state() == State.paused);
      forward(dispatcher, Duration.ofHours(1));
      eventually("the trial waits", () -> dispatcher.status().state() == State.idle);
      int before = looks.get();
      Thread.sleep(300); // for it to spin, if it does
      assertThat(looks.get() - before).isLessThan(100);
      assertThat(shop.count()).isEqualTo(11);
      status.set(200);
      out.journal.append(orders(3, 2).subList(3, 6));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(14);
      assertThat(dispatcher.status().pause()).isNull();
    }
  }

  @Test
  @Tag("feature-35")
  void staysPausedOverARestartAndCountsWhatFailedBeforeIt() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      Recipient recipient =
          shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(40), MUCH);
      RecipientDispatcher dispatcher = out.start(recipient);
      out.journal.append(orders(10, 1));
      eventually("ten have failed", () -> shop.count() == 10 && waiting(out, 10));
      dispatcher.close();
      dispatcher = out.start(recipient);
      out.journal.append(orders(1, 2).subList(1, 2));
      RecipientDispatcher second = dispatcher;
      forward(second, Duration.ofSeconds(30)); // their retries
      eventually("held", () -> second.status().state() == State.paused);
      int count = shop.count();
      assertThat(count).isBetween(11, 14); // jobs that were in flight
      second.close();
      RecipientDispatcher third = out.start(recipient);
      eventually("held again", () -> third.status().state() == State.paused);
      assertHeld(third, shop, count);
    }
  }

  @Test
  @Tag("feature-34")
  void isDisabledBy410UntilAPersonEnablesIt() throws Exception {
    status.set(410);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Sequential(), AcknowledgementRule.ANY_2XX, retries(1), MUCH));
      out.journal.append(orders(3, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(pause -> {
            assertThat(pause.kind()).isEqualTo(Pause.Kind.gone);
            assertThat(pause.until()).isEmpty();
            assertThat(pause.reason()).contains("410");
          });
      forward(dispatcher, Duration.ofDays(100));
      assertHeld(dispatcher, shop, 1);
      status.set(200);
      out.store("shop").resume(now()); // rowhook resume
      out.store("shop").flush();
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly("evt_Order_1_1", "evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1");
    }
  }

  @Test
  @Tag("feature-34")
  void givesUpAtOnceAtAFinalStatus() {
    status.set(422);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      AcknowledgementRule rule =
          new AcknowledgementRule(Set.of(200), Optional.empty(), Set.of(410, 422));
      out.start(shop(shop, new Parallel(2), rule, retries(5), MUCH));
      out.journal.append(orders(2, 1));
      out.settled("shop");
      assertThat(shop.count()).isEqualTo(2);
      assertThat(out.store("shop").ends().values())
          .containsOnly(new Failed("answered 422, which is final for this recipient"));
    }
  }

  @Test
  @Tag("feature-27")
  void stopsWhereItsFileSaysSoAndGoesOnWhenAPersonSays() throws Exception {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(
              shop(shop, new Sequential(true), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(3, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      assertHeld(dispatcher, shop, 1);
      assertThat(dispatcher.status().pause())
          .isNotNull()
          .satisfies(pause -> assertThat(pause.kind()).isEqualTo(Pause.Kind.exhausted));
      status.set(200);
      out.store("shop").redeliver(1, Instant.now());
      dispatcher.deliveriesChanged();
      eventually("redelivered", () -> shop.count() == 2);
      assertHeld(dispatcher, shop, 2);
      out.store("shop").resume(Instant.now());
      out.store("shop").flush();
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly("evt_Order_1_1", "evt_Order_1_1", "evt_Order_2_1", "evt_Order_3_1");
    }
  }

  @Test
  @Tag("feature-42")
  void sendsNothingWhileTheKillSwitchIsSet() {
    status.set(200);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      out.journal.killSwitch(Pause.untilResumed(Pause.Kind.person, START, "a test"));
      dispatcher.deliveriesChanged();
      eventually("held", () -> dispatcher.status().state() == State.paused);
      out.journal.append(orders(20, 2).subList(20, 40));
      out.store("shop").redeliver(1, Instant.now()); // not even what a person asks for
      dispatcher.deliveriesChanged();
      assertHeld(dispatcher, shop, 1);
      out.journal.killSwitch(null);
      dispatcher.deliveriesChanged();
      out.settled("shop");
      assertThat(shop.ids()).hasSize(22);
    }
  }

  @Test
  @Tag("feature-40")
  void sendsWhatAPersonAsksForDuringAPause() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(5), MUCH));
      out.journal.append(orders(20, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      int count = shop.count();
      status.set(200);
      out.store("shop").redeliver(3, now());
      dispatcher.deliveriesChanged();
      eventually("sent", () -> shop.count() == count + 1);
      assertThat(shop.ids().getLast()).isEqualTo("evt_Order_3_1");
      assertThat(shop.requests().getLast().header("Rowhook-Redelivery")).isEqualTo("1");
      assertHeld(dispatcher, shop, count + 1);
    }
  }

  @Test
  @Tag("feature-45")
  void sendsATestAtAnyTime() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(0), MUCH));
      out.journal.append(orders(11, 1));
      eventually("held", () -> dispatcher.status().state() == State.paused);
      TestDelivery refused = dispatcher.sample();
      assertThat(refused.error()).isEqualTo("answered 503");
      status.set(200);
      TestDelivery sample = dispatcher.sample();
      assertThat(sample.error()).isNull();
      assertThat(sample.status()).isEqualTo(200);
      Receiver.Request request = shop.requests().getLast();
      assertThat(request.header("Rowhook-Test")).isEqualTo("1");
      assertThat(request.header("Webhook-Id")).startsWith("evt_test_");
      assertThat(request.text()).contains("\"entityType\":\"Test\"");
      assertThat(out.store("shop").ends()).hasSize(11); // nothing of it is recorded
    }
  }

  /** Some of them wait in memory, others in the journal. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sendsNothingThatWasDiscardedBeforeItsTurn(boolean sequential) throws Exception {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(4);
    CountDownLatch answer = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              answer.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(
              recipient(
                  "shop",
                  shop.url("/"),
                  processing,
                  RetryPolicy.DEFAULT,
                  Duration.ofMinutes(5),
                  Authentication.NONE));
      out.journal.append(orders(600, 1));
      int jobs = processing.jobs();
      eventually("some are in flight", () -> shop.count() == jobs);
      MemoryDeliveryStore store = out.store("shop");
      for (long sequence = 1; sequence <= 600; sequence++) {
        if (sequence > 4 && sequence % 2 == 0) {
          store.discard(sequence);
        }
      }
      dispatcher.deliveriesChanged();
      dispatcher.reconfigure( // so that one round is over before the answers
          recipient(
              "shop",
              shop.url("/"),
              processing,
              RetryPolicy.DEFAULT,
              Duration.ofMinutes(4),
              Authentication.NONE));
      answer.countDown();
      out.settled("shop");
      List<Long> sent =
          shop.requests().stream().map(r -> Long.valueOf(r.header("Rowhook-Sequence"))).toList();
      assertThat(sent).hasSize(4 + 298).allMatch(sequence -> sequence <= 4 || sequence % 2 == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsTheOldestWhereTheBacklogIsTooLarge(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(4);
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      long each = orders(1, 1).getFirst().json().length;
      BacklogLimit limit = new BacklogLimit(Duration.ofDays(36500), each * 1000 + each / 2);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, processing, AcknowledgementRule.ANY_2XX, retries(40), limit));
      out.journal.append(orders(11, 1));
      eventually(
          "held",
          () -> {
            if (dispatcher.status().state() == State.idle && dispatcher.status().inFlight() == 0) {
              forward(dispatcher, Duration.ofSeconds(30));
            }
            return dispatcher.status().state() == State.paused;
          });
      out.journal.append(orders(2000, 2).subList(2000, 4000));
      forward(dispatcher, Duration.ofMinutes(2)); // it looks every minute
      MemoryDeliveryStore store = out.store("shop");
      eventually("shed", () -> store.backlog().bytes() <= limit.bytes());
      assertHeld(dispatcher, shop, shop.count());
      assertThat(store.backlog().bytes()).isGreaterThan(limit.bytes() - 100); // no more than needed
      assertThat(store.ends().values())
          .allSatisfy(end ->
              assertThat(((Failed) end).reason())
                  .isEqualTo("backlog limit: more than " + limit.bytes() + " bytes waited"));
      int ended = store.ends().size();
      assertThat(store.ends().keySet())
          .as("the oldest")
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(1, ended).mapToObj(Long::valueOf).toList());
      status.set(200);
      forward(dispatcher, Duration.ofHours(2));
      out.settled("shop");
    }
  }

  @Test
  void endsWhatWaitsTooLong() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      Instant journaled = orders(1, 1).getFirst().committedAt();
      BacklogLimit limit =
          new BacklogLimit(Duration.between(journaled, START).plusHours(1), 1L << 40);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(2000), limit));
      out.journal.append(orders(5, 2));
      eventually("each is tried", () -> shop.count() >= 5 && waiting(out, 10));
      MemoryDeliveryStore store = out.store("shop");
      assertThat(store.ends()).isEmpty();
      forward(dispatcher, Duration.ofMinutes(61));
      eventually("all have ended", () -> store.ends().size() == 10);
      assertThat(store.ends().values())
          .allSatisfy(end ->
              assertThat(((Failed) end).reason())
                  .startsWith("backlog limit: it waited longer than"));
    }
  }

  /** A kept failure may be older than the limit when somebody looks at it. */
  @Test
  void neverShedsWhatAPersonHasAskedFor() {
    try (Receiver shop = new Receiver(_ -> Answer.of(status.get()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      Instant journaled = orders(1, 1).getFirst().committedAt();
      BacklogLimit limit =
          new BacklogLimit(Duration.between(journaled, START).plusHours(1), 1L << 40);
      RecipientDispatcher dispatcher =
          out.start(shop(shop, new Parallel(4), AcknowledgementRule.ANY_2XX, retries(1), limit));
      out.journal.append(orders(2, 1));
      eventually("each is tried", () -> shop.count() == 2 && waiting(out, 2));
      forward(dispatcher, Duration.ofSeconds(31));
      MemoryDeliveryStore store = out.store("shop");
      eventually("both have failed", () -> store.ends().size() == 2);
      forward(dispatcher, Duration.ofDays(30)); // far beyond the limit

      store.redeliver(1, now());
      dispatcher.deliveriesChanged();
      eventually("sent again", () -> shop.count() == 5 && waiting(out, 1));
      forward(dispatcher, Duration.ofMinutes(2)); // it looks every minute
      eventually("and tried again", () -> shop.count() == 6 && store.ends().size() == 2);
      assertThat(((Failed) Objects.requireNonNull(store.ends().get(1L))).reason())
          .startsWith("all 2 attempts failed");
    }
  }

  @Test
  @Tag("feature-31")
  void acknowledgesAsTheRecipientsRuleSays() {
    List<Answer> answers =
        List.of(
            json(201, "{\"Success\": true}"),
            json(200, ""),
            json(200, "{\"Success\":false}"),
            json(200, "{\"Success\":\"true\"}"),
            json(200, "<html>fine</html>"),
            json(200, "{\"Success\":true} and more"),
            json(200, "{\"Success\":true,\"a\":\"" + "a".repeat(70_000) + "\"}"),
            json(200, " {\"Success\": true}\n"));
    AtomicInteger next = new AtomicInteger();
    try (Receiver xena = new Receiver(_ -> answers.get(next.getAndIncrement()));
        Outbound out = new Outbound()) {
      out.clock = this::now;
      RecipientDispatcher dispatcher =
          out.start(shop(xena, new Sequential(), AcknowledgementRule.XENA, retries(20), MUCH));
      out.journal.append(orders(1, 1));
      for (int n = 1; n < answers.size(); n++) {
        int count = n;
        eventually("attempt " + n, () -> xena.count() == count && waiting(out, 1));
        forward(dispatcher, Duration.ofSeconds(30));
      }
      out.settled("shop");
      assertThat(out.store("shop").attempts(1))
          .extracting(attempt -> attempt.error())
          .containsExactly(
              "answered 201",
              "answered 200, but with nothing, where its acknowledge rule asks for JSON",
              "answered 200, but not as its acknowledge rule asks",
              "answered 200, but not as its acknowledge rule asks",
              "answered 200, but not with JSON, as its acknowledge rule asks",
              "answered 200, but not with JSON, as its acknowledge rule asks",
              "answered 200, but with more than 64 KB, which is not looked at",
              null);
    }
  }

  @ParameterizedTest
  @Tag("feature-31")
  @ValueSource(ints = {200, 201, 202})
  void acknowledgesForGetResponse(int status) {
    ResponseClassifier classifier = new ResponseClassifier(AcknowledgementRule.GETRESPONSE);
    assertThat(classifier.judge(answer(status, "{\"status\":\"OK\"}"), START))
        .isInstanceOf(AttemptResult.Acknowledged.class);
    assertThat(classifier.judge(answer(status, "{\"status\":\"ok\"}"), START))
        .isInstanceOf(AttemptResult.Refused.class);
    assertThat(classifier.judge(answer(204, "{\"status\":\"OK\"}"), START))
        .isInstanceOf(AttemptResult.Refused.class);
  }

  private static HttpResult answer(int status, String body) {
    return new HttpResult.Response(
        status,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Answer json(int status, String body) {
    return new Answer(status, List.of("Content-Type", "application/json"), body);
  }

  private Instant now() {
    return Objects.requireNonNull(now.get());
  }

  private void forward(RecipientDispatcher dispatcher, Duration by) {
    now.updateAndGet(time -> time.plus(by));
    dispatcher.published(); // the clock was moved; nobody else would tell
  }

  /** Two wake-ups later it has still sent nothing. */
  private static void assertHeld(RecipientDispatcher dispatcher, Receiver shop, int count) {
    for (int look = 0; look < 2; look++) {
      dispatcher.published();
      eventually(
          "held",
          () -> dispatcher.status().state() == State.paused && dispatcher.status().inFlight() == 0);
    }
    assertThat(shop.count()).isEqualTo(count);
  }

  /** Whether so many wait for a retry, durably. */
  private static boolean waiting(Outbound out, int count) {
    return out.store("shop").open() == count && out.dispatchers.getLast().status().inFlight() == 0;
  }

  /** Every 30 seconds. */
  private static RetryPolicy retries(int most) {
    return new RetryPolicy(
        IntStream.range(0, most).mapToObj(_ -> Duration.ofSeconds(30)).toList(),
        RetryPolicy.From.previous,
        0);
  }

  private static Recipient shop(
      Receiver receiver,
      DeliveryMode processing,
      AcknowledgementRule rule,
      RetryPolicy retry,
      BacklogLimit backlog) {
    return new Recipient(
        "shop",
        receiver.url("/"),
        Authentication.NONE,
        processing,
        Duration.ofSeconds(5),
        rule,
        retry,
        CircuitBreakerConfig.XENA,
        backlog,
        EgressPolicy.NOTHING,
        TlsConfig.DEFAULT,
        BodyFormat.json,
        Outbound.recipient("shop", receiver.url("/"), processing, retry).subscriptions());
  }

  private static Recipient with(Recipient like, CircuitBreakerConfig breakerConfig) {
    return new Recipient(
        like.name(),
        like.url(),
        like.authentication(),
        like.processing(),
        like.timeout(),
        like.acknowledge(),
        like.retry(),
        breakerConfig,
        like.backlog(),
        like.allow(),
        like.tls(),
        like.format(),
        like.subscriptions());
  }

  private static int trials(Outbound out) {
    return Objects.requireNonNull(out.store("shop").standing(1)).trials();
  }
}
