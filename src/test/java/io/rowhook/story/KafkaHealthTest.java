package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.KafkaCluster;
import io.rowhook.testing.Ports;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the health of instances says that share a journal in Kafka. */
@Tag("slow")
class KafkaHealthTest {

  private static final String SOON = ", request.timeout.ms: 2000, default.api.timeout.ms: 2000";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void whoDoesNotKnowWhetherItMaySendSaysSo() throws Exception {
    KafkaCluster kafka = KafkaCluster.shared();
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage =
            Instances.inKafka(source, directory, kafka.bootstrapServersThroughCut(), SOON);
        RowhookProcess only = Instances.of(stage, "only").start()) {
      Path journal = directory.resolve("only.db");
      String well = Instances.ready(journal, "\"state\":\"ok\"");
      assertThat(well).doesNotContain("it sends nothing, and others may");
      kafka.cut();
      String unsure = Instances.says(journal, "it sends nothing, and others may");
      assertThat(unsure).contains("\"subject\":\"share\",\"state\":\"failing\"");
      kafka.mend();
      Instances.ready(journal, "\"state\":\"ok\"");
      source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 0)");
      stage.await("shop", 1);
      assertThat(only.stop()).isZero();
    } finally {
      kafka.mend();
    }
  }

  /** Twelve recipients, of which about half fall to an instance that knows none of them. */
  @Test
  void aRecipientWithoutAFileWhereItIsServedIsNamed() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage =
            Instances.inKafka(
                source,
                directory,
                KafkaCluster.shared().bootstrapServers(),
                ", advertised.api: 'http://127.0.0.1:${env:PORT}'")) {
      Path config = stage.options().config();
      Files.writeString(
          config.resolve("rowhook.yaml"),
          """

          admin:
            address: 127.0.0.1:${env:PORT}
            tokens: { read: read-token-of-all, operate: operate-token-of-all }
          """,
          StandardOpenOption.APPEND);
      Path without = directory.resolve("without");
      try (Stream<Path> files = Files.walk(config)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.copy(file, without.resolve(config.relativize(file)));
        }
      }
      for (int i = 0; i < 12; i++) {
        stage.recipient("depot-" + i, "url: ${env:SHOP_URL}");
      }
      try (RowhookProcess first = instance(stage, config, "first").start()) {
        first.awaitLine(LIMIT, "this instance serves 13 of 13 recipients");
        try (RowhookProcess second = instance(stage, without, "second").start()) {
          second.awaitLine(LIMIT, "it is not the turn of this instance");
          String said =
              Instances.says(
                  directory.resolve("first.db"),
                  "it has a file here, and none that is good at instance");
          assertThat(said).containsPattern("\"subject\": ?\"depot-").contains("which serves it");
        }
      }
    }
  }

  /** One with settings and an address of its own. */
  private RowhookProcess.Setup instance(Stage stage, Path config, String journal) {
    return Instances.of(stage, config, directory.resolve(journal + ".db"))
        .env("PORT", Integer.toString(Ports.free()));
  }
}
