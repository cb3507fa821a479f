package io.rowhook.crash;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.JournalUnderTest;
import io.rowhook.testing.PropertiesFile;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Rowhook of a story: one process after the other on the same settings and journal; and the
 * count of how each died. One thread, but for its output.
 */
final class Child implements AutoCloseable {

  private static final Duration STREAMING_WITHIN = Duration.ofSeconds(60);
  private static final Duration HALTS_WITHIN = Duration.ofSeconds(25);
  private static final Pattern DUPLICATES = Pattern.compile("sent again: (\\d+) transactions");
  private static final int TAIL_LINES = 60;

  private final Path directory;
  private final PrintWriter log;
  private final Map<String, Integer> deaths = new TreeMap<>();
  private final AtomicLong duplicates = new AtomicLong();
  private final List<String> jvm;
  private final Starts starts = new Starts();
  private long mostResident;
  private @Nullable RowhookProcess process;

  Child(Path directory) throws IOException {
    this(directory, List.of());
  }

  /**
   * @param jvm options for its JVM
   */
  Child(Path directory, List<String> jvm) throws IOException {
    this.directory = directory;
    this.jvm = List.copyOf(jvm);
    this.log =
        new PrintWriter(
            Files.newBufferedWriter(directory.resolve("rowhook.log"), StandardCharsets.UTF_8),
            true);
  }

  /** Writes the settings. Small batches, so that many transactions span several. */
  void configure(SourceDatabase source, List<Recipient> recipients) throws IOException {
    configure(source.connectorProperties(), recipients);
  }

  /** The same, for a source that is reached in another way. */
  void configure(Map<String, String> connector, List<Recipient> recipients) throws IOException {
    Map<String, String> properties = new TreeMap<>(connector);
    properties.put("max.batch.size", "64");
    properties.put("max.queue.size", "256");
    settings(
        directory,
        properties,
        recipients.stream().collect(Collectors.toMap(Recipient::name, Recipient::yaml)));
  }

  /**
   * Writes the settings of a story.
   *
   * @param recipients their files by name
   */
  static void settings(
      Path directory, Map<String, String> properties, Map<String, String> recipients)
      throws IOException {
    Path config = directory.resolve("config");
    Path recipientFiles = Files.createDirectories(config.resolve("recipients"));
    Files.createDirectories(directory.resolve("templates"));
    PropertiesFile.write(config.resolve("source.properties"), properties);
    Files.writeString(config.resolve("entities.yaml"), Kind.entitiesYaml());
    for (Map.Entry<String, String> recipient : recipients.entrySet()) {
      Files.writeString(recipientFiles.resolve(recipient.getKey() + ".yaml"), recipient.getValue());
    }
  }

  /** The journal of the story in a directory. */
  static Path journal(Path directory) {
    return directory.resolve("journal.db");
  }

  /** What the journal of the story in a directory takes on disk, in bytes. */
  static long journalBytes(Path directory) throws IOException {
    long size = 0;
    for (String suffix : List.of("", "-wal")) {
      Path file = Path.of(journal(directory) + suffix);
      size += Files.exists(file) ? Files.size(file) : 0;
    }
    return size;
  }

  /** Starts it, if it does not run. */
  void start() {
    start("");
  }

  private void start(String halt) {
    if (isAlive()) {
      return;
    }
    close();
    JournalUnderTest.configure(directory.resolve("config"), journal(directory));
    starts.begins();
    log.println("--- starts " + halt);
    process =
        RowhookProcess.command(
                directory.resolve("config").toString(),
                directory.resolve("templates").toString(),
                journal(directory).toString())
            .main(HaltingMain.class)
            .jvm("-XX:TieredStopAtLevel=1")
            .sharing(directory)
            .jvm(jvm.toArray(String[]::new))
            .env(HaltPoint.VARIABLE, halt)
            .onLine(this::line)
            .start();
  }

