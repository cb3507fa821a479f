package io.rowhook.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The product as a child process: its production main class and class path, in the Java that runs
 * this. Can be stopped, killed and looked at from outside. Any thread.
 */
public final class RowhookProcess implements AutoCloseable {

  /** Older lines of output are forgotten, so that a long test does not keep them all. */
  private static final int LINES_KEPT = 20_000;

  /** The launcher's own options, but for where the heap ends; a test of the launcher holds them. */
  public static final List<String> LAUNCHERS =
      List.of(
          "-XX:MaxInlineLevel=7",
          "-XX:InlineSmallCode=1000",
          "-XX:FreqInlineSize=120",
          "-XX:+UseSerialGC",
          "-XX:SurvivorRatio=4",
          "-Xms48m",
          "-Xmn32m",
          "-XX:TrimNativeHeapInterval=10000",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0");

  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);

  private final Process process;
  private final Thread atExit;
  private final Thread reader;
  private final Deque<String> lines = new ArrayDeque<>(); // guarded by itself

  private RowhookProcess(Process process, Consumer<String> listener) {
    this.process = process;
    this.reader = Thread.ofVirtual().name("rowhook-output").start(() -> read(listener));
    this.atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** What is to be started: {@code run} with these settings, templates and journal. */
  public static Setup run(Path config, Path templates, Path journal) {
    JournalUnderTest.configure(config, journal);
    return command(
        "run",
        "--config",
        config.toString(),
        "--templates",
        templates.toString(),
        "--journal",
        journal.toString());
  }

  /** What is to be started: any command. */
  public static Setup command(String... arguments) {
    return new Setup(List.of(arguments));
  }

  /** Arguments, environment, heap and place of a process that is not started yet. One thread. */
  public static final class Setup {

    private final List<String> arguments = new ArrayList<>();
    private final List<String> jvm = new ArrayList<>();
    private final List<String> under = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path directory = Path.of("").toAbsolutePath();
    private Consumer<String> listener = line -> {};
    private Optional<String> testMain = Optional.empty();
    private Optional<Path> shared = Optional.empty();

    private Setup(List<String> arguments) {
      this.arguments.addAll(arguments);
      heap("256m");
      environment.put("MALLOC_ARENA_MAX", "2"); // all of this as the launcher has it
    }

    /** Further arguments. */
    public Setup with(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    public Setup env(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** For {@code -Xmx}: {@code 256m}. */
    public Setup heap(String size) {
      jvm.removeIf(option -> option.startsWith("-Xmx"));
      jvm.add("-Xmx" + size);
      return this;
    }

    /** Further options of the Java machine. */
    public Setup jvm(String... options) {
      jvm.addAll(List.of(options));
      return this;
    }

    public Setup directory(Path path) {
      directory = path;
      return this;
    }

    /** Is given each line of output as it comes, by a thread of its own. */
    public Setup onLine(Consumer<String> consumer) {
      listener = consumer;
      return this;
    }

    /** A command that runs what follows it in its own place: {@code unshare}, {@code nice}. */
    public Setup under(String... prefix) {
      under.addAll(List.of(prefix));
      return this;
    }

    /** Another main class, out of the tests' own. */
    public Setup main(Class<?> mainClass) {
      testMain = Optional.of(mainClass.getName());
      return this;
    }

    /**
     * What has been loaded and linked once is taken from an archive in this directory: a start
     * takes half the time. The first process that ends by itself, not killed, makes it.
     */
    public Setup sharing(Path place) {
      shared = Optional.of(place);
      jvm("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + place.resolve("rowhook.jsa"));
      return this;
    }

    public RowhookProcess start() {
      List<String> command = new ArrayList<>(under);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(LAUNCHERS);
      command.addAll(jvm);
      command.add("-cp");
      String classPath = testMain.isPresent() ? classPath("") : classPath("test-classes");
      command.add(shared.isPresent() ? Jars.of(classPath, shared.get()) : classPath);
      command.add(testMain.orElse("io.rowhook.Main"));
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
      builder.environment().putAll(environment);
      try {
        return new RowhookProcess(builder.start(), listener);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * In production without the tests' own classes and settings, so that it logs as it does there.
     */
    private static String classPath(String without) {
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(entry -> without.isEmpty() || !Path.of(entry).endsWith(without))
          .map(entry -> Path.of(entry).toAbsolutePath().toString())
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /**
   * Waits for the first line of output, past or to come, that contains the text.
   *
   * @throws AssertionError at the deadline, or as soon as the process has ended; with its output
   */
  public String awaitLine(Duration limit, String text) {
    String what = "a line of Rowhook's output contains '" + text + "'";
    String found =
        Eventually.until(
            limit,
            what,
            () -> {
              boolean ended = !process.isAlive() && !reader.isAlive(); // asked before looking
              String line = find(text);
              return line != null || !ended ? line : "";
            });
    if (found.isEmpty()) {
      throw new AssertionError(
          "Rowhook ended with exit status "
              + process.exitValue()
              + " before "
              + what
              + ":\n"
              + output());
    }
    return found;
  }

  /** All its output so far, both streams. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** What its threads are doing: {@code jcmd}, or why that does not say. */
  public String threads() {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process dump =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "Thread.print")
              .redirectErrorStream(true)
              .start();
      return new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** SIGKILL: nothing of it runs any further. Returns once it is gone. */
  public void kill() {
    process.toHandle().destroyForcibly();
    exitCode(STOPPED_WITHIN);
  }

  /** SIGTERM, as a service manager stops it. Returns its exit status. */
  public int stop() {
    process.toHandle().destroy(); // Process.destroy would close its output, and lose the last of it
    return exitCode(STOPPED_WITHIN);
  }

  /** Waits for its end, and for the last of its output. */
  public int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("Rowhook has not ended within " + limit + ":\n" + output());
      }
      reader.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What it has in memory, in bytes. */
  public long residentBytes() {
    return ProcessMemory.resident(pid());
  }

  /** The most it has had in memory, in bytes. */
  public long peakResidentBytes() {
    return ProcessMemory.peakResident(pid());
  }

  /** Kills it, if it still runs. */
  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private @org.jspecify.annotations.Nullable String find(String text) {
    synchronized (lines) {
      return lines.stream().filter(line -> line.contains(text)).findFirst().orElse(null);
    }
  }

  private void read(Consumer<String> listener) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (lines) {
          if (lines.size() == LINES_KEPT) {
            lines.removeFirst();
          }
          lines.addLast(line);
        }
        listener.accept(line);
      }
    } catch (IOException e) {
      // The process was killed while it wrote: what it had written is here.
    }
  }
}
