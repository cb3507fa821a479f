package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.attempted;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.waiting;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.JournalFiles;
import io.rowhook.testing.KafkaCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is made anew, from topics of which Kafka has kept each row's last record alone. */
class CompactedJournalTest {

  private static final Duration WITHIN = Duration.ofSeconds(60);
  private static final int TRANSACTIONS = 60;

  @TempDir Path directory;
  private final String prefix = "t" + UUID.randomUUID();
  private final KafkaSettings kafka =
      SharedJournal.settings(KafkaCluster.shared().bootstrapServers(), prefix);

  @Test
  @Tag("slow") // Kafka's cleaner takes its time
  void aFileOfCompactedTopicsHasTheSameRows() throws Exception {
    try (SqliteJournal first = SharedJournal.alone(place("first"), kafka)) {
      first.begin(EPOCH, lsn(100), Map.of("here", "a note"));
      List<String> names = SharedJournal.served(first).subList(0, 5);
      names.forEach(first::deliveries); // from here on they are owed
      for (int i = 0; i < TRANSACTIONS; i++) {
        work(first, names, i);
      }
      Instant late = Instant.now().plus(Duration.ofDays(1));
      Set<String> present = Set.copyOf(names);
      first.housekeeping().removeSettled(late, first.housekeeping().seen(present, late, late), 100);

      Map<String, Integer> before = superseded();
      compactAtOnce();
      int[] more = {TRANSACTIONS};
      Eventually.within(
          WITHIN,
          "Kafka has compacted what was there",
          () -> {
            work(first, names, more[0]++); // a segment is closed by what comes after its time
            return superseded().entrySet().stream()
                .allMatch(topic -> topic.getValue() < before.getOrDefault(topic.getKey(), 0) / 2);
          });
      try (SqliteJournal second =
          SharedJournal.open(place("second"), kafka, new SharedJournal.Share())) {
        SharedJournal.awaitAll(List.of(first, second));
        Eventually.within(WITHIN, "the second has the newest", () -> second.head() == first.head());
        Eventually.within(
            WITHIN,
            "the files are alike",
            () -> JournalFiles.differences(file("first"), file("second")).isEmpty());
        assertThat(second.note("here")).contains("a note");
      }
    }
  }

  /** One of everything that overwrites what was there, or takes it away. */
  private static void work(SqliteJournal journal, List<String> names, int number) throws Exception {
    publish(journal, 200 + number, "a", "b", "c");
    for (String name : names) {
      DeliveryStore store = journal.deliveries(name);
      List<JournalEntry> entries = journal.read(store.cursor(), 100, Long.MAX_VALUE);
      JournalEntry entry = entries.getFirst();
      attempted(store, entry, attempt(1, NOON, "set-1"), waiting(number), 0, 0);
      attempted(store, entry, attempt(2, NOON, "set-1"), new Failed("no"), 0, 0);
      store.advance(entries.getLast().sequence());
      store.flush();
      if (number % 3 != 0) {
        journal.deliveryAdmin().discard(name, entry.sequence());
      }
    }
    journal.deliveryAdmin().pause(names.getFirst(), "why " + number, NOON);
    if (number % 2 == 0) {
      journal.deliveryAdmin().resume(names.getFirst(), NOON);
    }
  }

  private Path place(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name));
  }

  private Path file(String name) {
    return directory.resolve(name).resolve("journal.db");
  }

  private void compactAtOnce() throws Exception {
    List<AlterConfigOp> settings =
        Map.of("segment.ms", "100", "min.cleanable.dirty.ratio", "0", "max.compaction.lag.ms", "1")
            .entrySet()
            .stream()
            .map(one -> new ConfigEntry(one.getKey(), one.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    Map<ConfigResource, Collection<AlterConfigOp>> all = new HashMap<>();
    for (String topic : topics()) {
      all.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), settings);
    }
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", (Object) kafka.bootstrapServers()))) {
      admin.incrementalAlterConfigs(all).all().get();
    }
  }

  private List<String> topics() {
    return List.of(prefix + ".events", prefix + ".deliveries");
  }

  /** How many records each topic has that a later one of the same row stands for. */
  private Map<String, Integer> superseded() {
    Map<String, Integer> counts = new HashMap<>();
    Set<String> rows = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> reader =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", (Object) kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Set<TopicPartition> left =
          topics().stream()
              .flatMap(topic -> reader.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .collect(Collectors.toSet());
      reader.assign(left);
      reader.seekToBeginning(left);
      Map<TopicPartition, Long> ends = reader.endOffsets(left);
      while (!left.isEmpty()) {
        reader
            .poll(Duration.ofMillis(100))
            .forEach(record -> {
              boolean known = !rows.add(record.topic() + new String(record.key(), UTF_8));
              counts.merge(record.topic(), known ? 1 : 0, Integer::sum);
            });
        left.removeIf(partition -> reader.position(partition) >= ends.getOrDefault(partition, 0L));
      }
    }
    return counts;
  }
}
