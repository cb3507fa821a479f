package io.rowhook.webhook;

import static io.rowhook.testing.Events.order;
import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.Authentication.Basic;
import io.rowhook.recipient.Authentication.Hmac;
import io.rowhook.recipient.Authentication.SignatureScheme;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.recipient.Secret;
import io.rowhook.recipient.Subscription;
import io.rowhook.testing.MemoryDeliveryStore;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.DispatcherStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecipientDispatcherTest {

  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  @Tag("feature-2")
  void bringsABareServerCompleteMessages() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.journal.append(orders(2, 1));
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/h"), new Parallel(4), RetryPolicy.DEFAULT));
      assertThat(dispatcher.status().recipient()).isEqualTo("shop");
      out.journal.append(orders(20, 3));
      out.settled("shop");

      // What was there before the recipient was, is not its business.
      assertThat(shop.ids()).hasSize(58).doesNotContain("evt_Order_1_1").doesNotHaveDuplicates();
      for (int id = 1; id <= 20; id++) {
        String entity = "evt_Order_" + id + "_";
        assertThat(shop.ids()).filteredOn(i -> i.startsWith(entity)).isSorted();
      }
      Receiver.Request request = shop.requests().getFirst();
      Event event = out.journal.find(request.header("Webhook-Id")).orElseThrow().event();
      assertThat(request.body()).isEqualTo(event.json());
      assertThat(request.header("Content-Type")).isEqualTo("application/json");
      assertThat(request.header("Rowhook-Entity-Id")).isEqualTo(event.entityId());
      eventually("idle", () -> dispatcher.status().state() == State.idle);
      assertThat(dispatcher.status().cursor()).isEqualTo(out.journal.head());
      assertThat(out.store("shop").exceptions()).isZero();
      long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
      assertThat(out.store("shop").ends()).containsEntry(sequence, new Delivered());
      assertThat(out.store("shop").attempts(sequence))
          .singleElement()
          .satisfies(attempt -> {
            assertThat(attempt.status()).isEqualTo(200);
            assertThat(attempt.error()).isNull();
            assertThat(attempt.attributeSet()).isEqualTo("hash-full");
            assertThat(attempt.requestId()).isEqualTo(request.header("Rowhook-Request-Id"));
          });
    }
  }

  @Test
  void skipsWhatNoSubscriptionWants() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Recipient all = recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT);
      out.start(
          new Recipient(
              all.name(),
              all.url(),
              all.authentication(),
              all.processing(),
              all.timeout(),
              all.acknowledge(),
              all.retry(),
              all.breakerConfig(),
              all.backlog(),
              all.allow(),
              all.tls(),
              all.format(),
              List.of(
                  new Subscription(
                      "Order", Set.of(EventType.Updated), Optional.of("7"), Optional.empty()))));
      out.journal.append(orders(2000, 1));
      out.settled("shop");
      assertThat(shop.ids()).containsExactly("evt_Order_7_1");
    }
  }

  @Test
  @Tag("feature-28")
  void neverHasMoreThanItsJobsInFlightNorTwoOfOneEntity() {
    Set<String> busy = ConcurrentHashMap.newKeySet();
    AtomicBoolean twice = new AtomicBoolean();
    try (Receiver shop =
            new Receiver(request -> {
              String entity = request.header("Rowhook-Entity-Id");
              twice.compareAndSet(false, !busy.add(entity));
              Thread.sleep(100); // a slow recipient
              busy.remove(entity);
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT));
      long started = System.nanoTime();
      out.journal.append(orders(20, 2));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(40);
      assertThat(shop.mostAtOnce()).isEqualTo(4);
      assertThat(twice).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }
  }

  @Test
  @Tag("feature-27")
  void keepsOrderUnderFailureInSequence() {
    AtomicInteger failures = new AtomicInteger();
    try (Receiver shop =
            new Receiver(request ->
                request.header("Webhook-Id").equals("evt_Order_2_1")
                        && failures.getAndIncrement() < 2
                    ? Answer.of(500)
                    : Answer.of(200));
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), new Sequential(), retry(100, 100, 100)));
      out.journal.append(orders(3, 3));
      eventually("it waits", () -> out.store("shop").open() == 1);
      assertThat(out.store("shop").exceptions()).isEqualTo(1); // the others stay in the journal
      out.settled("shop");
      assertThat(shop.ids())
          .containsExactly(
              "evt_Order_1_1",
              "evt_Order_2_1",
              "evt_Order_2_1",
              "evt_Order_2_1",
              "evt_Order_3_1",
              "evt_Order_1_2",
              "evt_Order_2_2",
              "evt_Order_3_2",
              "evt_Order_1_3",
              "evt_Order_2_3",
              "evt_Order_3_3");
      assertThat(shop.mostAtOnce()).isEqualTo(1);
    }
  }

  @Test
  @Tag("feature-29")
  void holdsBackTheFailingEntityOnlyInParallel() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (Receiver shop =
            new Receiver(request ->
                request.header("Rowhook-Entity-Id").equals("2") && broken.get()
                    ? Answer.of(500)
                    : Answer.of(200));
        Outbound out = new Outbound()) {
      out.start(
          recipient("shop", shop.url("/"), new Parallel(3), retry(100, 100, 100, 100, 100, 5000)));
      out.journal.append(orders(5, 3));
      eventually("the others go on", () -> out.store("shop").ends().size() == 12);
      out.journal.append(List.of(order(2, 4), order(3, 4)));
      eventually("the others go on", () -> out.store("shop").ends().size() == 13);
      assertThat(shop.ids())
          .filteredOn(id -> id.startsWith("evt_Order_2"))
          .containsOnly("evt_Order_2_1");
      assertThat(out.store("shop").open()).isEqualTo(4);
      assertThat(out.store("shop").oldestOpen().orElseThrow().state()).isInstanceOf(Retrying.class);
      broken.set(false);
      out.settled("shop");
      assertThat(shop.ids().stream().filter(id -> id.startsWith("evt_Order_2")).distinct())
          .containsExactly("evt_Order_2_1", "evt_Order_2_2", "evt_Order_2_3", "evt_Order_2_4");
    }
  }

  @Test
  @Tag("feature-29")
  void costsOtherRecipientsNothingWhenItHangs() {
    CountDownLatch end = new CountDownLatch(1);
    try (Receiver hanging =
            new Receiver(_ -> {
              end.await();
              return Answer.of(200);
            });
        Receiver well = new Receiver();
        Outbound out = new Outbound()) {
      out.start(
          recipient(
              "hanging",
              hanging.url("/"),
              new Parallel(50),
              RetryPolicy.DEFAULT,
              Duration.ofSeconds(60),
              Authentication.NONE));
      for (String name : List.of("a", "b", "c")) {
        out.start(recipient(name, well.url("/" + name), new Parallel(4), RetryPolicy.DEFAULT));
      }
      out.journal.append(orders(200, 5));
      for (String name : List.of("a", "b", "c")) {
        out.settled(name);
      }
      assertThat(well.count()).isEqualTo(3000);
      assertThat(hanging.count()).isEqualTo(50);
      assertThat(out.dispatchers.getFirst().status().inFlight()).isEqualTo(50);
      end.countDown();
    }
  }

  @Test
  @Tag("feature-30")
  void waitsFiveSecondsByDefault() {
    try (Receiver slow =
            new Receiver(_ -> {
              Thread.sleep(6000); // an answer that comes too late
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      out.start(
          recipient(
              "slow",
              slow.url("/"),
              new Parallel(1),
              retry(),
              Recipient.DEFAULT_TIMEOUT,
              Authentication.NONE));
      out.journal.append(orders(1, 1));
      out.settled("slow");
      assertThat(out.store("slow").ends().values())
          .containsExactly(new Failed("the only attempt failed: no complete answer within 5s"));
      assertThat(out.store("slow").attempts(1).getFirst().took())
          .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    }
  }

  @Test
  @Tag("feature-38")
  @Tag("feature-33")
  void sendsOneIdAndOneBodyUnderThreeRequestIds() {
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() < 3 ? 500 : 200));
        Outbound out = new Outbound()) {
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String recipient, JournalEntry entry) {
              out.sets.replace("v2"); // edited between the attempts
            }
          };
      out.start(recipient("shop", shop.url("/"), new Parallel(2), retry(50, 50, 50)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(shop.requests()).hasSize(3);
      assertThat(shop.ids()).containsOnly("evt_Order_1_1");
      assertThat(shop.requests().stream().map(Receiver.Request::text).distinct()).hasSize(1);
      assertThat(shop.requests().stream().map(r -> r.header("Rowhook-Request-Id")).distinct())
          .hasSize(3);
      assertThat(shop.requests().stream().map(r -> r.header("Rowhook-Attempt")))
          .containsExactly("1", "2", "3");
      assertThat(out.store("shop").attempts(1)).hasSize(3);
      assertThat(out.store("shop").ends()).containsEntry(1L, new Delivered());
    }
  }

  @Test
  void takesTheCurrentAttributeSetIfTheFirstWasNotKept() {
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() < 2 ? 500 : 200));
        Outbound out = new Outbound()) {
      out.listener =
          new DeliveryListener() {
            @Override
            public void posted(String recipient, JournalEntry entry) {
              out.sets.replace("v2");
              out.sets.forget("full");
            }
          };
      out.start(recipient("shop", shop.url("/"), new Parallel(2), retry(50)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(shop.requests().getLast().text()).isEqualTo("v2 evt_Order_1_1");
    }
  }

  @Test
  @Tag("feature-33")
  void failsWhenTheRetriesAreUsedUpAndGoesOnWithTheEntity() {
    try (Receiver shop =
            new Receiver(request ->
                Answer.of(request.header("Webhook-Id").equals("evt_Order_1_1") ? 500 : 200));
        Outbound out = new Outbound()) {
      for (String name : List.of("parallel", "sequential")) {
        out.start(
            recipient(
                name,
                shop.url("/" + name),
                name.equals("parallel") ? new Parallel(2) : new Sequential(),
                retry(30, 30)));
      }
      out.journal.append(orders(1, 3));
      for (String name : List.of("parallel", "sequential")) {
        out.settled(name);
        assertThat(out.store(name).ends())
            .containsEntry(1L, new Failed("all 3 attempts failed, the last one: answered 500"))
            .containsEntry(2L, new Delivered())
            .containsEntry(3L, new Delivered());
        assertThat(
                shop.requests().stream()
                    .filter(r -> r.target().equals("/" + name))
                    .map(r -> r.header("Webhook-Id")))
            .containsExactly(
                "evt_Order_1_1",
                "evt_Order_1_1",
                "evt_Order_1_1",
                "evt_Order_1_2",
                "evt_Order_1_3");
      }
    }
  }

  @Test
  @Tag("feature-13")
  void failsAtOnceWhatCannotBeRendered() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      out.sets.use(
          PlainSets.set(
              "broken",
              event ->
                  switch (event.entityId()) {
                    case "1" -> throw new IllegalArgumentException("shop/x.jslt:3: not a number");
                    case "2" -> throw new IllegalStateException("secret value");
                    case "3" -> throw new StackOverflowError();
                    default -> event.json();
                  }));
      out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.journal.append(orders(4, 2));
      out.settled("shop");
      assertThat(shop.ids()).containsExactlyInAnyOrder("evt_Order_4_1", "evt_Order_4_2");
      assertThat(out.store("shop").ends())
          .containsEntry(1L, new Failed("shop/x.jslt:3: not a number"))
          .containsEntry(
              2L, new Failed("the attribute set broken broke off: IllegalStateException"))
          .containsEntry(3L, new Failed("the attribute set broken broke off: StackOverflowError"));
      assertThat(out.store("shop").attempts(1))
          .singleElement()
          .satisfies(attempt -> assertThat(attempt.bodySha256()).isNull());
    }
  }

  @Test
  @Tag("feature-34")
  void comesBackNoSoonerThanTheRecipientAsks() {
    try (Receiver shop =
            new Receiver(request ->
                request.number() == 1 ? Answer.of(503, "Retry-After", "1") : Answer.of(200));
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/"), new Parallel(2), retry(10, 10)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      List<Instant> at =
          out.store("shop").attempts(1).stream().map(io.rowhook.journal.Attempt::at).toList();
      assertThat(Duration.between(at.getFirst(), at.getLast()))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  @Tag("feature-24")
  @Tag("feature-26")
  void signsTheBytesItSends() throws Exception {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      Authentication both =
          new Authentication(
              Optional.of(
                  new Hmac(
                      new Secret(KEY),
                      SignatureScheme.standard,
                      "Webhook-Signature",
                      Optional.empty())),
              Optional.of(new Basic("erp", new Secret("pä:ss"))));
      Recipient recipient =
          recipient(
              "shop",
              shop.url("/"),
              new Parallel(2),
              RetryPolicy.DEFAULT,
              Duration.ofSeconds(5),
              both);
      out.start(recipient);
      out.journal.append(orders(1, 1));
      out.settled("shop");
      Receiver.Request request = shop.requests().getFirst();
      new com.standardwebhooks.Webhook(KEY)
          .verify(
              request.text(),
              java.util.Map.of(
                  "webhook-id", List.of(request.header("Webhook-Id")),
                  "webhook-timestamp", List.of(request.header("Webhook-Timestamp")),
                  "webhook-signature", List.of(request.header("Webhook-Signature"))));
      assertThat(request.header("Authorization")).isEqualTo("Basic ZXJwOnDDpDpzcw==");
      assertThat(recipient.toString()).doesNotContain("pä:ss").doesNotContain(KEY);
    }
  }

  @Test
  @Tag("feature-40")
  void redeliversForAPersonWithTheSameIdAndTheMendedTemplate() {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (Receiver shop = new Receiver(_ -> Answer.of(broken.get() ? 500 : 200));
        Outbound out = new Outbound()) {
      for (String name : List.of("parallel", "sequential")) {
        broken.set(true);
        Recipient recipient =
            recipient(
                name,
                shop.url("/"),
                name.equals("parallel") ? new Parallel(2) : new Sequential(),
                retry());
        RecipientDispatcher dispatcher = out.start(recipient);
        long before = out.journal.head();
        out.journal.append(List.of(order(name.length(), 1)));
        eventually("failed", () -> !out.store(name).ends().isEmpty());
        out.settled(name);
        broken.set(false);
        out.sets.replace("mended");
        dispatcher.reconfigure(recipient);
        out.store(name).redeliver(before + 1, Instant.now());
        dispatcher.deliveriesChanged();
        out.settled(name);
        Receiver.Request last = shop.requests().getLast();
        assertThat(last.header("Rowhook-Redelivery")).isEqualTo("1");
        assertThat(last.header("Rowhook-Attempt")).isEqualTo("1");
        assertThat(last.header("Webhook-Id")).isEqualTo("evt_Order_" + name.length() + "_1");
        assertThat(last.text()).startsWith("mended ");
        assertThat(out.store(name).ends()).containsEntry(before + 1, new Delivered());
      }
    }
  }

  @Test
  @Tag("feature-37")
  void goesOnWithWhatIsBlockedBehindNothingAfterACrash() throws InterruptedException {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      MemoryDeliveryStore store = out.store("shop");
      out.journal.append(orders(3, 3));
      for (JournalEntry entry : out.journal.read(0, 100, 1 << 20)) {
        if (!entry.event().entityId().equals("1")) {
          store.put(
              Delivery.pending(entry, null, null)
                  .to(entry.sequence() == 2 ? new Retrying(Instant.MAX) : new Blocked(), 0));
        }
      }
      store.flush();
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      eventually("3 goes on", () -> shop.ids().contains("evt_Order_3_3"));
      eventually("idle", () -> dispatcher.status().state() == State.idle);
      assertThat(shop.ids())
          .hasSize(6)
          .containsSubsequence("evt_Order_1_1", "evt_Order_1_2", "evt_Order_1_3")
          .containsSubsequence("evt_Order_3_1", "evt_Order_3_2", "evt_Order_3_3");
      assertThat(store.open()).isEqualTo(3);
    }
  }

  @Test
  void takesNewSettingsWhileItRuns() {
    try (Receiver first = new Receiver();
        Receiver second = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", first.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 1));
      out.settled("shop");
      dispatcher.reconfigure(
          recipient("shop", second.url("/"), new Parallel(8), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 2));
      out.settled("shop");
      dispatcher.reconfigure(
          recipient("shop", first.url("/"), new Sequential(), RetryPolicy.DEFAULT));
      out.journal.append(orders(5, 3));
      out.settled("shop");
      assertThat(first.count()).isEqualTo(10);
      assertThat(second.count()).isEqualTo(5);
      assertThat(first.ids().subList(5, 10))
          .containsExactly(
              "evt_Order_1_3", "evt_Order_2_3", "evt_Order_3_3", "evt_Order_4_3", "evt_Order_5_3");
      assertThatThrownBy(() ->
              dispatcher.reconfigure(
                  recipient("other", first.url("/"), new Parallel(1), RetryPolicy.DEFAULT)))
          .hasMessage("the dispatcher of recipient 'shop' cannot serve 'other'");
    }
  }

  @Test
  void letsWhatIsInFlightEndWhenItCloses() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    try (Receiver shop =
            new Receiver(_ -> {
              arrived.countDown();
              go.await();
              return Answer.of(200);
            });
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.journal.append(orders(10, 1));
      arrived.await();
      Thread closing = Thread.ofVirtual().start(dispatcher::close);
      go.countDown();
      closing.join();
      assertThat(dispatcher.status().state()).isEqualTo(State.closed);
      assertThat(shop.count()).isEqualTo(2);
      assertThat(out.store("shop").ends()).hasSize(2);
      assertThat(out.store("shop").cursor()).isEqualTo(2);

      out.start(recipient("shop", shop.url("/"), new Parallel(2), RetryPolicy.DEFAULT));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(10).doesNotHaveDuplicates();
    }
  }

  @Test
  void standsStillWhileTheJournalFailsAndGoesOnAfter() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(4), RetryPolicy.DEFAULT));
      out.journal.append(orders(50, 1));
      eventually("some arrive", () -> shop.count() > 10);
      out.journal.fail("journal.db cannot be written: the disk is full");
      dispatcher.published();
      eventually("it says so", () -> dispatcher.status().state() == State.hindered);
      assertThat(dispatcher.status().trouble())
          .isEqualTo("JournalException: journal.db cannot be written: the disk is full");
      out.journal.fail(null);
      out.journal.append(orders(50, 2));
      out.settled("shop");
      eventually("it is well", () -> dispatcher.status().trouble() == null);
      assertThat(Set.copyOf(shop.ids())).hasSize(100);
      assertThat(out.store("shop").ends()).hasSize(100);
    }
  }

  @Test
  @Tag("feature-49")
  void logsAnAttemptWithoutAValueOfIt() {
    var logger =
        (ch.qos.logback.classic.Logger)
            org.slf4j.LoggerFactory.getLogger("io.rowhook.webhook.attempt");
    var lines =
        new ch.qos.logback.core.read.ListAppender<ch.qos.logback.classic.spi.ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    ch.qos.logback.classic.Level level = logger.getLevel();
    logger.setLevel(ch.qos.logback.classic.Level.DEBUG);
    try (Receiver shop =
            new Receiver(
                request -> new Answer(request.number() == 1 ? 500 : 200, List.of(), "answertext"));
        Outbound out = new Outbound()) {
      out.start(recipient("shop", shop.url("/h?secret=xyz"), new Parallel(2), retry(50)));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      List<String> texts =
          List.copyOf(lines.list).stream()
              .map(line ->
                  line.getLevel() + " " + line.getFormattedMessage() + line.getKeyValuePairs())
              .toList();
      assertThat(texts).hasSize(2);
      assertThat(texts.getFirst())
          .startsWith("WARN attempt")
          .contains("recipient=\"shop\"")
          .contains("event=\"evt_Order_1_1\"")
          .contains("attempt=\"1\"")
          .contains("status=\"500\"")
          .contains("error=\"answered 500\"")
          .contains("outcome=\"waiting\"")
          .contains("next=\"");
      assertThat(texts.getLast()).startsWith("DEBUG attempt").contains("outcome=\"delivered\"");
      assertThat(texts)
          .noneMatch(t -> t.contains("xyz") || t.contains("answertext") || t.contains("entityId"));
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(level);
    }
  }

  @Test
  void keepsTheBeginningOfAnAnswerForAPerson() {
    try (Receiver shop = new Receiver(_ -> new Answer(422, List.of(), "no such article"));
        Outbound out = new Outbound()) {
      RecipientDispatcher dispatcher =
          out.start(recipient("shop", shop.url("/"), new Parallel(2), retry()));
      out.journal.append(orders(1, 1));
      out.settled("shop");
      assertThat(out.store("shop").attempts(1).getFirst().answer()).isEqualTo("no such article");
      assertThat(dispatcher.status().failure()).isEqualTo("answered 422");
    }
  }
}
