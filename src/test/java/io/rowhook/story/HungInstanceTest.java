package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.KafkaCluster;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two instances that share a journal in Kafka the one that captures hangs. */
class HungInstanceTest {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path directory;

  /** Its connection to the source stays open, and with it the slot, for a minute otherwise. */
  @Test
  void theOtherTakesTheSlotFromIt() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      stage.write(
          "connector-config/rowhook.yaml",
          "journal: { kafka: { bootstrap.servers: '%s', topic-prefix: t%s } }"
              .formatted(KafkaCluster.shared().bootstrapServers(), UUID.randomUUID()));
      try (RowhookProcess first = Instances.of(stage, "first").start()) {
        first.awaitLine(LIMIT, "Streaming from slot");
        try (RowhookProcess second = Instances.of(stage, "second").start()) {
          second.awaitLine(LIMIT, "it is not the turn of this instance");
          second.awaitLine(LIMIT, "this instance serves");
          Instances.freeze(first);
          source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 0)");
          second.awaitLine(LIMIT, "its connection was ended");
          second.awaitLine(LIMIT, "Streaming from slot");
          stage.await("shop", 1);
          assertThat(second.output()).doesNotContain("is in use by");
        }
      }
    }
  }
}
