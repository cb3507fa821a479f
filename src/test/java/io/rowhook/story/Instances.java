package io.rowhook.story;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Several processes with the settings of one stage, each with a journal of its own. */
final class Instances {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Instances() {}

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
    AtomicReference<String> said = new AtomicReference<>("");
    Eventually.within(
        LIMIT,
        "it is ready and says: " + text,
        () -> {
          try (RowhookProcess status =
              RowhookProcess.command("status", "--json", "--journal", journal.toString()).start()) {
            status.exitCode(LIMIT);
            said.set(status.output());
          }
          return said.get().replace(" ", "").contains("\"ready\":true")
              && said.get().contains(text);
        });
    return said.get();
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
