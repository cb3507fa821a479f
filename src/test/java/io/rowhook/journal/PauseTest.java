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
import io.rowhook.journal.Pause.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a recipient from being sent to, what it has failed, and its backlog. */
class PauseTest {

  private static final Retrying LATER = new Retrying(NOON.plusSeconds(60));

  @TempDir Path directory;
  SqliteJournal journal;
  DeliveryStore shop;
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    shop = journal.deliveries("shop");
    entries = publish(journal, 200, "a", "b", "c", "d");
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() throws InterruptedException {
    shop.flush();
    journal.close();
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    shop = journal.deliveries("shop");
  }

  @Test
  void aHoldIsDurableAndEnds() throws InterruptedException {
    Pause paused =
        new Pause(
            Kind.failures, NOON, Optional.of(NOON.plusSeconds(3600)), "11 attempts failed in 10m");
    shop.pause(paused);
    reopen();
    assertThat(shop.pause()).contains(paused);
    assertThat(journal.deliveries("budget").pause()).isEmpty();

    Pause gone = Pause.untilResumed(Kind.gone, NOON.plusSeconds(1), "answered 410");
    shop.pause(gone);
    shop.flush();
    assertThat(shop.pause()).contains(gone);

    shop.resume(NOON.plusSeconds(2));
    reopen();
    assertThat(shop.pause()).isEmpty();
  }

  @Test
  void aPersonsPauseIsNotTheDispatchersToChange() throws InterruptedException {
    Pause person = Pause.untilResumed(Kind.person, NOON, "moving house");
    shop.pause(person);
    shop.pause(Pause.untilResumed(Kind.gone, NOON.plusSeconds(1), "answered 410"));
    shop.resume(NOON.plusSeconds(2));
    shop.flush();
    assertThat(shop.pause()).contains(person);
  }

