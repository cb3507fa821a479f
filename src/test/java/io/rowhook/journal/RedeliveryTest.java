package io.rowhook.journal;

import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.SixDeliveries.LATER;
import static io.rowhook.journal.SixDeliveries.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalQueries.Exceptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is redelivered or replayed goes out anew, once its turn comes. */
class RedeliveryTest {

  private static final Set<Exceptions> ANY = Set.of(Exceptions.values());

  @TempDir Path directory;
  SqliteJournal journal;
  DeliveryStore shop;
  DeliveryAdmin deliveryAdmin;
  JournalQueries queries;
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    entries = SixDeliveries.toShop(journal);
    shop = journal.deliveries("shop");
    deliveryAdmin = journal.deliveryAdmin();
    queries = journal.queries();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private JournalEntry entry(int sequence) {
    return entries.get(sequence - 1);
  }

  private void attempted(int sequence, DeliveryState state, int redelivery)
      throws InterruptedException {
    Samples.attempted(shop, entry(sequence), attempt(1, NOON, "set-1"), state, redelivery, 0);
    shop.flush();
  }

  private Delivery standing(int sequence) {
    return queries.deliveries("shop", Exceptions.WAITING, sequence - 1, 1).getFirst();
  }

  @Test
  @Tag("feature-40")
  void redeliveredOnesAreDueNowAndStartAnew() throws Exception {
    for (int sequence : List.of(1, 2, 3)) {
      deliveryAdmin.redeliver("shop", sequence, LATER);
    }
    for (int sequence : List.of(1, 2, 3)) {
      Delivery delivery = standing(sequence);
      assertThat(delivery.entry().sequence()).isEqualTo(sequence);
      assertThat(delivery.entry().event().id()).isEqualTo(entry(sequence).event().id());
      assertThat(delivery.state()).isEqualTo(new Retrying(LATER));
      assertThat(delivery.attempts()).isZero();
      assertThat(delivery.firstAttempt()).isNull();
      assertThat(delivery.match()).isNull();
      assertThat(delivery.redelivery()).isEqualTo(1);
    }
    assertThat(Samples.sequences(shop.requested(9))).containsExactly(1L, 2L, 3L);
    assertThat(Samples.sequences(shop.requested(2))).containsExactly(1L, 2L);

    Samples.attempted(shop, entry(1), attempt(1, LATER, "set-2"), WAITING, 1, 0);
    shop.flush();
    assertThat(Samples.sequences(shop.requested(9))).containsExactly(2L, 3L);
    assertThat(standing(1).match()).isEqualTo("set-2");
  }

  @Test
  @Tag("feature-40")
  void theCountOfRedeliveriesGrowsAlsoWhereTheDeliveryIsNoExceptionAnyMore() throws Exception {
    deliveryAdmin.redeliver("shop", 1, LATER);
    attempted(1, new Delivered(), 1);
    deliveryAdmin.redeliver("shop", 1, LATER);
    assertThat(standing(1).redelivery()).isEqualTo(2);
    deliveryAdmin.redeliver("shop", 1, LATER);
    assertThat(standing(1).redelivery()).isEqualTo(3);
    assertThat(queries.attempts("shop", 1)).hasSize(2);
  }

  @Test
  void whatCannotBeRedeliveredIsRefusedInWords() {
    assertThatThrownBy(() -> deliveryAdmin.redeliver("shop", 5, LATER))
        .isInstanceOf(DeliveryAdminException.class)
        .hasMessage(
            "delivery 5 to shop was never due: it was not wanted, or is older than the recipient."
                + " replay sends it all the same if it is wanted now");
    assertThatThrownBy(() -> deliveryAdmin.redeliver("shop", 6, LATER))
        .hasMessageContaining("has not been attempted yet");
    assertThatThrownBy(() -> deliveryAdmin.redeliver("shop", 99, LATER))
        .hasMessage("event 99 is not in the journal, or not any more");
    assertThatThrownBy(() -> deliveryAdmin.redeliver("nobody", 1, LATER))
        .hasMessage("the journal has no recipient 'nobody'");
  }

  @Test
  void oneThatIsBlockedIsNotSentBeforeWhatItWaitsFor() throws Exception {
    List<JournalEntry> more = publish(journal, 300, "a2");
    Samples.put(shop, more.getFirst(), new Blocked());
    shop.flush();
    assertThatThrownBy(() -> deliveryAdmin.redeliver("shop", 7, LATER))
        .hasMessage(
            "delivery 7 to shop waits for its turn behind 3 of the same entity. Redeliver or"
                + " discard that one");
    deliveryAdmin.discard("shop", 3);
    deliveryAdmin.redeliver("shop", 7, LATER);
    assertThat(Samples.sequences(shop.requested(9))).containsExactly(7L);
  }

