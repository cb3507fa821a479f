package io.rowhook.webhook;

import static io.rowhook.testing.Events.order;
import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The attempts of one delivery: with which body they go out, when the next follows, what is kept.
 */
class AttemptsTest {

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
