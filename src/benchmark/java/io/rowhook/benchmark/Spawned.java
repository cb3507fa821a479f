package io.rowhook.benchmark;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.ProcessMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process: its lines, its end, what it takes of the machine. One thread, but for its
 * output.
 */
final class Spawned implements AutoCloseable {

  private static final int LINES_KEPT = 5_000;
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final PrintWriter input;
  private final Thread atExit;
  private final Deque<String> lines = new ArrayDeque<>(); // guarded by itself
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>(LINES_KEPT);

  private Spawned(String name, Process process) {
    this.name = name;
    this.process = process;
    this.input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    this.atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
    Thread.ofVirtual().start(this::read);
  }

  static Spawned start(
      String name, List<String> command, Map<String, String> environment, Path directory) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      return new Spawned(name, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        while (!answers.offer(line)) {
          answers.poll(); // nobody asks it
        }
        synchronized (lines) {
          if (lines.size() == LINES_KEPT) {
            lines.removeFirst();
          }
          lines.addLast(line);
        }
      }
    } catch (IOException e) {
      return; // it was killed while it wrote
    }
  }

  /** Waits for a line of its output that contains the text. */
  void awaitLine(Duration limit, String text) {
    Eventually.within(
        limit,
        name + " prints '" + text + "'",
        () -> {
          synchronized (lines) {
            return lines.stream().anyMatch(line -> line.contains(text));
          }
        });
  }

  /** Gives it a line, and waits for one that begins with the same word: its answer. */
  String ask(String line) {
    String word = line.split(" ", 2)[0];
    answers.clear();
    input.println(line);
    try {
      while (true) {
        String answer = answers.poll(60, TimeUnit.SECONDS);
        if (answer == null) {
          throw new IllegalStateException(name + " does not answer " + line + "\n" + output());
        } else if (answer.startsWith(word)) {
          return answer;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Processor time so far. */
  Duration processor() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The most it has had in memory, in bytes. */
  long peakResidentBytes() {
    return ProcessMemory.peakResident(process.pid());
  }

  /** What it has in memory, in bytes. */
  long residentBytes() {
    return ProcessMemory.resident(process.pid());
  }

  /** SIGKILL: nothing of it runs any further. */
  void kill() {
    process.destroyForcibly();
    stop();
  }

  @Override
  public void close() {
    stop();
  }

  /** SIGTERM, and after a while SIGKILL. */
  void stop() {
    process.toHandle().destroy();
    try {
      if (!process.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
