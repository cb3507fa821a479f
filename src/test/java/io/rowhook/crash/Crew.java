package io.rowhook.crash;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.JournalFiles;
import io.rowhook.testing.KafkaCluster;
import io.rowhook.testing.RowhookProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several instances of Rowhook as processes, with one directory of settings and one Kafka, each
 * with a journal's file of its own; numbered from 0. The first reaches Kafka through {@link
 * KafkaCluster#cut}. One thread.
 */
final class Crew implements AutoCloseable {

  static final int SIZE = 3;

  /** The one that can be cut off. */
  static final int CUT = 0;

  /** In which an instance that is told to stop gives back all that it has. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);

  /**
   * What may be logged as an error: the source's connection of an instance that was stopped for
   * long is gone when it goes on, as are its transactions, and Kafka is away where the story takes
   * it away.
   */
  private static final Pattern EXPECTED =
      Pattern.compile(
          "Threads:? Operation jdbc-connection-close failed"
              + "|PostgresReplicationConnection:? Unexpected e"
              + "|\\[Producer clientId="
              + "|\\] LeaveGroup request with .* failed with error: The coordinator is not aware"
              + "|(cannot be written; tried again by itself until it can|cannot be asked)"
              + "|\\[cds\\]");

  private final Path directory;
  private final KafkaCluster kafka;
  private final List<PrintWriter> logs = new ArrayList<>();
  private final @Nullable RowhookProcess[] members = new RowhookProcess[SIZE];
  private final List<String> errors = new CopyOnWriteArrayList<>();

  /**
   * @param directory with settings, as {@link Child#settings} writes them
   */
  Crew(Path directory, KafkaCluster kafka) throws IOException {
    this.directory = directory;
    this.kafka = kafka;
    Files.writeString(
        directory.resolve("config").resolve("rowhook.yaml"),
        "journal: { kafka: { bootstrap.servers: '${env:KAFKA}', topic-prefix: story } }\n");
    for (int i = 0; i < SIZE; i++) {
      logs.add(
          new PrintWriter(
              Files.newBufferedWriter(
                  directory.resolve("rowhook-" + i + ".log"), StandardCharsets.UTF_8),
              true));
    }
  }

  Path journal(int member) {
    return directory.resolve("journal-" + member + ".db");
  }

  List<Path> journals() {
    return IntStream.range(0, SIZE).mapToObj(this::journal).toList();
  }

  /** Starts one that does not run; waits for nothing. */
  void start(int member) {
    if (isAlive(member)) {
      return;
    }
    end(member);
    note(member, "starts");
    members[member] =
        RowhookProcess.run(
                directory.resolve("config"), directory.resolve("templates"), journal(member))
            .jvm("-XX:TieredStopAtLevel=1")
            .sharing(directory)
            .env(
                "KAFKA",
                member == CUT ? kafka.bootstrapServersThroughCut() : kafka.bootstrapServers())
            .onLine(line -> line(member, line))
            .start();
  }

  void startAll() {
    IntStream.range(0, SIZE).forEach(this::start);
  }

  /** Waits until it is at work. */
  void awaitStarted(int member) {
    process(member).awaitLine(STARTS_WITHIN, "started in");
  }

  boolean isAlive(int member) {
    RowhookProcess process = members[member];
    return process != null && process.isAlive();
  }

  /** SIGKILL. */
  void kill(int member) {
    check(member);
    note(member, "is killed");
    process(member).kill();
    end(member);
  }

  /** SIGTERM. */
  void stop(int member) {
    check(member);
    note(member, "is told to stop");
    RowhookProcess process = process(member);
    signal(process, "TERM");
    try {
      Eventually.within(STOPS_WITHIN, "instance " + member + " ends", () -> !process.isAlive());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + process.threads(), e);
    }
    int status = process.exitCode(STOPS_WITHIN);
    // Java itself ends by the signal before the product's first line has run.
    boolean begun = process.output().contains(" INFO ");
    if (status != 0 && begun) {
      throw new AssertionError("instance " + member + " ended with status " + status);
    }
    end(member);
  }

  /** SIGSTOP. */
  void freeze(int member) {
    check(member);
    note(member, "is stopped where it is");
    signal(process(member), "STOP");
  }

  /** SIGCONT. */
  void thaw(int member) {
    note(member, "goes on");
    signal(process(member), "CONT");
  }

  private static void signal(RowhookProcess process, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Who captures, as its own journal says; empty: nobody that runs. */
  Optional<Integer> capturing() {
    return IntStream.range(0, SIZE)
        .filter(this::isAlive)
        .filter(member -> JournalFiles.captures(journal(member)))
        .boxed()
        .findFirst();
  }

  /** Throws if one has ended by itself. */
  void check() {
    for (int member = 0; member < SIZE; member++) {
      if (members[member] != null) {
        check(member);
      }
    }
  }

  private void check(int member) {
    if (!isAlive(member)) {
      RowhookProcess process = members[member];
      throw new AssertionError(
          "instance %d ended by itself:\n%s"
              .formatted(member, process == null ? "" : last(process.output())));
    }
  }

  private static String last(String output) {
    List<String> lines = output.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  /** What their threads are doing. */
  String threads() {
    StringBuilder all = new StringBuilder();
    for (int member = 0; member < SIZE; member++) {
      if (isAlive(member)) {
        all.append("instance ").append(member).append(":\n").append(process(member).threads());
      }
    }
    return all.toString();
  }

  /** Lines of the level ERROR that nobody expects. */
  List<String> errors() {
    return errors;
  }

  private RowhookProcess process(int member) {
    RowhookProcess process = members[member];
    if (process == null) {
      throw new IllegalStateException("instance " + member + " does not run");
    }
    return process;
  }

  private void line(int member, String line) {
    logs.get(member).println(line);
    if (line.contains(" ERROR ") && !EXPECTED.matcher(line).find()) {
      errors.add("instance " + member + ": " + line);
    }
  }

  private void note(int member, String what) {
    logs.get(member).println(java.time.Instant.now() + " --- " + what);
  }

  private void end(int member) {
    RowhookProcess process = members[member];
    members[member] = null;
    if (process != null) {
      process.close();
    }
  }

  /** Kills them all. */
  @Override
  public void close() {
    IntStream.range(0, SIZE).forEach(this::end);
    logs.forEach(PrintWriter::close);
  }
}
