package io.rowhook.benchmark;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.PropertiesFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The bare Debezium engine in a process of its own: counts the rows that it is given, and does
 * nothing with them. What nobody who captures by it can be faster than.
 */
final class BareEngine {

  private static final AtomicLong COUNT = new AtomicLong();
  private static volatile long last; // microseconds since 1970

  private BareEngine() {}

  /** Answers {@code count} with how many rows have come, and when the last did. */
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      properties.load(reader);
    }
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(properties)
            .notifying((records, committer) -> {
              for (RecordChangeEvent<SourceRecord> record : records) {
                committer.markProcessed(record);
              }
              committer.markBatchFinished();
              last = Load.now(); // first: whoever sees the count reads it
              COUNT.addAndGet(records.size());
            })
            .build();
    Thread.ofPlatform().daemon().start(() -> answer());
    engine.run();
  }

  private static void answer() {
    try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (lines.readLine() != null) {
        System.out.println("count " + COUNT.get() + " " + last);
      }
    } catch (IOException e) {
      System.err.println(e);
    }
    System.exit(0);
  }

  static Spawned start(Bed bed, Path directory) throws IOException {
    Map<String, String> properties = bed.connector("bare");
    properties.put("name", "bare");
    properties.put("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    properties.put("extended.headers.enabled", "false");
    properties.put("time.precision.mode", "isostring");
    Path file = directory.resolve("engine.properties");
    PropertiesFile.write(file, properties);
    Spawned process =
        Spawned.start(
            "the bare engine",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Receiving.classPath(),
                BareEngine.class.getName(),
                file.toString()),
            Map.of(),
            directory);
    bed.awaitReader(process);
    return process;
  }

  /** Waits until so many rows have come since the last time; returns when the last did. */
  static long await(Spawned engine, long rows) {
    long[] at = new long[1];
    Eventually.within(
        Duration.ofMinutes(5),
        rows + " rows have come",
        () -> {
          String[] answer = engine.ask("count").split(" ", 3);
          at[0] = Long.parseLong(answer[2]);
          return Long.parseLong(answer[1]) >= rows;
        });
    return at[0];
  }
}
