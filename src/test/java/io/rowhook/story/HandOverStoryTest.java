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

/**
 * One Rowhook after the other takes over while 500 changes a second go on. {@code
 * -Dhandover.runs=100} makes more hand-overs, {@code -Dhandover.seed} the same again.
 */
@Tag("slow")
@Tag("feature-61")
class HandOverStoryTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @Test
  void nothingIsLostOverManyHandOvers() throws Exception {
    int runs = Integer.getInteger("handover.runs", 3);
    int rate = Integer.getInteger("handover.rate", 500);
    long seed = Long.getLong("handover.seed", System.nanoTime());
    System.out.printf("%d hand-overs at %d changes/s, seed %d%n", runs, rate, seed);
    try (HandOvers story = new HandOvers(source, directory, rate, seed)) {
      for (int i = 0; i < runs; i++) {
        try (RowhookProcess old = story.handOver()) {
          assertThat(old.exitCode(LIMIT)).as(old.output()).isZero();
          System.out.println(old.awaitLine(LIMIT, "let go for another process"));
        }
      }
      HandOvers.Outcome outcome = story.judge();
      System.out.println(outcome);
      assertThat(outcome.faults()).as("seed %d", seed).isEmpty();
    }
  }
}
