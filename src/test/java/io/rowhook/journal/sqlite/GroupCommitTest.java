package io.rowhook.journal.sqlite;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads share the writer's commits. */
class GroupCommitTest {

  private static final int RECIPIENTS = 12;

  @TempDir Path directory;
  SqliteJournal journal;
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    journal.deliveries("other");
    for (int i = 0; i < RECIPIENTS; i++) {
      journal.deliveries("recipient-" + i);
    }
    String[] ids = new String[400];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "" + i;
    }
    entries = publish(journal, 200, ids);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  /** Settles every event in some order, with random outcomes; how many stay open. */
  private long settle(String recipient, long seed) throws InterruptedException {
    Random random = new Random(seed);
    DeliveryStore store = journal.deliveries(recipient);
    long open = 0;
    for (JournalEntry entry : entries) {
      switch (random.nextInt(3)) {
        case 0 -> Samples.attempted(store, entry, attempt(1, NOON, "set"), new Delivered(), 0, 0);
        case 1 ->
            Samples.attempted(store, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
        default -> {
          Samples.attempted(store, entry, attempt(1, NOON, "set"), new Retrying(NOON), 0, 0);
          open++;
        }
      }
      store.advance(entry.sequence());
      if (random.nextInt(50) == 0) {
        store.flush();
        assertThat(store.cursor()).isEqualTo(entry.sequence());
        assertThat(store.open()).isEqualTo(open);
      }
    }
    store.flush();
    return open;
  }

  @Test
  void recipientsAndCaptureWriteAtOnceAndEachFindsItsOwn() throws Exception {
    long seed = System.nanoTime();
    System.out.println("GroupCommitTest seed " + seed);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> open = new ArrayList<>();
      for (int i = 0; i < RECIPIENTS; i++) {
        String recipient = "recipient-" + i;
        long own = seed + i;
        open.add(threads.submit(() -> settle(recipient, own)));
      }
      Callable<Long> capture =
          () -> {
            for (int end = 300; end < 350; end++) {
              publish(journal, end, "new");
            }
            return journal.head();
          };
      assertThat(threads.submit(capture).get()).isEqualTo(450);
      for (int i = 0; i < RECIPIENTS; i++) {
        long left = open.get(i).get(); // settled, all of it
        DeliveryStore store = journal.deliveries("recipient-" + i);
        assertThat(store.open()).isEqualTo(left);
        assertThat(store.cursor()).isEqualTo(400);
        assertThat(store.decided(0, Long.MAX_VALUE)).hasSize(400);
      }
    }
  }

  @Test
  void onlyTheGuiltyOneOfAGroupFails() throws Exception {
    DeliveryStore store = journal.deliveries("recipient-0");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // While the writer is held here, the others gather behind it and become one group.
      java.util.concurrent.CountDownLatch gathered = new java.util.concurrent.CountDownLatch(1);
      Future<Boolean> holder =
          threads.submit(() ->
              journal.write(sql -> {
                try {
                  gathered.await();
                } catch (InterruptedException e) {
                  throw new SQLException(e);
                }
                return true;
              }));
      Samples.put(store, entries.getFirst(), new Failed("backlog limit"));
      Future<Boolean> guilty =
          threads.submit(() ->
              journal.write(sql -> {
                sql.update("INSERT INTO recipient (name) VALUES ('half')");
                return true;
              }));
      journal.publish(transaction(300), List.of(event("new", 300)), List.of());
      gathered.countDown();
      journal.commit();
      store.flush();

      assertThat(holder.get()).isTrue();
      assertThatThrownBy(guilty::get)
          .hasRootCauseMessage(
              "[SQLITE_CONSTRAINT_NOTNULL] A NOT NULL constraint failed"
                  + " (NOT NULL constraint failed: recipient.cursor)");
      assertThat(journal.head()).isEqualTo(401);
      assertThat(store.decided(0, Long.MAX_VALUE)).containsExactly(1L);
    }
  }

  @Test
  void anInterruptedCommitDoesNoHarmWhenItIsReadAgain() throws Exception {
    journal.publish(transaction(300), List.of(event("new", 300)), List.of());
    Thread.currentThread().interrupt();
    assertThatThrownBy(journal::commit).isInstanceOf(InterruptedException.class);

    journal.discard();
    publish(journal, 300, "new");

    assertThat(journal.read(400, 10, 1_000)).hasSize(1);
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  @Test
  void readsGoOnWhenInterruptedAndKeepTheInterruption() {
    Thread.currentThread().interrupt();

    assertThat(journal.find("evt_7_200")).isPresent();
    assertThat(journal.deliveries("recipient-0").cursor()).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }
}
