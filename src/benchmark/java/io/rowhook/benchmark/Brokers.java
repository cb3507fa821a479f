package io.rowhook.benchmark;

import io.rowhook.testing.KafkaCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Three brokers of Kafka, in processes of their own on the same machine, for a product whose
 * journal is there: with {@code -Djournal=kafka} in every case. One thread.
 */
final class Brokers {

  private static @Nullable KafkaCluster cluster;
  private static boolean used = System.getProperty("journal", "").equals("kafka");
  private static int journals;

  private Brokers() {}

  /** From now on the product's journals are there, or not. */
  static void use(boolean kafka) {
    used = kafka;
  }

  /** What {@code rowhook.yaml} says of a journal that nobody has had; empty: nothing. */
  static String settings() {
    if (!used) {
      return "";
    }
    if (cluster == null) {
      cluster = KafkaCluster.start(3);
    }
    return "journal: { kafka: { bootstrap.servers: '%s', topic-prefix: journal-%d } }%n"
        .formatted(cluster.bootstrapServers(), ++journals);
  }

  /** Writes them into the settings' directory, where there are any. */
  static void write(Path config) throws java.io.IOException {
    String settings = settings();
    if (!settings.isEmpty()) {
      Files.writeString(config.resolve("rowhook.yaml"), settings);
    }
  }

  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
