package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;

import io.rowhook.entity.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast events get into the journal and out of it; prints, and asserts nothing. */
@Tag("benchmark")
class JournalBenchmark {

  private static final String JSON = "{\"text\":\"" + "x".repeat(490) + "\"}";

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1_000})
  void publishing(int perCommit, @TempDir Path directory) throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"))) {
      journal.begin(EPOCH, lsn(0), Map.of());
      int commits = Math.min(3_000, 300_000 / perCommit);
      run(journal, perCommit, 1, commits / 10);
      long started = System.nanoTime();
      long worked = processor();
      run(journal, perCommit, 1 + commits / 10, commits);
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.printf(
          "BENCH %d a commit: %,.0f events/s, %,.2f ms a commit, %,.1f µs of processor an event%n",
          perCommit,
          perCommit * (double) commits / seconds,
          seconds * 1_000 / commits,
          (processor() - worked) / 1e3 / perCommit / commits);
      read(journal);
    }
  }

  /** Nanoseconds of processor time so far: tells more than the clock on a busy machine. */
  private static long processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static void run(SqliteJournal journal, int perCommit, int from, int commits)
      throws InterruptedException {
    for (int end = from; end < from + commits; end++) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < perCommit; i++) {
        events.add(hashed(i, end));
      }
      journal.publish(transaction(end), events, List.of());
      journal.commit();
    }
  }

  private static Event hashed(int i, int end) {
    Event event = event("" + i, end, JSON);
    long mixed = (i * 1_000_003L + end) * 0x9E3779B97F4A7C15L;
    return new Event(
        "evt_%016x%016x".formatted(mixed, (long) i << 32 | end),
        event.entityType(),
        event.entityId(),
        event.type(),
        event.committedAt(),
        event.position(),
        event.json());
  }

  private static void read(SqliteJournal journal) {
    long started = System.nanoTime();
    long after = 0;
    long count = 0;
    while (after < journal.head()) {
      List<JournalEntry> entries = journal.read(after, 1_000, 1 << 20);
      after = entries.getLast().sequence();
      count += entries.size();
    }
    System.out.printf(
        "BENCH read: %,.0f events/s%n", count / ((System.nanoTime() - started) / 1e9));
  }
}
