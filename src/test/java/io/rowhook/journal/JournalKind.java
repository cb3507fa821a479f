package io.rowhook.journal;

import io.rowhook.testing.JournalUnderTest;
import io.rowhook.testing.SharedKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A kind of journal, of which the contract's tests hold for each; opens one, or opens it again.
 * Which one {@link JournalUnderTest} says: {@code mvn -Pkafka test} for that in Kafka.
 */
record JournalKind(String name, Function<Path, Journal> opener) {

  static Stream<JournalKind> all() {
    return Stream.of(
        JournalUnderTest.isKafka()
            ? new JournalKind("Kafka", JournalKind::inKafka)
            : new JournalKind("SQLite", JournalKind::inFile));
  }

  private static Journal inFile(Path directory) {
    return SqliteJournal.open(directory.resolve("journal.db"));
  }

  /** One for each directory. */
  private static Journal inKafka(Path directory) {
    return SharedJournal.alone(
        directory,
        SharedJournal.settings(SharedKafka.servers(), directory.getFileName().toString()));
  }

  Journal open(Path directory) {
    return opener.apply(directory);
  }

  /** The entities of all events that are seen, in order. */
  static List<String> ids(Journal journal) {
    return ids(journal.read(0, Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  static List<String> ids(List<JournalEntry> entries) {
    return entries.stream().map(entry -> entry.event().entityId()).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
