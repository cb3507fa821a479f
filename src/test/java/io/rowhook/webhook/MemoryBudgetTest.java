package io.rowhook.webhook;

import static io.rowhook.testing.Events.orders;
import static io.rowhook.webhook.Outbound.recipient;
import static io.rowhook.webhook.Outbound.retry;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import io.rowhook.recipient.Recipient;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.webhook.dispatch.DeliveryBuffer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However many recipients there are, together they hold no more than one budget. */
class MemoryBudgetTest {

  private static final int RECIPIENTS = 20;

  @Test
  void anEventThatSeveralHoldIsOneAndIsCountedOnce() {
    MemoryBudget budget = new MemoryBudget(10_000);
    Event event = orders(1, 1).getFirst();
    JournalEntry entry = new JournalEntry(7, event);
    assertThat(budget.share(entry)).isSameAs(entry);
    long once = budget.used();
    assertThat(once).isGreaterThan(event.json().length);
    assertThat(budget.share(new JournalEntry(7, event))).isSameAs(entry);
    assertThat(budget.used()).isEqualTo(once);
    assertThat(budget.free()).isEqualTo(10_000 - once);

    budget.unshare(entry);
    assertThat(budget.used()).isEqualTo(once);
    budget.unshare(entry);
    assertThat(budget.used()).isZero();
  }

  /** One delivery and one attempt are always allowed: so nobody ever stands still. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deliversAllWhereThereIsNoRoomForMoreThanOne(boolean sequential) {
    DeliveryMode processing = sequential ? new Sequential() : new Parallel(8);
    try (Receiver shop = new Receiver(request -> Answer.of(request.number() % 5 == 0 ? 503 : 200));
        Outbound out = new Outbound()) {
      out.budget = new MemoryBudget(0);
      out.start(recipient("shop", shop.url("/"), processing, retry(5, 5, 5, 5, 5, 5, 5, 5)));
      out.journal.append(orders(30, 10));
      out.settled("shop");
      assertThat(out.store("shop").ends()).hasSize(300);
      assertThat(shop.mostAtOnce()).isEqualTo(1);
    }
  }

  /** Between the look whether there is room and the reading others may take it. */
  @Test
  void aWindowWithoutRoomDoesNotTakeTheJournalForRead() throws Exception {
    try (Outbound out = new Outbound()) {
      out.budget = new MemoryBudget(1 << 20);
      Recipient recipient =
          recipient("shop", URI.create("http://127.0.0.1:1/"), new Parallel(8), retry(60_000));
      DeliveryStore store = out.journal.deliveries("shop");
      Matchers matchers = new Matchers(store, SubscriptionMatcher.of(recipient, out.sets), 0);
      DeliveryBuffer buffer =
          new DeliveryBuffer(out.journal, store, recipient.processing(), 1, out.budget, matchers);
      out.journal.append(orders(2, 1));
      out.budget.take(1 << 20);
      buffer.fill(_ -> Optional.empty());
      assertThat(buffer.queue().size()).as("always one").isEqualTo(1);
      buffer.fill(_ -> Optional.empty());
      assertThat(buffer.queue().size()).as("no room").isEqualTo(1);
      out.budget.release(1 << 20);
      assertThat(buffer.wantsMore()).isTrue();
      buffer.fill(_ -> Optional.empty());
      assertThat(buffer.queue().size()).isEqualTo(2);
      buffer.release();
    }
  }

  @Test
  void manyThatHangHoldNoMoreThanTheBudgetAndLeaveRoom() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    long total = 1 << 18; // what they would hold without it is more than twice as much
    try (Receiver hanging =
            new Receiver(_ -> {
              answer.await();
              return Answer.of(200);
            });
        Receiver well = new Receiver();
        Outbound out = new Outbound()) {
      out.budget = new MemoryBudget(total);
      List<RecipientDispatcher> dispatchers = new ArrayList<>();
      for (int i = 0; i < RECIPIENTS; i++) {
        dispatchers.add(
            out.start(
                recipient(
                    "r" + i,
                    hanging.url("/"),
                    new Parallel(8),
                    retry(60_000),
                    Duration.ofMinutes(5),
                    Authentication.NONE)));
      }
      out.start(recipient("well", well.url("/"), new Parallel(8), retry(60_000)));
      out.journal.append(orders(75, 1));
      out.settled("well");
      assertThat(well.count()).isEqualTo(75);
      Outbound.eventually(
          "each holds something",
          () -> dispatchers.stream().allMatch(dispatcher -> dispatcher.status().window() > 0));
      int held = dispatchers.stream().mapToInt(dispatcher -> dispatcher.status().window()).sum();
      assertThat(held * MemoryBudget.DELIVERY_BYTES).isLessThanOrEqualTo(total);
      assertThat(out.budget.used()).isLessThanOrEqualTo(total + RECIPIENTS * (32L << 10));
      answer.countDown();
      for (int i = 0; i < RECIPIENTS; i++) {
        out.settled("r" + i);
      }
    }
  }
}
