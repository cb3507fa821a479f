package io.rowhook.story;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/** Several processes with the settings of one stage, each with a journal of its own. */
final class Instances {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Instances() {}

  /** Settings of a shop, with the journal in a Kafka and topics that nobody has had. */
  static Stage inKafka(SourceDatabase source, Path directory, String servers, String more) {
    Stage stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    stage.write(
        "connector-config/rowhook.yaml",
        "journal: { kafka: { bootstrap.servers: '%s', topic-prefix: t%s %s } }"
            .formatted(servers, UUID.randomUUID(), more));
    return stage;
  }

  /** One that is not started yet. */
  static RowhookProcess.Setup of(Stage stage, String journal) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            stage.options().config(),
            stage.options().templates(),
            stage.directory().resolve(journal + ".db"));
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup;
  }

  /** Waits until the service of this journal is ready and says this; returns all that it says. */
  static String ready(Path journal, String text) {
    return Eventually.until(
        LIMIT,
        "it is ready and says: " + text,
        () -> {
          try (RowhookProcess status =
              RowhookProcess.command("status", "--json", "--journal", journal.toString()).start()) {
            status.exitCode(LIMIT);
            String said = status.output();
            boolean ready = said.replace(" ", "").contains("\"ready\":true");
            return ready && said.contains(text) ? said : null;
          }
        });
  }

  /** SIGSTOP: it is there, and does nothing any more. */
  static void freeze(RowhookProcess process) throws Exception {
    int status =
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError("kill -STOP has the status " + status);
    }
  }
}
