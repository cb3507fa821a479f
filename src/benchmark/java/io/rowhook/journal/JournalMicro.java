package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it takes to get an event into the journal, 100 with a commit to disk, and to read it from
 * there.
 */
@State(Scope.Benchmark)
public class JournalMicro {

  private static final int TOGETHER = 100;
  private static final int READ = 1_000;
  private static final byte[] JSON =
      ("{\"text\":\"" + "x".repeat(590) + "\"}").getBytes(StandardCharsets.UTF_8);

  private final Path directory;
  private SqliteJournal journal;
  private long end;

  public JournalMicro() {
    try {
      directory = Files.createTempDirectory("rowhook-micro");
      journal = SqliteJournal.open(directory.resolve("journal.db"));
      journal.begin(EPOCH, lsn(0), Map.of());
      for (int i = 0; i < READ / TOGETHER; i++) {
        append();
      }
      journal.close();
      journal = SqliteJournal.open(directory.resolve("journal.db")); // has none in memory
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TOGETHER)
  public final long append() throws InterruptedException {
    end++;
    journal.publish(
        transaction(end), IntStream.range(0, TOGETHER).mapToObj(this::event).toList(), List.of());
    journal.commit();
    return end;
  }

  @Benchmark
  @OperationsPerInvocation(READ)
  public Object read() {
    List<JournalEntry> entries = journal.read(0, READ, Long.MAX_VALUE);
    if (entries.size() != READ) {
      throw new IllegalStateException("read " + entries.size());
    }
    return entries;
  }

  @TearDown
  public void close() throws IOException {
    journal.close();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private Event event(int i) {
    long mixed = (i * 1_000_003L + end) * 0x9E3779B97F4A7C15L; // ids are hashes
    return new Event(
        "evt_%016x%016x".formatted(mixed, (long) i << 32 | end),
        "Article",
        Integer.toString(i),
        EventType.Updated,
        NOON.plusMillis(end),
        lsn(end),
        JSON);
  }
}
