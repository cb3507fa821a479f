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
import io.rowhook.journal.Hold.Kind;
import io.rowhook.journal.Lookup.Exceptions;
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
class OperationsTest {

  private static final Instant LATER = NOON.plusSeconds(3600);
  private static final Retrying WAITING = new Retrying(NOON.plusSeconds(60));
  private static final Failed FAILED = new Failed("all 2 attempts failed");
  private static final Set<Exceptions> ANY = Set.of(Exceptions.values());

  @TempDir Path directory;
  SqliteJournal journal;
  Ledger shop;
  Operations operations;
  Lookup lookup;

  /** Sequences 1 to 6: a delivered, b failed, a waiting, a blocked, c not wanted, d ahead. */
  List<Entry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    shop = journal.ledger("shop");
    entries = publish(journal, 200, "a", "b", "a2", "a2x", "c", "d");
    attempted(1, new Delivered(), 0);
    attempted(2, FAILED, 0);
    attempted(3, WAITING, 0);
    Samples.put(shop, entry(4), new Blocked());
    shop.advance(5);
    shop.flush();
    operations = journal.operations();
    lookup = journal.lookup();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private Entry entry(int sequence) {
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
    return lookup.deliveries("shop", Exceptions.WAITING, sequence - 1, 1).getFirst();
  }