  @Test
  void failuresAreThoseWithAPostSinceTheLastHold() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      Samples.attempted(shop, entries.get(0), attempt(i + 1, at(i), "set"), LATER, 0, 0);
    }
    Samples.attempted(shop, entries.get(1), failed(at(5), null), new Failed("template"), 0, 0);
    Samples.attempted(shop, entries.get(2), succeeded(at(6)), new Delivered(), 0, 0);
    Samples.attempted(shop, entries.get(3), failed(at(7), "b0d1"), LATER, 0, 0);
    shop.flush();

    assertThat(shop.failures(at(1), 10)).containsExactly(at(1), at(2), at(3), at(7));
    assertThat(shop.failures(at(1), 2)).containsExactly(at(3), at(7));
    assertThat(journal.deliveries("budget").failures(Instant.EPOCH, 10)).isEmpty();
    shop.pause(Pause.untilResumed(Kind.failures, at(8), "too many"));
    shop.resume(at(3));
    shop.flush();
    assertThat(shop.failures(Instant.EPOCH, 10)).containsExactly(at(3), at(7));
  }

  @Test
  void trialsAreCountedApart() throws InterruptedException {
    Samples.attempted(shop, entries.get(0), attempt(1, NOON, "set"), LATER, 0, 0);
    Samples.attempted(shop, entries.get(0), attempt(2, NOON, "set"), LATER, 0, 1);
    shop.flush();
    Delivery delivery = shop.oldestOpen().orElseThrow();
    assertThat(delivery.attempts()).isEqualTo(2);
    assertThat(delivery.trials()).isEqualTo(1);
  }

  @Test
  void theBacklogIsWhatIsOpenAndWhatIsAfterTheCursor() throws InterruptedException {
    asIfJournaledAtTheCommit();
    assertThat(shop.backlog()).isEqualTo(new Backlog(40, Optional.of(NOON.plusMillis(200))));
    List<JournalEntry> more = publish(journal, 900, "e");
    asIfJournaledAtTheCommit();
    Samples.attempted(shop, entries.get(1), attempt(1, NOON, "set"), LATER, 0, 0);
    Samples.put(shop, entries.get(2), new Blocked());
    Samples.attempted(shop, entries.get(3), attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
    shop.advance(entries.get(3).sequence());
    shop.flush();
    assertThat(shop.backlog()).isEqualTo(new Backlog(30, Optional.of(NOON.plusMillis(200))));

    Samples.attempted(shop, entries.get(1), attempt(2, NOON, "set"), new Delivered(), 0, 0);
    Samples.attempted(shop, entries.get(2), attempt(1, NOON, "set"), new Delivered(), 0, 0);
    shop.flush();
    assertThat(shop.backlog()).isEqualTo(new Backlog(10, Optional.of(NOON.plusMillis(900))));
    shop.advance(more.getLast().sequence());
    shop.flush();
    assertThat(shop.backlog()).isEqualTo(new Backlog(0, Optional.empty()));
  }

  @Test
  void whatAPersonHasAskedForIsBesideTheBacklogAndIsNotShed() throws Exception {
    asIfJournaledAtTheCommit();
    Failed failed = new Failed("no use");
    Samples.attempted(shop, entries.get(0), attempt(1, NOON, "set"), failed, 0, 0);
    Samples.attempted(shop, entries.get(1), attempt(1, NOON, "set"), failed, 0, 0);
    Samples.put(shop, entries.get(2), new Blocked());
    shop.advance(entries.get(3).sequence());
    shop.flush();
    DeliveryAdmin deliveryAdmin = journal.deliveryAdmin();
    deliveryAdmin.redeliver("shop", entries.get(0).sequence(), NOON);
    deliveryAdmin.replay("shop", DeliveryFilter.ALL, true, _ -> true, true);

    List<JournalEntry> more = publish(journal, 900, "e");
    asIfJournaledAtTheCommit();
    assertThat(shop.backlog()).isEqualTo(new Backlog(20, Optional.of(NOON.plusMillis(200)), 20));
    assertThat(shop.oldestUnrequested(9))
        .extracting(Delivery::entry)
        .extracting(JournalEntry::sequence)
        .containsExactly(entries.get(2).sequence());
    // As if a person had decided between the look at what is too old and its end.
    Samples.put(shop, entries.get(0), new Failed(Failed.BACKLOG_LIMIT));
    deliveryAdmin.discard("shop", entries.get(2).sequence());
    Samples.put(shop, entries.get(2), new Blocked());
    shop.flush();
    assertThat(shop.requested(9)).hasSize(1);
    assertThat(shop.isOpen(entries.get(2).sequence(), 0)).isFalse();
    assertThat(shop.backlog().bytes()).isEqualTo(10);
    assertThat(more).hasSize(1);
  }

  private void asIfJournaledAtTheCommit() throws InterruptedException {
    journal.write(sql -> sql.update("UPDATE event SET journaled_at = committed_at"));
  }

  @Test
  void knowsWhatCameInBeforeAnInstant() throws InterruptedException {
    Instant before = Instant.now();
    assertThat(journal.lastBefore(before.minusSeconds(60))).isLessThan(1);
    assertThat(journal.lastBefore(before.plusSeconds(60))).isEqualTo(4);
    for (int n = 1; n <= 40; n++) {
      publish(journal, 1000 + n, "x" + n);
    }
    // With holes, as retention leaves them: sequences 2, 5, 8 and so on stay.
    journal.write(sql -> sql.update("DELETE FROM event WHERE sequence % 3 <> 2"));
    journal.write(sql -> sql.update("UPDATE event SET journaled_at = sequence * 1000000"));
    for (int second = 0; second <= 50; second++) {
      long last = Math.min(44, second - 1);
      long expected = last < 2 ? 1 : last - Math.floorMod(last - 2, 3);
      assertThat(journal.lastBefore(Instant.ofEpochSecond(second)))
          .as("before second %d", second)
          .isEqualTo(expected);
    }
  }

  @Test
  void theSumGoesOnAfterRetentionAndARestart() throws InterruptedException {
    shop.advance(entries.getLast().sequence());
    shop.flush();
    assertThat(
            journal.housekeeping().removeSettled(NOON.plus(Duration.ofDays(1)), Set.of("shop"), 99))
        .isEqualTo(4);
    reopen();
    publish(journal, 300, "e", "f");
    publish(journal, 400, "g");

    assertThat(shop.backlog().bytes()).isEqualTo(30);
    List<Long> totals =
        journal.write(
            sql -> sql.list("SELECT total FROM event ORDER BY sequence", row -> row.getLong(1)));
    assertThat(totals).containsExactly(50L, 60L, 70L);
  }

  @Test
  @Tag("feature-41")
  void whatEndedByTheBacklogLimitDoesNotHoldItsEvent() throws InterruptedException {
    Samples.put(shop, entries.get(0), new Failed(Failed.BACKLOG_LIMIT + ": older than 10d"));
    Samples.put(shop, entries.get(1), new Failed("all 9 attempts failed"));
    Samples.put(shop, entries.get(2), LATER);
    shop.advance(entries.getLast().sequence());
    shop.flush();

    assertThat(
            journal.housekeeping().removeSettled(NOON.plus(Duration.ofDays(1)), Set.of("shop"), 99))
        .isEqualTo(2);
    assertThat(journal.read(0, 9, 999).stream().map(JournalEntry::sequence))
        .containsExactly(entries.get(1).sequence(), entries.get(2).sequence());
    assertThat(shop.decided(0, Long.MAX_VALUE)).doesNotContain(entries.get(0).sequence());
  }

  private static Instant at(int seconds) {
    return NOON.plusSeconds(seconds);
  }

  private static Attempt failed(Instant at, @Nullable String bodySha256) {
    return new Attempt(1, at, Duration.ZERO, "r", null, "no answer", null, "set", bodySha256);
  }

  private static Attempt succeeded(Instant at) {
    return new Attempt(1, at, Duration.ZERO, "r", 200, null, null, "set", "b0d1");
  }
}
