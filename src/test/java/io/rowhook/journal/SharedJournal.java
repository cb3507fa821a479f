package io.rowhook.journal;

import io.rowhook.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Journals in Kafka, as an instance of Rowhook has one, without the rest of it. */
public final class SharedJournal {

  private static final Duration WITHIN = Duration.ofSeconds(60);

  private SharedJournal() {}

  /** Notes what falls to it, and does nothing with it. */
  public static class Share implements ShareListener {

    public volatile boolean captures;
    public volatile Predicate<String> mine = _ -> false;

    @Override
    public void serve(Predicate<String> recipients) {
      mine = recipients;
    }

    @Override
    public void capture(boolean capturing) {
      captures = capturing;
    }

    @Override
    public void maySend() {}
  }

  /** Settings for a Kafka; the prefix keeps its journals apart. */
  public static KafkaSettings settings(String bootstrapServers, String prefix) {
    return new KafkaSettings(bootstrapServers, prefix, Optional.empty(), Map.of());
  }

  /** Opens one that does everything; returns when all of it has fallen to it. */
  public static SqliteJournal alone(Path directory, KafkaSettings kafka) {
    SqliteJournal journal = open(directory, kafka, new Share());
    awaitAll(List.of(journal));
    return journal;
  }

  public static SqliteJournal open(Path directory, KafkaSettings kafka, ShareListener listener) {
    try {
      SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"), kafka);
      journal.sharing().take(true, true, listener);
      return journal;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until these share all of the work. */
  public static void awaitAll(List<SqliteJournal> journals) {
    Eventually.until(
        WITHIN,
        "all partitions are owned",
        () ->
            journals.stream().filter(journal -> journal.sharing().captures()).count() == 1
                    && journals.stream().allMatch(one -> !served(one).isEmpty())
                    && IntStream.range(0, 1_000)
                        .mapToObj(i -> "r" + i)
                        .allMatch(name ->
                            journals.stream().filter(one -> one.sharing().serves(name)).count()
                                == 1)
                ? ""
                : null);
  }

  /** Of many names, those whose recipients it serves. */
  public static List<String> served(SqliteJournal journal) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "r" + i)
        .filter(journal.sharing()::serves)
        .toList();
  }
}
