package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.change;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.NetChange;
import io.rowhook.testing.SpilledInMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction that is far larger than memory. */
class StagingTest {

  private static final int ENTITIES = 180_000;
  private static final int ROWS = 200_000;
  private static final String TEXT = "x".repeat(100);

  /** Stages, publishes and checks what would be 200 MB of objects, in a heap of 32. */
  static final class Large {
    public static void main(String[] args) throws InterruptedException {
      try (SqliteJournal journal = SqliteJournal.open(Path.of(args[0]))) {
        journal.begin(EPOCH, lsn(100), Map.of());
        long started = System.nanoTime();
        List<NetChange> changes = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
          NetChange change = change("entity-" + row % ENTITIES, row);
          Objects.requireNonNull(change.after()).put("text", TEXT);
          changes.add(change);
          if (changes.size() == 5_000) {
            journal.stage(changes, Samples::merge);
            changes.clear();
          }
        }
        long staged = System.nanoTime();
        SpilledInMemory.publish(
            journal,
            transaction(200),
            c -> event(c.entityId(), 200, Objects.requireNonNull(c.after()).toString()));
        long published = System.nanoTime();
        System.out.println(check(journal));
        System.out.printf(
            "staged %,d rows/s, published %,d events/s%n",
            ROWS * 1_000_000_000L / (staged - started),
            ENTITIES * 1_000_000_000L / (published - staged));
      }
    }

    private static String check(SqliteJournal journal) {
      long after = 0;
      for (int i = 0; i < ENTITIES; ) {
        for (JournalEntry entry : journal.read(after, 1_000, 1 << 20)) {
          int stock = i < ROWS - ENTITIES ? ENTITIES + i : i;
          String json = new String(entry.event().json(), StandardCharsets.UTF_8);
          if (!entry.event().entityId().equals("entity-" + i)
              || !json.contains("\"stock\":" + stock + ",")) {
            return "wrong at " + i + ": " + entry;
          }
          after = entry.sequence();
          i++;
        }
      }
      return "right " + (journal.head() == ENTITIES);
    }
  }

  @Test
  void itPassesThroughALittleHeapMergedAndInOrder(@TempDir Path directory) throws Exception {
    Process process =
        Child.start(Large.class, List.of("-Xmx32m"), directory.resolve("journal.db").toString());
    List<String> output = Child.output(process).lines().toList();

    System.out.println("BENCH " + output);
    assertThat(process.waitFor()).isZero();
    assertThat(output.getFirst()).isEqualTo("right true");
  }
}
