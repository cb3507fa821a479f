package io.rowhook.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packages of {@code src/test/npm}, and its programs with them. Needs Node and npm. */
public final class NpmPackages {

  private static final Path SOURCES = Path.of("src", "test", "npm");
  private static final Path HOME = Path.of("target", "npm");

  /** Where the packages are, once they are there. */
  public static final Path INSTALLED = HOME.resolve("node_modules");

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private NpmPackages() {}

  /**
   * One of its programs, not started yet; the packages are there then.
   *
   * @throws AssertionError if they cannot be had, with what npm says
   */
  public static ProcessBuilder node(String program, String... arguments) throws IOException {
    install();
    copy(program);
    List<String> command = new ArrayList<>(List.of("node", program));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(HOME.toFile());
  }

  /**
   * Has them there.
   *
   * @throws AssertionError if they cannot be had, with what npm says
   */
  public static void install() throws IOException {
    Files.createDirectories(HOME);
    copy("package.json");
    File log = HOME.resolve("install.log").toFile();
    Process npm =
        new ProcessBuilder(
                "npm",
                "install",
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--engine-strict")
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    if (exitValue(npm, LIMIT) != 0) {
      throw new AssertionError("npm install: " + Files.readString(log.toPath()));
    }
  }

  private static void copy(String file) throws IOException {
    Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Runs one of its programs and prints what it prints.
   *
   * @throws AssertionError with that, if it does not end well within the time
   */
  public static void run(ProcessBuilder program, Duration limit) throws IOException {
    Path log = Files.createTempFile(HOME, "program", ".log");
    Process process = program.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    process.getOutputStream().close();
    int status = exitValue(process, limit);
    String output = Files.readString(log);
    if (status != 0) {
      throw new AssertionError("it ended with " + status + ":\n" + output);
    }
    System.out.print(output);
  }

  /** Its exit status; -1: it did not end within the time, and is killed. */
  public static int exitValue(Process process, Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }
}
