package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A recipient's deliveries in every journal: their states, what is due, what is open. */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class DeliveryStoreContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;
  DeliveryStore store;
  List<JournalEntry> entries;

  DeliveryStoreContractTest(JournalKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() throws InterruptedException {
    journal = kind.open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
    publish(journal, 200, "before");
    store = journal.deliveries("shop");
    entries = new ArrayList<>(publish(journal, 300, "a", "b"));
    entries.addAll(publish(journal, 400, "a", "c"));
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() throws InterruptedException {
    store.flush();
    journal.close();
    journal = kind.open(directory);
    store = journal.deliveries("shop");
  }

  private long sequence(int index) {
    return entries.get(index).sequence();
  }

  @Test
  void aNewRecipientStartsAtTheHeadAndAKnownOneWhereItWas() throws InterruptedException {
    assertThat(store.cursor()).isEqualTo(entries.getFirst().sequence() - 1);
    assertThat(journal.deliveries("late").cursor()).isEqualTo(journal.head());
    store.advance(sequence(1));
    reopen();

    assertThat(store.cursor()).isEqualTo(sequence(1));
  }

  @Test
  void theCursorNeverGoesBack() throws InterruptedException {
    store.advance(sequence(2));
    store.advance(sequence(0));
    store.flush();

    assertThat(store.cursor()).isEqualTo(sequence(2));
  }

  @Test
  void deliveredAtOnceIsKnownAboveTheCursorAndNoException() throws InterruptedException {
    Samples.attempted(store, entries.get(1), attempt(1, NOON, "set"), new Delivered(), 0, 0);
    store.flush();

    assertThat(store.decided(store.cursor(), Long.MAX_VALUE)).containsExactly(sequence(1));
    assertThat(store.decided(sequence(1), Long.MAX_VALUE)).isEmpty();
    assertThat(store.open()).isZero();
    assertThat(store.oldestOpen()).isEmpty();
  }

  @Test
  void waitingKeepsTheFirstAttemptsTimeAndAttributeSet() throws InterruptedException {
    Instant first = NOON;
    Samples.attempted(store, entries.get(0), attempt(1, first, "set-1"), Samples.waiting(60), 0, 0);
    Samples.attempted(
        store,
        entries.get(0),
        attempt(2, first.plusSeconds(60), "set-2"),
        Samples.waiting(300),
        0,
        0);
    reopen();

    assertThat(store.nextDue()).contains(NOON.plusSeconds(300));
    assertThat(store.due(NOON.plusSeconds(299), 10)).isEmpty();
    Delivery due = store.due(NOON.plusSeconds(300), 10).getFirst();
    assertThat(due.state()).isEqualTo(Samples.waiting(300));
    assertThat(due.attempts()).isEqualTo(2);
    assertThat(due.firstAttempt()).isEqualTo(first);
    assertThat(due.match()).isEqualTo("set-1");
    assertThat(due.redelivery()).isZero();
    assertThat(due.entry()).usingRecursiveComparison().isEqualTo(entries.get(0));
  }

  @Test
  void anAttributeSetThatWasNotFoundAtFirstIsKeptOnceItIs() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, null), Samples.waiting(1), 0, 0);
    Samples.attempted(store, entries.get(0), attempt(2, NOON, "set"), Samples.waiting(2), 0, 0);
    store.flush();

    assertThat(store.oldestOpen().orElseThrow().match()).isEqualTo("set");
  }

  @Test
  void aRedeliveryStartsAgain() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set-1"), new Failed("no use"), 0, 0);
    Samples.attempted(
        store,
        entries.get(0),
        attempt(1, NOON.plusSeconds(900), "set-2"),
        Samples.waiting(960),
        1,
        0);
    store.flush();

    Delivery delivery = store.oldestOpen().orElseThrow();
    assertThat(delivery.redelivery()).isEqualTo(1);
    assertThat(delivery.firstAttempt()).isEqualTo(NOON.plusSeconds(900));
    assertThat(delivery.match()).isEqualTo("set-2");
  }

  @Test
  void deliveredAfterWaitingIsNoExceptionAnyMore() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(60), 0, 0);
    Samples.attempted(store, entries.get(0), attempt(2, NOON, "set"), new Delivered(), 0, 0);
    store.flush();

    assertThat(store.open()).isZero();
    assertThat(store.nextDue()).isEmpty();
    assertThat(store.decided(0, Long.MAX_VALUE)).containsExactly(sequence(0));
  }

  @Test
  void failedStaysButIsNotOpen() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(60), 0, 0);
    Samples.attempted(store, entries.get(0), attempt(2, NOON, "set"), new Failed("used up"), 0, 0);
    reopen();

    assertThat(store.open()).isZero();
    assertThat(store.oldestOpen()).isEmpty();
    assertThat(store.nextDue()).isEmpty();
    assertThat(store.due(Instant.MAX, 10)).isEmpty();
    assertThat(store.decided(0, Long.MAX_VALUE)).containsExactly(sequence(0));
  }

  @Test
  void dueComesLongestDueFirstAndNoMoreThanAskedFor() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(30), 0, 0);
    Samples.attempted(store, entries.get(1), attempt(1, NOON, "set"), Samples.waiting(10), 0, 0);
    Samples.attempted(store, entries.get(3), attempt(1, NOON, "set"), Samples.waiting(20), 0, 0);
    store.flush();

    assertThat(store.nextDue()).contains(NOON.plusSeconds(10));
    assertThat(Samples.sequences(store.due(NOON.plusSeconds(60), 2)))
        .containsExactly(sequence(1), sequence(3));
    assertThat(Samples.sequences(store.due(NOON.plusSeconds(20), 10)))
        .containsExactly(sequence(1), sequence(3));
  }

  @Test
  void whatNothingEarlierHoldsBackAnyMoreIsFound() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, null), new Retrying(NOON), 0, 0);
    Samples.put(store, entries.get(2), new Blocked()); // of the same entity
    Samples.put(store, entries.get(1), new Blocked()); // of another, and nothing before it
    store.flush();
    assertThat(Samples.sequences(store.waitingNotBlocked(10))).containsExactly(sequence(1));
    Samples.attempted(store, entries.get(0), attempt(2, NOON, null), new Delivered(), 0, 0);
    store.flush();
    assertThat(Samples.sequences(store.waitingNotBlocked(10)))
        .containsExactly(sequence(1), sequence(2));
    assertThat(Samples.sequences(store.waitingNotBlocked(1))).containsExactly(sequence(1));
  }

  @Test
  void whatIsBlockedIsOpenAndNotDue() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(30), 0, 0);
    Samples.put(store, entries.get(2), new Blocked());
    Samples.put(store, entries.get(1), new Blocked());
    store.flush();

    assertThat(store.open()).isEqualTo(3);
    assertThat(Samples.sequences(store.due(NOON.plusSeconds(99), 9))).containsExactly(sequence(0));
    assertThat(store.oldestOpen().orElseThrow().entry().sequence()).isEqualTo(sequence(0));
    String a = entries.get(0).event().entityKey();
    assertThat(store.oldestOpen(a).orElseThrow().entry().sequence()).isEqualTo(sequence(0));

    Samples.attempted(store, entries.get(0), attempt(2, NOON, "set"), new Delivered(), 0, 0);
    store.flush();
    Delivery next = store.oldestOpen(a).orElseThrow();
    assertThat(next.entry().sequence()).isEqualTo(sequence(2));
    assertThat(next.state()).isEqualTo(new Blocked());
    assertThat(next.attempts()).isZero();
    assertThat(next.firstAttempt()).isNull();
    assertThat(store.oldestOpen(entries.get(3).event().entityKey())).isEmpty();
    assertThat(store.oldestOpen().orElseThrow().entry().sequence()).isEqualTo(sequence(1));
  }

  @Test
  void aStateThatNoAttemptLedToLeavesWhatIsKnownOfItsAttempts() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(30), 0, 0);
    Samples.put(store, entries.get(0), new Blocked());
    store.flush();
    assertThat(store.nextDue()).isEmpty();
    Samples.put(store, entries.get(0), Samples.waiting(40));
    store.flush();

    Delivery delivery = store.due(NOON.plusSeconds(40), 1).getFirst();
    assertThat(delivery.attempts()).isEqualTo(1);
    assertThat(delivery.firstAttempt()).isEqualTo(NOON);
    Samples.put(store, entries.get(0), new Failed("backlog limit"));
    store.flush();
    assertThat(store.open()).isZero();
    assertThat(store.decided(0, Long.MAX_VALUE)).containsExactly(sequence(0));
  }

  @Test
  void recipientsDoNotSeeEachOther() throws InterruptedException {
    DeliveryStore other = journal.deliveries("ledger");
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(30), 0, 0);
    store.advance(sequence(3));
    store.flush();

    assertThat(other.open()).isZero();
    assertThat(other.decided(0, Long.MAX_VALUE)).isEmpty();
    assertThat(other.due(NOON.plusSeconds(99), 9)).isEmpty();
    assertThat(other.cursor()).isEqualTo(journal.head());
  }

  @Test
  void whatDecidesIsKeptUntilTheCursorHasPassedIt() throws InterruptedException {
    assertThat(store.matchings()).isEmpty();
    store.decide(new Matching(100, "first"));
    store.decide(new Matching(200, "first"));
    store.flush();
    assertThat(store.matchings()).containsExactly(new Matching(200, "first"));
    store.decide(new Matching(5, "first"));
    store.decide(new Matching(300, "second"));
    store.flush();
    assertThat(store.matchings())
        .containsExactly(new Matching(5, "first"), new Matching(300, "second"));
    // One that has decided about nothing leaves the earlier one in its place.
    store.decide(new Matching(5, "second"));
    store.flush();
    assertThat(store.matchings()).containsExactly(new Matching(5, "first"));
    store.decide(new Matching(400, "third"));
    store.advance(5);
    store.decide(new Matching(500, "third"));
    store.flush();
    assertThat(store.matchings()).containsExactly(new Matching(500, "third"));
  }
}
