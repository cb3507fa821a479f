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

/** What an administrator reads while the source's server is restarted. */
@Tag("slow")
class SourceRestartTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void itIsToldWithoutStackTraces() {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      RowhookProcess.Setup setup =
          RowhookProcess.run(
              stage.options().config(),
              stage.options().templates(),
              directory.resolve("journal.db"));
      stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
      try (RowhookProcess rowhook = setup.start()) {
        rowhook.awaitLine(LIMIT, "Streaming from slot");
        source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0)");
        stage.await("shop", 1);
        source.restart();
        source.execute("INSERT INTO article VALUES (2, 'A', 'Two', 1.00, 0)");
        stage.await("shop", 2);
        source.stop();
        rowhook.awaitLine(LIMIT, "cannot reach the server");
        source.restart();
        source.execute("INSERT INTO article VALUES (3, 'A', 'Three', 1.00, 0)");
        stage.await("shop", 3);
        assertThat(rowhook.stop()).isZero();
        assertThat(rowhook.output()).contains("capture failed");
        assertThat(rowhook.output().lines()).noneMatch(line -> line.startsWith("\tat "));
      }
    }
  }
}
