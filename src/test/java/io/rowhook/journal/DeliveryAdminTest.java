package io.rowhook.journal;

import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.SixDeliveries.LATER;
import static io.rowhook.journal.SixDeliveries.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.JournalQueries.Exceptions;
import io.rowhook.journal.Pause.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people discard, pause and stop, and the failures that they see, without a dispatcher. */
class DeliveryAdminTest {

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

  @Test
  @Tag("feature-40")
  void whatIsDiscardedEndsFailedAndFreesWhatIsBehindItAndItsEvent() throws Exception {
    List<JournalEntry> more = publish(journal, 300, "a2");
    Samples.put(shop, more.getFirst(), new Blocked());
    shop.advance(7);
    shop.flush();
    assertThat(Samples.sequences(shop.waitingNotBlocked(9))).containsExactly(4L);
    deliveryAdmin.discard("shop", 3);
    deliveryAdmin.discard("shop", 2);

    assertThat(Samples.sequences(shop.waitingNotBlocked(9))).containsExactly(4L, 7L);
    assertThat(queries.deliveries("shop", Exceptions.FAILED, 0, 9))
        .extracting(Delivery::state)
        .containsExactly(
            new Failed("discarded by a person; before: all 2 attempts failed"),
            new Failed("discarded by a person"));
    assertThat(shop.decided(0, Long.MAX_VALUE)).contains(2L, 3L);
    assertThat(queries.standings().getFirst().failed()).isZero();
    assertThat(queries.attempts("shop", 2)).hasSize(1);
    assertThat(
            journal.housekeeping().removeSettled(NOON.plus(Duration.ofDays(1)), Set.of("shop"), 99))
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
    assertThat(Samples.sequences(shop.requested(9))).containsExactly(2L);
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
