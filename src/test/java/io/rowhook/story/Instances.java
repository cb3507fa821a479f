package io.rowhook.story;

import io.rowhook.testing.RowhookProcess;

/** Several processes with the settings of one stage, each with a journal of its own. */
final class Instances {

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

  /** SIGSTOP: it is there, and does nothing any more. */
  static void freeze(RowhookProcess process) throws Exception {
    int status =
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError("kill -STOP has the status " + status);
    }
  }
}
