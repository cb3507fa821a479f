package io.rowhook.crash;

import io.rowhook.testing.RowhookProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A journal that the system refuses to write any more, under the product that has it open, until
 * this is closed. Neither permissions nor a mount can do that: both bind only who opens a file, and
 * a mount cannot be made read-only while one is open for writing.
 *
 * <p>Where the user may (root, on ext4 and others) the files are made immutable. Elsewhere the
 * process is forbidden to write into files, by its resource limit; to SQLite both are a failed
 * write.
 *
 * @param words of the journal's message
 */
record Unwritable(String words, List<String> undo) implements AutoCloseable {

  static Unwritable make(Path journal, RowhookProcess process) {
    List<String> files = List.of(journal.toString(), journal + "-wal");
    String pid = Long.toString(process.pid());
    if (run("chattr", "+i", files.getFirst(), files.getLast())) {
      return new Unwritable(
          "cannot be written by user " + System.getProperty("user.name") + " (SQLITE_IOERR_WRITE)",
          List.of("chattr", "-i", files.getFirst(), files.getLast()));
    }
    if (run("prlimit", "--pid", pid, "--fsize=1:unlimited")) {
      return new Unwritable(
          "its disk answers with errors (SQLITE_IOERR_WRITE)",
          List.of("prlimit", "--pid", pid, "--fsize=unlimited:unlimited"));
    }
    throw new AssertionError("neither chattr nor prlimit can keep this process from writing");
  }

  @Override
  public void close() {
    if (!run(undo.toArray(String[]::new))) {
      throw new AssertionError("failed: " + undo);
    }
  }

  private static boolean run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String says = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean done = process.waitFor() == 0;
      if (!done) {
        System.out.println(String.join(" ", command) + ": " + says.strip());
      }
      return done;
    } catch (IOException e) {
      System.out.println(command[0] + ": " + e.getMessage()); // there is none
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
