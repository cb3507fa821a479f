package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.eventually;
import static io.rowhook.webhook.Outbound.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.EgressPolicy;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.Events;
import io.rowhook.testing.Receiver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What goes wrong when dispatchers come and go, or in one, ends no recipient for good. */
class DispatcherRegistryTest {

  private final List<String> hired = new ArrayList<>();
  private final AtomicInteger errors = new AtomicInteger();
  private boolean broken;

  /** Breaks off while an outcome is recorded, as with no memory left. */
  private final DeliveryListener breaking =
      new DeliveryListener() {
        @Override
        public void settled(
            String recipient, JournalEntry entry, Attempt attempt, DeliveryState state) {
          if (errors.getAndDecrement() > 0) {
            throw new OutOfMemoryError("a test's");
          }
        }
      };

  /** Hired one after the other, with the old one closed first, it left both in pieces. */
  @Test
  void oneThatCannotBeHiredLeavesAllAsTheyAre() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound();
        DispatcherRegistry dispatchers =
            new DispatcherRegistry(recipient -> dispatcher(recipient, out))) {
      Recipient old = recipient("shop", shop.url("/"), new Parallel(1), RetryPolicy.DEFAULT);
      out.store("shop");
      out.store("stock");
      dispatchers.apply(List.of(old));
      Recipient other = connectingElsewhere(old);
      Recipient stock = recipient("stock", shop.url("/"), new Parallel(1), RetryPolicy.DEFAULT);
      broken = true;
      assertThatThrownBy(() -> dispatchers.apply(List.of(other, stock)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(dispatchers.statuses())
          .extracting(DispatcherStatus::recipient)
          .containsExactly("shop");
      out.journal.append(Events.orders(3, 1));
      out.settled("shop");
      assertThat(shop.ids()).hasSize(3).doesNotHaveDuplicates();
      broken = false;
      dispatchers.apply(List.of(other, stock));
      out.settled("stock");
      out.journal.append(Events.orders(3, 2));
      out.settled("shop");
      out.settled("stock");
      assertThat(dispatchers.statuses())
          .extracting(DispatcherStatus::recipient)
          .containsExactly("shop", "stock");
      assertThat(hired).containsExactly("shop", "shop", "shop", "stock");
      assertThat(shop.ids().stream().distinct()).hasSize(6);
    }
  }

  @Test
  void anErrorEndsARoundAndNotTheRecipient() {
    try (Receiver shop = new Receiver();
        Outbound out = new Outbound();
        DispatcherRegistry dispatchers =
            new DispatcherRegistry(recipient -> dispatcher(recipient, out))) {
      out.store("shop");
      errors.set(2);
      dispatchers.apply(
          List.of(recipient("shop", shop.url("/"), new Parallel(1), RetryPolicy.DEFAULT)));
      out.journal.append(Events.orders(3, 1));
      out.settled("shop");
      eventually("it is well", () -> dispatchers.statuses().getFirst().trouble() == null);
      assertThat(shop.ids().stream().distinct()).hasSize(3);
    }
  }

  private RecipientDispatcher dispatcher(Recipient recipient, Outbound out) {
    if (broken && recipient.name().equals("stock")) {
      throw new IllegalStateException("a test's");
    }
    hired.add(recipient.name());
    return new RecipientDispatcher(
        recipient,
        out.journal,
        out.sets,
        new WebhookClient(AddressPolicy.ANY),
        InstantSource.system(),
        RandomGenerator.getDefault(),
        breaking,
        TraceHeaders.NONE,
        out.budget);
  }

  private static Recipient connectingElsewhere(Recipient old) {
    return new Recipient(
        old.name(),
        old.url(),
        old.authentication(),
        old.processing(),
        old.timeout(),
        old.acknowledge(),
        old.retry(),
        old.breakerConfig(),
        old.backlog(),
        new EgressPolicy(true, List.of()),
        old.tls(),
        old.format(),
        old.subscriptions());
  }
}