  /** Starts it to halt itself; where it does not come to that, it is killed. */
  void haltAt(HaltPoint point, int passing) {
    kill("restart for a halt", false);
    start(point + ":" + passing);
    RowhookProcess halting = process();
    try {
      Eventually.within(HALTS_WITHIN, "Rowhook halts", () -> !halting.isAlive());
    } catch (AssertionError notReached) {
      kill(point + " not reached", true);
      return;
    }
    int status = halting.exitCode(HALTS_WITHIN);
    if (status != HaltPoint.EXIT_STATUS) {
      throw new AssertionError("Rowhook ended with status " + status + ":\n" + tail());
    }
    died(point.toString());
  }

  /** SIGKILL. */
  void kill(String why) {
    kill(why, true);
  }

  private void kill(String why, boolean count) {
    if (process == null) {
      return;
    }
    if (isAlive()) {
      measure();
      process.kill();
      died(why);
    } else if (count) {
      throw new AssertionError("Rowhook ended by itself:\n" + tail());
    }
    close();
  }

  /** As a service manager stops it. */
  void stop() {
    measure();
    int status = process().stop();
    if (status != 0 && status != 143) {
      throw new AssertionError("Rowhook's clean stop ended with status " + status + ":\n" + tail());
    }
    close();
  }

  /** Removes what it was started from, of which each story has its own. */
  void forgetClasses() throws IOException {
    for (String name : List.of("rowhook.jsa", "classes.jar", "test-classes.jar")) {
      Files.deleteIfExists(directory.resolve(name));
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Waits until it reads the source's log, and returns the process at the source that sends it. */
  long awaitStreaming(SourceDatabase source) {
    return awaitStreaming(source, 0);
  }

  /** The same, after another such process has ended. */
  long awaitStreaming(SourceDatabase source, long notThis) {
    RowhookProcess reading = process();
    long found;
    try {
      found =
          Eventually.until(
              STREAMING_WITHIN,
              "Rowhook reads the source's log",
              () -> {
                long walsender = walsender(source);
                return !reading.isAlive() || (walsender != 0 && walsender != notThis)
                    ? walsender
                    : null;
              });
    } catch (AssertionError late) {
      // Whether it hangs or was only slow is seen by what it and the source are doing.
      throw new AssertionError(
          "%s; the source has %s\n%s\n%s"
              .formatted(late.getMessage(), readers(source), reading.threads(), tail()),
          late);
    }
    if (!reading.isAlive()) {
      throw new AssertionError("Rowhook ended by itself:\n" + tail());
    }
    starts.streams();
    return found;
  }

  private static @Nullable String readers(SourceDatabase source) {
    return source.query(
        """
        SELECT concat((SELECT string_agg(r::text, '; ') FROM pg_stat_replication r),
                      ' and ', (SELECT string_agg(s::text, '; ') FROM pg_replication_slots s),
                      ' at ', pg_current_wal_lsn(), ', ', now())\
        """);
  }

  private static long walsender(SourceDatabase source) {
    String pid =
        source.query(
            """
            SELECT coalesce(max(pid), 0)
            FROM pg_stat_replication WHERE state IN ('catchup', 'streaming')\
            """);
    return Long.parseLong(String.valueOf(pid));
  }

  /** How often it died, and of what. */
  Map<String, Integer> deaths() {
    return deaths;
  }

  int deathCount() {
    return deaths.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void measure() {
    mostResident = Math.max(mostResident, process().peakResidentBytes());
  }

  /** How long it took to read the source's log. */
  Starts starts() {
    return starts;
  }

  /** The most it had in memory, in bytes, as seen before it was killed or stopped. */
  long mostResident() {
    return mostResident;
  }

  /** How many transactions came that the journal had, as far as Rowhook lived to say so. */
  long duplicates() {
    return duplicates.get();
  }

  /** The end of what it has said. */
  String tail() {
    if (process == null) {
      return "";
    }
    List<String> lines = process.output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }

  private RowhookProcess process() {
    if (process == null) {
      throw new IllegalStateException("Rowhook was not started");
    }
    return process;
  }

  private void died(String how) {
    deaths.merge(how, 1, Integer::sum);
  }

  private void line(String line) {
    Matcher matcher = DUPLICATES.matcher(line);
    if (matcher.find()) {
      duplicates.addAndGet(Long.parseLong(matcher.group(1)));
    }
    log.println(line);
  }
}
