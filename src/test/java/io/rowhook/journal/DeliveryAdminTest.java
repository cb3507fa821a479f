package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.Pause.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do to deliveries, without a dispatcher. */
class DeliveryAdminTest {

  private static final Instant LATER = NOON.plusSeconds(3600);
  private static final Retrying WAITING = new Retrying(NOON.plusSeconds(60));
  private static final Failed FAILED = new Failed("all 2 attempts failed");
  private static final Set<Exceptions> ANY = Set.of(Exceptions.values());

  @TempDir Path directory;
  SqliteJournal journal;
  DeliveryStore shop;
  DeliveryAdmin deliveryAdmin;
  JournalQueries queries;

  /** Sequences 1 to 6: a delivered, b failed, a waiting, a blocked, c not wanted, d ahead. */
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    shop = journal.deliveries("shop");
    entries = publish(journal, 200, "a", "b", "a2", "a2x", "c", "d");
    attempted(1, new Delivered(), 0);
    attempted(2, FAILED, 0);
    attempted(3, WAITING, 0);
    Samples.put(shop, entry(4), new Blocked());
    shop.advance(5);
    shop.flush();
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

  private static List<Long> sequences(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.entry().sequence()).toList();
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
    assertThat(sequences(shop.requested(9))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(shop.requested(2))).containsExactly(1L, 2L);

    Samples.attempted(shop, entry(1), attempt(1, LATER, "set-2"), WAITING, 1, 0);
    shop.flush();
    assertThat(sequences(shop.requested(9))).containsExactly(2L, 3L);
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
    assertThat(sequences(shop.requested(9))).containsExactly(7L);
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
    assertThat(sequences(shop.requested(9))).containsExactly(3L);

    deliveryAdmin.discard("shop", 3);
    Samples.attempted(shop, entry(3), attempt(1, NOON, "set-1"), WAITING, 1, 0);
    shop.flush();
    assertThat(sequences(shop.due(Instant.MAX, 9))).isEmpty();
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
    assertThat(sequences(queries.deliveries("shop", Exceptions.BLOCKED, 0, 9)))
        .containsExactly(1L, 2L, 4L, 5L);
    assertThat(sequences(shop.waitingNotBlocked(9))).containsExactly(1L, 2L, 4L, 5L);
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

  @Test
  @Tag("feature-40")
  void whatIsDiscardedEndsFailedAndFreesWhatIsBehindItAndItsEvent() throws Exception {
    List<JournalEntry> more = publish(journal, 300, "a2");
    Samples.put(shop, more.getFirst(), new Blocked());
    shop.advance(7);
    shop.flush();
    assertThat(sequences(shop.waitingNotBlocked(9))).containsExactly(4L);
    deliveryAdmin.discard("shop", 3);
    deliveryAdmin.discard("shop", 2);

    assertThat(sequences(shop.waitingNotBlocked(9))).containsExactly(4L, 7L);
    assertThat(queries.deliveries("shop", Exceptions.FAILED, 0, 9))
        .extracting(Delivery::state)
        .containsExactly(
            new Failed("discarded by a person; before: all 2 attempts failed"),
            new Failed("discarded by a person"));
    assertThat(shop.decided(0, Long.MAX_VALUE)).contains(2L, 3L);
    assertThat(queries.standings().getFirst().failed()).isZero();
    assertThat(queries.attempts("shop", 2)).hasSize(1);
    assertThat(journal.removeSettled(NOON.plus(Duration.ofDays(1)), Set.of("shop"), 99))
        .isEqualTo(5); // all but 4 and 7, which are open
    assertThatThrownBy(() -> deliveryAdmin.discard("shop", 2)).hasMessageContaining("not any more");
  }

  @Test
  void onlyWhatStandsCanBeDiscarded() throws Exception {
    assertThatThrownBy(() -> deliveryAdmin.discard("shop", 1))
        .hasMessage("delivery 1 to shop is delivered: there is nothing to discard");
    deliveryAdmin.discard("shop", 6); // before its turn
    assertThat(shop.decided(5, 6)).containsExactly(6L);
    deliveryAdmin.discard("shop", 2);
    assertThatThrownBy(() -> deliveryAdmin.discard("shop", 2))
        .hasMessage("delivery 2 to shop is discarded already");
    deliveryAdmin.redeliver("shop", 2, LATER);
    assertThat(sequences(shop.requested(9))).containsExactly(2L);
  }

