package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Rowhook that takes over from another one, while changes go on. */
@Tag("feature-61")
class HandOverTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int RATE = 200;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  /** Twice, the second time by one that is killed when the other has let go. */
  @Test
  void nothingIsLostNorOutOfOrder() throws Exception {
    long seed = Long.getLong("handover.seed", System.nanoTime());
    System.out.println("seed " + seed);
    try (HandOvers story = new HandOvers(source, directory, RATE, seed)) {
      try (RowhookProcess old = story.handOver()) {
        assertThat(old.exitCode(LIMIT)).as(old.output()).isZero();
        assertThat(old.output())
            .contains("stopping: another process goes on", "stopped")
            .doesNotContain(" ERROR ");
      }
      assertThat(story.running().output())
          .contains("warmed up in")
          .doesNotContain("slot removal", " ERROR ");
      try (RowhookProcess old = story.handOverAndDie()) {
        assertThat(old.exitCode(LIMIT)).as(old.output()).isZero();
      }
      HandOvers.Outcome outcome = story.judge();
      System.out.println(outcome);
      assertThat(outcome.faults()).as("seed %d", seed).isEmpty();
    }
  }
}
