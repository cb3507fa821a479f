package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.change;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.entity.NetChange;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.testing.SpilledInMemory;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at any moment: what commit() has returned for is there, and nothing is there half. */
class JournalCrashTest {

  private static final int EVENTS = 20;

  @TempDir Path directory;

  /**
   * Publishes transaction after transaction, and says after each commit which; every third staged.
   */
  static final class Publisher {
    public static void main(String[] args) throws InterruptedException {
      SqliteJournal journal = SqliteJournal.open(Path.of(args[0]));
      if (journal.epoch().isEmpty()) {
        journal.begin(EPOCH, lsn(1_000), Map.of());
      }
      DeliveryStore store = journal.deliveries("shop");
      for (long end = journal.watermark().stored() + 1; ; end++) {
        List<Event> events = new ArrayList<>();
        List<NetChange> changes = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          events.add(event("entity-" + i, end));
          changes.add(change("entity-" + i, i));
        }
        if (end % 3 == 0) {
          long at = end;
          journal.stage(changes, Samples::merge);
          SpilledInMemory.publish(journal, transaction(end), c -> event(c.entityId(), at));
        } else {
          journal.publish(transaction(end), events, List.of());
          journal.commit();
        }
        System.out.println("committed " + end);
        JournalEntry last = journal.read(journal.head() - 1, 1, 1_000_000).getFirst();
        Samples.attempted(store, last, attempt(1, NOON, "set"), new Delivered(), 0, 0);
        store.advance(last.sequence());
        if (end % 5 == 0) {
          store.flush();
          System.out.println("settled " + last.sequence());
        }
      }
    }
  }

  @RepeatedTest(2)
  void whatWasCommittedIsThereWholeAfterAKill() throws Exception {
    Path file = directory.resolve("journal.db");
    long seed = System.nanoTime();
    System.out.println("JournalCrashTest seed " + seed);
    Random random = new Random(seed);
    long committed = 0;
    long settled = 0;
    for (int kill = 0; kill < 3; kill++) {
      Process publisher = Child.start(Publisher.class, List.of("-Xshare:auto"), file.toString());
      try (BufferedReader output = Child.output(publisher)) {
        int lines = 5 + random.nextInt(60);
        for (int line = 0; line < lines; line++) {
          String[] said = output.readLine().split(" ", -1);
          committed = said[0].equals("committed") ? Long.parseLong(said[1]) : committed;
          settled = said[0].equals("settled") ? Long.parseLong(said[1]) : settled;
        }
        // Not right after it has said something, but anywhere in what it does next.
        assertThat(publisher.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS)).isFalse();
      } finally {
        publisher.destroyForcibly();
        assertThat(publisher.waitFor()).isNotZero();
      }
    }

    try (SqliteJournal journal = SqliteJournal.open(file)) {
      List<JournalEntry> all = journal.read(0, Integer.MAX_VALUE, Long.MAX_VALUE);
      long last = journal.watermark().stored();
      assertThat(last).isGreaterThanOrEqualTo(committed);
      assertThat(all).extracting(JournalEntry::sequence).doesNotHaveDuplicates().isSorted();
      assertThat(
              all.stream()
                  .map(entry -> entry.event().position().stored())
                  .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
          .as("each transaction is there once and whole")
          .hasSize((int) (last - 1_000))
          .allSatisfy((end, count) -> assertThat(count).isEqualTo(EVENTS));
      DeliveryStore store = journal.deliveries("shop");
      assertThat(store.cursor()).isGreaterThanOrEqualTo(settled).isLessThanOrEqualTo(last * 20);
      assertThat(store.decided(0, Long.MAX_VALUE))
          .as("no cursor without its outcome")
          .contains(store.cursor());
    }
  }
}