  @Test
  void allOrSomeAreDiscarded() throws Exception {
    DeliveryFilter ofB = DeliveryFilter.ALL.of("Article", "b");
    assertThat(deliveryAdmin.discard("shop", ofB, ANY, false)).isEqualTo(1);
    Set<Exceptions> open = Set.of(Exceptions.WAITING, Exceptions.BLOCKED);
    assertThat(deliveryAdmin.discard("shop", DeliveryFilter.ALL, open, false)).isEqualTo(2);
    assertThat(deliveryAdmin.discard("shop", DeliveryFilter.ALL, open, true)).isEqualTo(2);
    assertThat(shop.open()).isZero();
    assertThat(deliveryAdmin.discard("shop", DeliveryFilter.ALL, ANY, true)).isEqualTo(1);
    assertThat(deliveryAdmin.discard("shop", DeliveryFilter.ALL, ANY, true)).isZero();
  }

  @Test
  void aPauseStandsUntilAPersonEndsItAndResumingEndsAnyHold() throws Exception {
    assertThat(deliveryAdmin.resume("shop", LATER)).isFalse();
    shop.pause(Pause.untilResumed(Kind.gone, NOON, "answered 410"));
    shop.flush();
    assertThat(deliveryAdmin.pause("shop", "moving", LATER)).isTrue();
    assertThat(deliveryAdmin.pause("shop", "moving again", LATER)).isFalse();
    assertThat(queries.pause("shop")).contains(Pause.untilResumed(Kind.person, LATER, "moving"));
    assertThat(deliveryAdmin.resume("shop", LATER)).isTrue();
    assertThat(shop.pause()).isEmpty();
    assertThat(shop.failures(Instant.EPOCH, 9)).isEmpty();
  }

  @Test
  @Tag("feature-42")
  void theKillSwitchIsDurable() throws Exception {
    assertThat(deliveryAdmin.clearKillSwitch()).isFalse();
    assertThat(deliveryAdmin.setKillSwitch("wrong prices", NOON)).isTrue();
    assertThat(deliveryAdmin.setKillSwitch("still", LATER)).isFalse();
    Pause set = Pause.untilResumed(Kind.person, NOON, "wrong prices");
    assertThat(journal.killSwitch()).contains(set);
    journal.close();
    open(SqliteJournal.open(directory.resolve("journal.db")));
    assertThat(journal.killSwitch()).contains(set);
    assertThat(deliveryAdmin.clearKillSwitch()).isTrue();
    assertThat(journal.killSwitch()).isEmpty();
    journal.close();
    open(SqliteJournal.open(directory.resolve("journal.db")));
    assertThat(journal.killSwitch()).isEmpty();
  }

  private void open(SqliteJournal again) {
    journal = again;
    deliveryAdmin = again.deliveryAdmin();
  }

  @Test
  @Tag("feature-44")
  void failuresAreListedWithTheirReasonAndCounted() throws Exception {
    publish(journal, 300, "x");
    Samples.attempted(shop, entry(3), attempt(2, NOON.plusSeconds(60), "set"), WAITING, 0, 0);
    shop.flush();

    assertThat(queries.failureCount("shop", NOON.plusSeconds(1))).isEqualTo(1);
    assertThat(queries.failures("shop", NOON.plusSeconds(1), 9))
        .containsExactly(
            new JournalQueries.Failure(
                NOON.plusSeconds(60), 3, entry(3).event().id(), 503, "answered 503"));
    assertThat(queries.failures("shop", Instant.EPOCH, 2)).hasSize(2);
    deliveryAdmin.pause("shop", "moving", LATER);
    deliveryAdmin.resume("shop", LATER);
    assertThat(queries.failureCount("shop", Instant.EPOCH)).isZero();
  }
}