  @Test
  void anAttemptThatWasUnderWayDoesNotUndoWhatAPersonSaid() throws Exception {
    deliveryAdmin.redeliver("shop", 3, LATER);
    Samples.attempted(shop, entry(3), attempt(2, NOON, "set-1"), WAITING, 0, 0);
    shop.flush();
    assertThat(standing(3).state()).isEqualTo(new Retrying(LATER));
    assertThat(standing(3).redelivery()).isEqualTo(1);
    Samples.attempted(shop, entry(3), attempt(3, NOON, "set-1"), new Delivered(), 0, 0);
    shop.flush();
    assertThat(Samples.sequences(shop.requested(9))).containsExactly(3L);

    deliveryAdmin.discard("shop", 3);
    Samples.attempted(shop, entry(3), attempt(1, NOON, "set-1"), WAITING, 1, 0);
    shop.flush();
    assertThat(Samples.sequences(shop.due(Instant.MAX, 9))).isEmpty();
    Samples.attempted(shop, entry(3), attempt(2, NOON, "set-1"), new Delivered(), 1, 0);
    shop.flush();
    assertThat(queries.deliveries("shop", Exceptions.FAILED, 2, 9)).isEmpty();
  }

  @Test
  @Tag("feature-40")
  void aRangeIsReplayedInOrderAndWhatIsOpenOrAheadIsLeftAlone() throws Exception {
    long count = deliveryAdmin.replay("shop", DeliveryFilter.ALL, false, _ -> true, false);
    assertThat(count).isEqualTo(3);
    assertThat(deliveryAdmin.replay("shop", DeliveryFilter.ALL, false, _ -> true, true))
        .isEqualTo(3);

    // 1 was delivered, 2 failed, 5 not wanted then; 3 and 4 are open, 6 is ahead
    assertThat(Samples.sequences(queries.deliveries("shop", Exceptions.BLOCKED, 0, 9)))
        .containsExactly(1L, 2L, 4L, 5L);
    assertThat(Samples.sequences(shop.waitingNotBlocked(9))).containsExactly(1L, 2L, 4L, 5L);
    assertThat(standing(3).redelivery()).isZero();
    Delivery again = queries.deliveries("shop", Exceptions.BLOCKED, 0, 1).getFirst();
    assertThat(again.redelivery()).isEqualTo(1);
    assertThat(again.match()).isNull();
    assertThat(shop.requested(9)).isEmpty();
    assertThat(deliveryAdmin.replay("shop", DeliveryFilter.ALL, false, _ -> true, true)).isZero();
  }

  @Test
  void aReplayIsNarrowedBySequenceTimeEntityFailureAndSubscription() throws Exception {
    assertThat(replayed(DeliveryFilter.ALL.between(1L, 2L), false)).isEqualTo(2);
    assertThat(replayed(DeliveryFilter.ALL.between(2L, null), false)).isEqualTo(2);
    assertThat(replayed(DeliveryFilter.ALL.of("Article", "b"), false)).isEqualTo(1);
    assertThat(replayed(DeliveryFilter.ALL.of("Article", null), false)).isEqualTo(3);
    assertThat(replayed(DeliveryFilter.ALL.of("Order", null), false)).isZero();
    assertThat(replayed(DeliveryFilter.ALL, true)).isEqualTo(1);
    Instant committed = NOON.plusMillis(200);
    assertThat(replayed(new DeliveryFilter(null, null, committed, null, null, null), false))
        .isEqualTo(3);
    assertThat(replayed(new DeliveryFilter(null, null, null, committed, null, null), false))
        .isZero();
    assertThat(
            deliveryAdmin.replay(
                "shop", DeliveryFilter.ALL, false, event -> event.entityId().equals("c"), false))
        .isEqualTo(1);
    deliveryAdmin.discard("shop", 2);
    assertThat(replayed(DeliveryFilter.ALL, true)).isZero();
  }

  private long replayed(DeliveryFilter filter, boolean failedOnly) throws Exception {
    return deliveryAdmin.replay("shop", filter, failedOnly, _ -> true, false);
  }

  @Test
  void aLargeReplayGoesInSteps() throws Exception {
    String[] ids = IntStream.range(0, 2_600).mapToObj(i -> "e" + i).toArray(String[]::new);
    publish(journal, 300, ids);
    shop.advance(journal.head());
    shop.flush();
    assertThat(
            deliveryAdmin.replay(
                "shop", DeliveryFilter.ALL.between(7L, null), false, _ -> true, true))
        .isEqualTo(2_600);
    assertThat(shop.open()).isEqualTo(2_602);
    assertThat(deliveryAdmin.discard("shop", DeliveryFilter.ALL.between(7L, null), ANY, true))
        .isEqualTo(2_600);
    assertThat(shop.open()).isEqualTo(2);
  }
}
