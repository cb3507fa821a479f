package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SharedKafka;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two instances that share a journal in Kafka the one that captures hangs. */
@Tag("slow")
class HungInstanceTest {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path directory;

  /** Its connection to the source stays open, and with it the slot, for a minute otherwise. */
  @Test
  void theOtherTakesTheSlotFromIt() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = Instances.inKafka(source, directory, SharedKafka.servers(), "")) {
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
