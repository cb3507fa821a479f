package io.rowhook.journal.sqlite;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.change;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.entity.NetChange;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.JournalException.Kind;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.testing.SpilledInMemory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal's file cannot be written for a while: capture is told at once, outcomes wait. */
class UnwritableJournalTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String USER = System.getProperty("user.name");

  @TempDir Path directory;
  Path file;
  SqliteJournal journal;
  DeliveryStore store;
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    file = directory.resolve("journal.db");
    journal = SqliteJournal.open(file);
    journal.begin(EPOCH, lsn(100), Map.of());
    store = journal.deliveries("shop");
    String[] ids = new String[3_000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "" + i;
    }
    entries = publish(journal, 200, ids);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  /** What a full disk is to SQLite: no page more than it has. */
  private void fillDisk() throws InterruptedException {
    pragma("max_page_count = 1");
  }

  private void freeDisk() throws InterruptedException {
    pragma("max_page_count = 1000000");
  }

  private void pragma(String pragma) throws InterruptedException {
    boolean set =
        journal.write(sql -> {
          sql.script("PRAGMA " + pragma);
          return true;
        });
    assertThat(set).isTrue();
  }

  private void publishMuch(long end) throws InterruptedException {
    journal.publish(transaction(end), List.of(event("large", end, "x".repeat(100_000))), List.of());
    journal.commit();
  }

  @Test
  void aFullDiskIsToldAtOnceAndNothingOfTheCommitIsSeen() throws InterruptedException {
    long head = journal.head();
    fillDisk();

    assertThatThrownBy(() -> publishMuch(300))
        .isInstanceOf(JournalException.class)
        .hasMessage(
            "journal %s: its disk is full (%s); nothing is lost, Rowhook goes on by itself once"
                    .formatted(file, "SQLITE_FULL")
                + " there is space: free some there, or move the journal to a larger disk")
        .extracting(e -> ((JournalException) e).kind())
        .isEqualTo(Kind.FULL);
    assertThat(journal.head()).isEqualTo(head);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.standing().orElseThrow().kind()).isEqualTo(Kind.FULL);

    freeDisk();
    publishMuch(300);
    assertThat(journal.watermark()).isEqualTo(lsn(300));
    assertThat(journal.standing()).isEmpty();
  }

  @Test
  void whatCouldNotBeAppendedIsToldAndNothingOfTheTransactionIsPublished() throws Exception {
    long head = journal.head();
    List<NetChange> changes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      changes.add(change("staged-" + i, i));
    }
    journal.stage(changes, Samples::merge);
    fillDisk();
    assertThatThrownBy(
            () -> SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300)))
        .hasMessageContaining("its disk is full");
    freeDisk();
    assertThat(journal.head()).isEqualTo(head);
    assertThat(journal.watermark()).isEqualTo(lsn(200));

    journal.discard();
    journal.stage(changes, Samples::merge);
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));
    assertThat(journal.head()).isEqualTo(head + changes.size());
  }

  @Test
  void outcomesWaitForSpaceHoldBackWhoeverAddsMoreAndAreAllThereLater() throws Exception {
    fillDisk();
    AtomicInteger queued = new AtomicInteger();
    Thread recipient =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (JournalEntry entry : entries) {
                  Samples.attempted(
                      store, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
                  queued.incrementAndGet();
                }
                store.advance(entries.getLast().sequence());
                store.flush();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThatThrownBy(() -> publishMuch(300)).hasMessageContaining("its disk is full");
    assertThat(recipient.join(Duration.ofMillis(500))).isFalse();
    assertThat(queued.get()).isLessThan(entries.size());
    assertThat(store.cursor()).isLessThan(entries.getLast().sequence());

    freeDisk();
    assertThat(recipient.join(LIMIT)).isTrue();
    assertThat(store.decided(0, Long.MAX_VALUE)).hasSize(entries.size());
    assertThat(store.cursor()).isEqualTo(entries.getLast().sequence());
  }

  @Test
  void whoeverWaitsForSpaceCanBeInterrupted() throws Exception {
    fillDisk();
    for (JournalEntry entry : entries.subList(0, 300)) {
      Samples.attempted(store, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
    }
    AtomicInteger interrupted = new AtomicInteger();
    Thread recipient =
        Thread.ofVirtual()
            .start(() -> {
              try {
                store.flush();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
              }
            });
    recipient.interrupt();
    assertThat(recipient.join(LIMIT)).isTrue();
    assertThat(interrupted.get()).isEqualTo(1);

    freeDisk();
    store.flush();
    assertThat(store.decided(0, Long.MAX_VALUE)).hasSize(300);
  }

  @Test
  void closingWhileTheDiskIsFullEndsAndWhatIsLostIsOnlyOutcomes() throws Exception {
    fillDisk();
    for (JournalEntry entry : entries) {
      if (entry.sequence() <= 1_000) {
        Samples.attempted(store, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
      }
    }
    store.advance(1_000);
    journal.close();

    journal = SqliteJournal.open(file);
    DeliveryStore again = journal.deliveries("shop");
    assertThat(again.cursor()).as("it stays behind what is not there").isZero();
    assertThat(again.decided(0, Long.MAX_VALUE)).hasSizeLessThan(1_000);
    assertThat(journal.head()).isEqualTo(3_000);
  }

  @Test
  void aReadOnlyFileIsToldInWords() throws InterruptedException {
    pragma("query_only = ON");
    assertThatThrownBy(() -> publish(journal, 300, "1"))
        .hasMessage(
            "journal "
                + file
                + ": cannot be written by user "
                + USER
                + " (SQLITE_READONLY); give that user the right to write the file and its"
                + " directory, on a file system that is mounted writable")
        .extracting(e -> ((JournalException) e).kind())
        .isEqualTo(Kind.UNWRITABLE);
  }

  @Test
  void aToolThatKeepsItLockedIsToldInWordsAndOutcomesGoOnAfterIt() throws Exception {
    try (Connection tool = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = tool.createStatement()) {
      statement.executeUpdate("BEGIN IMMEDIATE");
      Samples.put(store, entries.getFirst(), new Failed("backlog limit"));
      assertThatThrownBy(() -> publish(journal, 300, "1"))
          .hasMessage(
              "journal "
                  + file
                  + ": another process keeps it locked (SQLITE_BUSY);"
                  + " end what has it open for writing, such as a sqlite3 tool in a transaction");
      statement.executeUpdate("ROLLBACK");
    }
    store.flush();
    assertThat(store.decided(0, Long.MAX_VALUE)).hasSize(1);
    publish(journal, 300, "1");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }
}
