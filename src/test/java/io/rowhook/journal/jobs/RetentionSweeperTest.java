package io.rowhook.journal.jobs;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is old and settled goes; what is not stays. */
class RetentionSweeperTest {

  private static final Set<String> ALL = Set.of("shop", "ledger");
  private static final Instant LATER = NOON.plus(Duration.ofDays(10));

  @TempDir Path directory;
  Path file;
  SqliteJournal journal;
  DeliveryStore shop;
  DeliveryStore store;

  @BeforeEach
  void open() {
    file = directory.resolve("journal.db");
    journal = SqliteJournal.open(file);
    journal.begin(EPOCH, lsn(100), Map.of());
    shop = journal.deliveries("shop");
    store = journal.deliveries("ledger");
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private List<Long> sequences() {
    return journal.read(0, 10_000, Long.MAX_VALUE).stream().map(JournalEntry::sequence).toList();
  }

  private void advance(long sequence) throws InterruptedException {
    shop.advance(sequence);
    store.advance(sequence);
    shop.flush();
    store.flush();
  }

  @Test
  @Tag("feature-41")
  void deliveredOnesGoAndFailedAndWaitingOnesStay() throws InterruptedException {
    List<JournalEntry> entries = publish(journal, 200, "0", "1", "2", "3");
    Samples.attempted(shop, entries.get(0), attempt(1, NOON, "set"), new Delivered(), 0, 0);
    Samples.attempted(shop, entries.get(1), attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
    Samples.attempted(store, entries.get(3), attempt(1, NOON, "set"), new Retrying(LATER), 0, 0);
    advance(4);

    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 100)).isEqualTo(2);
    assertThat(sequences()).containsExactly(2L, 4L);
    assertThat(journal.queries().attempts("shop", 1)).isEmpty();
    assertThat(journal.queries().attempts("shop", 2)).hasSize(1);
    assertThat(store.oldestOpen()).isPresent();
  }

  @Test
  void whatIsYoungOrNotYetSettledByAllStays() throws InterruptedException {
    publish(journal, 200, "0", "1");
    publish(journal, 5_000, "2");
    shop.advance(3);
    shop.flush();
    store.advance(1);
    store.flush();

    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 100)).isEqualTo(1);
    assertThat(sequences()).containsExactly(2L, 3L);
    store.advance(3);
    store.flush();
    assertThat(journal.housekeeping().removeSettled(NOON.plusSeconds(1), ALL, 100)).isEqualTo(1);
    assertThat(sequences()).containsExactly(3L);
  }

  @Test
  void aRecipientThatDoesNotCountAnyMoreHoldsNothing() throws InterruptedException {
    List<JournalEntry> entries = publish(journal, 200, "0", "1");
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
    shop.advance(2);
    shop.flush();
    store.flush();

    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 100)).isZero();
    assertThat(journal.housekeeping().removeSettled(LATER, Set.of("shop"), 100)).isEqualTo(2);
    assertThat(sequences()).isEmpty();
    assertThat(store.decided(0, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void watermarkAndSequenceHoldWhenNothingIsLeft() throws InterruptedException {
    publish(journal, 200, "0", "1", "2");
    advance(3);
    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 100)).isEqualTo(3);
    journal.close();
    journal = SqliteJournal.open(file);

    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.head()).isEqualTo(3);
    assertThat(journal.deliveries("new").cursor()).isEqualTo(3);
    assertThat(publish(journal, 200, "0")).isEmpty();
    assertThat(publish(journal, 300, "3").getFirst().sequence()).isEqualTo(4);
  }

  @Test
  void theLimitHoldsAndTheNextCallGoesOn() throws InterruptedException {
    String[] ids = new String[1_000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "" + i;
    }
    List<JournalEntry> entries = publish(journal, 200, ids);
    for (JournalEntry entry : entries.subList(0, 500)) {
      Samples.attempted(shop, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
    }
    advance(1_000);

    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 300)).isEqualTo(300);
    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 300)).isEqualTo(200);
    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 300)).isZero();
    assertThat(sequences()).hasSize(500);
  }

  @Test
  void rejectedRowsGoToo() throws InterruptedException {
    journal.publish(transaction(200), List.of(), List.of(Samples.rejected()));
    journal.commit();
    journal.housekeeping().removeSettled(LATER, ALL, 100);

    long left = journal.write(sql -> sql.number("SELECT count(*) FROM rejected_row"));
    assertThat(left).isZero();
  }

  @Test
  void theSpaceIsGivenBackWhileRowhookRuns() throws InterruptedException, IOException {
    String json = "x".repeat(4_000);
    for (int end = 200; end < 205; end++) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        events.add(event("" + i, end, json));
      }
      journal.publish(transaction(end), events, List.of());
      journal.commit();
    }
    advance(5_000);
    assertThat(Files.size(file)).isGreaterThan(15_000_000);

    assertThat(journal.housekeeping().removeSettled(LATER, ALL, 10_000)).isEqualTo(5_000);

    long pages = journal.write(sql -> sql.number("PRAGMA page_count"));
    assertThat(pages * 4_096).isLessThan(1_000_000);
    assertThat(Files.size(file)).isLessThan(8_000_000);
  }

  @Test
  @Tag("feature-41")
  void aRecipientWhoseFileVanishedCountsForTheRetentionTime() throws InterruptedException {
    try (SqliteJournal other = SqliteJournal.open(directory.resolve("seen.db"))) {
      other.deliveries("here");
      other.deliveries("gone");
      Instant later = Instant.now().plusSeconds(100);
      assertThat(other.housekeeping().seen(Set.of("here"), later, later.minusSeconds(500)))
          .containsExactlyInAnyOrder("here", "gone");
      assertThat(other.housekeeping().seen(Set.of("here"), later, later.minusSeconds(50)))
          .containsExactly("here");
    }
  }
}
