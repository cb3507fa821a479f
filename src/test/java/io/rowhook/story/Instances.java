package io.rowhook.story;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;

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
    return of(stage, stage.options().config(), stage.directory().resolve(journal + ".db"));
  }

  /** One with settings of its own. */
  static RowhookProcess.Setup of(Stage stage, Path config, Path journal) {
    RowhookProcess.Setup setup = RowhookProcess.run(config, stage.options().templates(), journal);
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup;
  }

  /** Waits until the service of this journal is ready and says this; returns all that it says. */
  static String ready(Path journal, String text) {
    return says(journal, "\"ready\":true", text);
  }

  /** Waits until the service of this journal says all this; returns all that it says. */
  static String says(Path journal, String... texts) {
    return Eventually.until(
        LIMIT,
        "it says: " + String.join(", ", texts),
        () -> {
          try (RowhookProcess status =
              RowhookProcess.command("status", "--json", "--journal", journal.toString()).start()) {
            status.exitCode(LIMIT);
            String said = status.output();
            String dense = said.replace(" ", "");
            return Stream.of(texts).allMatch(text -> dense.contains(text.replace(" ", "")))
                ? said
                : null;
          }
        });
  }

  /** SIGSTOP: it is there, and does nothing any more. */
  static void freeze(RowhookProcess process) throws Exception {
    signal(process, "-STOP");
  }

  /** SIGCONT: it goes on where it was. */
  static void thaw(RowhookProcess process) throws Exception {
    signal(process, "-CONT");
  }

  private static void signal(RowhookProcess process, String signal) throws Exception {
    int status = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError("kill " + signal + " has the status " + status);
    }
  }
}
