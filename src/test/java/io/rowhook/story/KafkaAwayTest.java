package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.KafkaCluster;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance that is started while Kafka is away. */
@Tag("slow")
class KafkaAwayTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SOON = ", request.timeout.ms: 2000, default.api.timeout.ms: 2000";
  private static final String WAITING = "Waiting for it";

  @TempDir Path directory;

  @Test
  void itWaitsForAKafkaThatItKnows() throws Exception {
    KafkaCluster kafka = KafkaCluster.shared();
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage =
            Instances.inKafka(source, directory, kafka.bootstrapServersThroughCut(), SOON)) {
      kafka.cut();
      try (RowhookProcess unknown = Instances.of(stage, "one").start()) {
        assertThat(unknown.exitCode(LIMIT)).isEqualTo(1);
        assertThat(unknown.output()).contains("bootstrap.servers").doesNotContain(WAITING);
      }
      kafka.mend();
      try (RowhookProcess first = Instances.of(stage, "one").start()) {
        first.awaitLine(LIMIT, "Streaming from slot");
        first.kill();
      }
      kafka.cut();
      try (RowhookProcess waiting = Instances.of(stage, "one").start()) {
        waiting.awaitLine(LIMIT, WAITING);
        assertThat(waiting.stop()).isZero();
      }
      try (RowhookProcess waiting = Instances.of(stage, "one").start()) {
        waiting.awaitLine(LIMIT, WAITING);
        kafka.mend();
        waiting.awaitLine(LIMIT, "Streaming from slot");
        source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1, 0)");
        stage.await("shop", 1);
        assertThat(waiting.stop()).isZero();
      }
    } finally {
      kafka.mend();
    }
  }
}
