package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process: its exit status, and what it says when it cannot start. */
class ServiceTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void aFailedStartIsStatusOneAndWords() {
    try (RowhookProcess missing =
        RowhookProcess.run(directory.resolve("nope"), directory, directory.resolve("j.db"))
            .start()) {
      assertThat(missing.exitCode(LIMIT)).isEqualTo(1);
      assertThat(missing.output())
          .isEqualTo(
              "rowhook run: "
                  + directory.resolve("nope")
                  + ": the directory is missing. Create it, or name another with --config.");
    }
  }

  @Test
  @Tag("feature-37")
  void aSignalIsACleanStopAndAKilledOneGoesOn() {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess killed = process(stage)) {
        source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0)");
        stage.await("shop", 1);
        source.execute("INSERT INTO article VALUES (2, 'A', 'Two', 1.00, 0)");
        killed.kill();
      }
      source.execute("INSERT INTO article VALUES (3, 'A', 'Three', 1.00, 0)");
      try (RowhookProcess stopped = process(stage)) {
        stage.awaitEntities("shop", "1", "2", "3");
        assertThat(stopped.stop()).isZero();
        assertThat(stopped.output()).contains("INFO  Service stopped");
        assertThat(source.query("SELECT active FROM pg_replication_slots")).isEqualTo("f");
      }
      source.execute("SELECT pg_drop_replication_slot('rowhook')");
      try (RowhookProcess refused = setup(stage).start()) {
        assertThat(refused.exitCode(LIMIT)).isEqualTo(1);
        assertThat(refused.output())
            .contains("replication slot 'rowhook' does not exist any more", "--accept-gap");
      }
      try (RowhookProcess accepted = setup(stage).with("--accept-gap").start()) {
        accepted.awaitLine(LIMIT, "Streaming from slot");
        source.execute("INSERT INTO article VALUES (4, 'A', 'Four', 1.00, 0)");
        stage.awaitEntities("shop", "1", "2", "3", "4");
      }
    }
  }

  private static RowhookProcess process(Stage stage) {
    RowhookProcess process = setup(stage).start();
    process.awaitLine(LIMIT, "Streaming from slot");
    return process;
  }

  private static RowhookProcess.Setup setup(Stage stage) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            stage.options().config(), stage.options().templates(), stage.journalFile());
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup;
  }
}