  @Test
  @Tag("feature-40")
  void redeliveredOnesAreDueNowAndStartAnew() throws Exception {
    for (int sequence : List.of(1, 2, 3)) {
      operations.redeliver("shop", sequence, LATER);
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
    assertThat(sequences(shop.asked(9))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(shop.asked(2))).containsExactly(1L, 2L);

    Samples.attempted(shop, entry(1), attempt(1, LATER, "set-2"), WAITING, 1, 0);
    shop.flush();
    assertThat(sequences(shop.asked(9))).containsExactly(2L, 3L);
    assertThat(standing(1).match()).isEqualTo("set-2");
  }

  @Test
  @Tag("feature-40")
  void theCountOfRedeliveriesGrowsAlsoWhereTheDeliveryIsNoExceptionAnyMore() throws Exception {
    operations.redeliver("shop", 1, LATER);
    attempted(1, new Delivered(), 1);
    operations.redeliver("shop", 1, LATER);
    assertThat(standing(1).redelivery()).isEqualTo(2);
    operations.redeliver("shop", 1, LATER);
    assertThat(standing(1).redelivery()).isEqualTo(3);
    assertThat(lookup.attempts("shop", 1)).hasSize(2);
  }

  @Test
  void whatCannotBeRedeliveredIsRefusedInWords() {
    assertThatThrownBy(() -> operations.redeliver("shop", 5, LATER))
        .isInstanceOf(OperationException.class)
        .hasMessage(
            "delivery 5 to shop was never due: it was not wanted, or is older than the recipient."
                + " replay sends it all the same if it is wanted now");
    assertThatThrownBy(() -> operations.redeliver("shop", 6, LATER))
        .hasMessageContaining("has not been attempted yet");
    assertThatThrownBy(() -> operations.redeliver("shop", 99, LATER))
        .hasMessage("event 99 is not in the journal, or not any more");
    assertThatThrownBy(() -> operations.redeliver("nobody", 1, LATER))
        .hasMessage("the journal has no recipient 'nobody'");
  }

  @Test
  void oneThatIsBlockedIsNotSentBeforeWhatItWaitsFor() throws Exception {
    List<Entry> more = publish(journal, 300, "a2");
    Samples.put(shop, more.getFirst(), new Blocked());
    shop.flush();
    assertThatThrownBy(() -> operations.redeliver("shop", 7, LATER))
        .hasMessage(
            "delivery 7 to shop waits for its turn behind 3 of the same entity. Redeliver or"
                + " discard that one");
    operations.discard("shop", 3);
    operations.redeliver("shop", 7, LATER);
    assertThat(sequences(shop.asked(9))).containsExactly(7L);
  }

  @Test
  void anAttemptThatWasUnderWayDoesNotUndoWhatAPersonSaid() throws Exception {
    operations.redeliver("shop", 3, LATER);
    Samples.attempted(shop, entry(3), attempt(2, NOON, "set-1"), WAITING, 0, 0);
    shop.flush();
    assertThat(standing(3).state()).isEqualTo(new Retrying(LATER));
    assertThat(standing(3).redelivery()).isEqualTo(1);
    Samples.attempted(shop, entry(3), attempt(3, NOON, "set-1"), new Delivered(), 0, 0);
    shop.flush();
    assertThat(sequences(shop.asked(9))).containsExactly(3L);

    operations.discard("shop", 3);
    Samples.attempted(shop, entry(3), attempt(1, NOON, "set-1"), WAITING, 1, 0);
    shop.flush();
    assertThat(sequences(shop.due(Instant.MAX, 9))).isEmpty();
    Samples.attempted(shop, entry(3), attempt(2, NOON, "set-1"), new Delivered(), 1, 0);
    shop.flush();
    assertThat(lookup.deliveries("shop", Exceptions.FAILED, 2, 9)).isEmpty();
  }

  @Test
  @Tag("feature-40")
  void aRangeIsReplayedInOrderAndWhatIsOpenOrAheadIsLeftAlone() throws Exception {
    long count = operations.replay("shop", Range.ALL, false, _ -> true, false);
    assertThat(count).isEqualTo(3);
    assertThat(operations.replay("shop", Range.ALL, false, _ -> true, true)).isEqualTo(3);

    // 1 was delivered, 2 failed, 5 not wanted then; 3 and 4 are open, 6 is ahead
    assertThat(sequences(lookup.deliveries("shop", Exceptions.BLOCKED, 0, 9)))
        .containsExactly(1L, 2L, 4L, 5L);
    assertThat(sequences(shop.unheld(9))).containsExactly(1L, 2L, 4L, 5L);
    assertThat(standing(3).redelivery()).isZero();
    Delivery again = lookup.deliveries("shop", Exceptions.BLOCKED, 0, 1).getFirst();
    assertThat(again.redelivery()).isEqualTo(1);
    assertThat(again.match()).isNull();
    assertThat(shop.asked(9)).isEmpty();
    assertThat(operations.replay("shop", Range.ALL, false, _ -> true, true)).isZero();
  }

  @Test
  void aReplayIsNarrowedBySequenceTimeEntityFailureAndSubscription() throws Exception {
    assertThat(replayed(Range.ALL.between(1L, 2L), false)).isEqualTo(2);
    assertThat(replayed(Range.ALL.between(2L, null), false)).isEqualTo(2);
    assertThat(replayed(Range.ALL.of("Article", "b"), false)).isEqualTo(1);
    assertThat(replayed(Range.ALL.of("Article", null), false)).isEqualTo(3);
    assertThat(replayed(Range.ALL.of("Order", null), false)).isZero();
    assertThat(replayed(Range.ALL, true)).isEqualTo(1);
    Instant committed = NOON.plusMillis(200);
    assertThat(replayed(new Range(null, null, committed, null, null, null), false)).isEqualTo(3);
    assertThat(replayed(new Range(null, null, null, committed, null, null), false)).isZero();
    assertThat(
            operations.replay(
                "shop", Range.ALL, false, event -> event.entityId().equals("c"), false))
        .isEqualTo(1);
    operations.discard("shop", 2);
    assertThat(replayed(Range.ALL, true)).isZero();
  }

  private long replayed(Range range, boolean failedOnly) throws Exception {
    return operations.replay("shop", range, failedOnly, _ -> true, false);
  }

  @Test
  void aLargeReplayGoesInSteps() throws Exception {
    String[] ids = IntStream.range(0, 2_600).mapToObj(i -> "e" + i).toArray(String[]::new);
    publish(journal, 300, ids);
    shop.advance(journal.head());
    shop.flush();
    assertThat(operations.replay("shop", Range.ALL.between(7L, null), false, _ -> true, true))
        .isEqualTo(2_600);
    assertThat(shop.open()).isEqualTo(2_602);
    assertThat(operations.discard("shop", Range.ALL.between(7L, null), ANY, true)).isEqualTo(2_600);
    assertThat(shop.open()).isEqualTo(2);
  }

  @Test
  @Tag("feature-40")
  void whatIsDiscardedEndsFailedAndFreesWhatIsBehindItAndItsEvent() throws Exception {
    List<Entry> more = publish(journal, 300, "a2");
    Samples.put(shop, more.getFirst(), new Blocked());
    shop.advance(7);
    shop.flush();
    assertThat(sequences(shop.unheld(9))).containsExactly(4L);
    operations.discard("shop", 3);
    operations.discard("shop", 2);

    assertThat(sequences(shop.unheld(9))).containsExactly(4L, 7L);
    assertThat(lookup.deliveries("shop", Exceptions.FAILED, 0, 9))
        .extracting(Delivery::state)
        .containsExactly(
            new Failed("discarded by a person; before: all 2 attempts failed"),
            new Failed("discarded by a person"));
    assertThat(shop.known(0, Long.MAX_VALUE)).contains(2L, 3L);
    assertThat(lookup.standings().getFirst().failed()).isZero();
    assertThat(lookup.attempts("shop", 2)).hasSize(1);
    assertThat(journal.removeSettled(NOON.plus(Duration.ofDays(1)), Set.of("shop"), 99))
        .isEqualTo(5); // all but 4 and 7, which are open
    assertThatThrownBy(() -> operations.discard("shop", 2)).hasMessageContaining("not any more");
  }

  @Test
  void onlyWhatStandsCanBeDiscarded() throws Exception {
    assertThatThrownBy(() -> operations.discard("shop", 1))
        .hasMessage("delivery 1 to shop is delivered: there is nothing to discard");
    operations.discard("shop", 6); // before its turn
    assertThat(shop.known(5, 6)).containsExactly(6L);
    operations.discard("shop", 2);
    assertThatThrownBy(() -> operations.discard("shop", 2))
        .hasMessage("delivery 2 to shop is discarded already");
    operations.redeliver("shop", 2, LATER);
    assertThat(sequences(shop.asked(9))).containsExactly(2L);
  }

  @Test
  void allOrSomeAreDiscarded() throws Exception {
    Range ofB = Range.ALL.of("Article", "b");
    assertThat(operations.discard("shop", ofB, ANY, false)).isEqualTo(1);
    Set<Exceptions> open = Set.of(Exceptions.WAITING, Exceptions.BLOCKED);
    assertThat(operations.discard("shop", Range.ALL, open, false)).isEqualTo(2);
    assertThat(operations.discard("shop", Range.ALL, open, true)).isEqualTo(2);
    assertThat(shop.open()).isZero();
    assertThat(operations.discard("shop", Range.ALL, ANY, true)).isEqualTo(1);
    assertThat(operations.discard("shop", Range.ALL, ANY, true)).isZero();
  }

  @Test
  void aPauseStandsUntilAPersonEndsItAndResumingEndsAnyHold() throws Exception {
    assertThat(operations.resume("shop", LATER)).isFalse();
    shop.hold(Hold.by(Kind.gone, NOON, "answered 410"));
    shop.flush();
    assertThat(operations.pause("shop", "moving", LATER)).isTrue();
    assertThat(operations.pause("shop", "moving again", LATER)).isFalse();
    assertThat(lookup.hold("shop")).contains(Hold.by(Kind.person, LATER, "moving"));
    assertThat(operations.resume("shop", LATER)).isTrue();
    assertThat(shop.hold()).isEmpty();
    assertThat(shop.failures(Instant.EPOCH, 9)).isEmpty();
  }

  @Test
  @Tag("feature-42")
  void theKillSwitchIsDurable() throws Exception {
    assertThat(operations.clearKillSwitch()).isFalse();
    assertThat(operations.setKillSwitch("wrong prices", NOON)).isTrue();
    assertThat(operations.setKillSwitch("still", LATER)).isFalse();
    Hold set = Hold.by(Kind.person, NOON, "wrong prices");
    assertThat(journal.killSwitch()).contains(set);
    journal.close();
    open(SqliteJournal.open(directory.resolve("journal.db")));
    assertThat(journal.killSwitch()).contains(set);
    assertThat(operations.clearKillSwitch()).isTrue();
    assertThat(journal.killSwitch()).isEmpty();
    journal.close();
    open(SqliteJournal.open(directory.resolve("journal.db")));
    assertThat(journal.killSwitch()).isEmpty();
  }

  private void open(SqliteJournal again) {
    journal = again;
    operations = again.operations();
  }

  @Test
  @Tag("feature-44")
  void failuresAreListedWithTheirReasonAndCounted() throws Exception {
    publish(journal, 300, "x");
    Samples.attempted(shop, entry(3), attempt(2, NOON.plusSeconds(60), "set"), WAITING, 0, 0);
    shop.flush();

    assertThat(lookup.failureCount("shop", NOON.plusSeconds(1))).isEqualTo(1);
    assertThat(lookup.failures("shop", NOON.plusSeconds(1), 9))
        .containsExactly(
            new Lookup.Failure(
                NOON.plusSeconds(60), 3, entry(3).event().id(), 503, "answered 503"));
    assertThat(lookup.failures("shop", Instant.EPOCH, 2)).hasSize(2);
    operations.pause("shop", "moving", LATER);
    operations.resume("shop", LATER);
    assertThat(lookup.failureCount("shop", Instant.EPOCH)).isZero();
  }
}
