package io.rowhook.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One broker of a {@link KafkaCluster}, which is a controller as well: a process, its files, and
 * the ports that it keeps over restarts. Not for several threads.
 */
final class KafkaBroker {

  private static final Path SHARED = Path.of("target", "kafka").toAbsolutePath();

  /** Of a clean stop, at whose end the first broker of all leaves an archive of its classes. */
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

  private static final int LAST_LINES = 60;

  private final int id;
  private final Path directory;
  private final int clientPort = Ports.lasting();
  private final int cutPort = Ports.lasting();
  private final int controllerPort = Ports.lasting();
  private final MovingAddress cut = new MovingAddress(cutPort);
  private volatile @Nullable Process process;
  private volatile @Nullable Process pause;

  /**
   * @param id from 1 on
   * @param directory of the cluster
   */
  KafkaBroker(int id, Path directory) {
    this.id = id;
    this.directory = directory;
  }

  int id() {
    return id;
  }

  /** As its clients reach it. */
  String address() {
    return "127.0.0.1:" + clientPort;
  }

  /** As the one client reaches it that can be cut off. */
  String cutAddress() {
    return "127.0.0.1:" + cut.port();
  }

  /** As {@code controller.quorum.voters} has it. */
  String voter() {
    return id + "@127.0.0.1:" + controllerPort;
  }

  /** What {@link #cutAddress} leads through. */
  MovingAddress cut() {
    return cut;
  }

  /** The port behind {@link #cut}. */
  int cutPort() {
    return cutPort;
  }

  /** Says what it is to be, before it is first started. */
  void configure(Map<String, String> shared) {
    String own =
        """
        node.id=%d
        log.dirs=%s
        listeners=CLIENT://127.0.0.1:%d,CUT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
        advertised.listeners=CLIENT://%s,CUT://%s
        """
            .formatted(
                id,
                directory.resolve("data-" + id),
                clientPort,
                cutPort,
                controllerPort,
                address(),
                cutAddress());
    String others =
        shared.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
            .collect(Collectors.joining());
    try {
      Files.writeString(properties(), own + others);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the process; {@link KafkaCluster#awaitReady} waits for it. */
  void start(String clusterId) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // A start takes half the time. The first broker that is stopped, not killed, makes it.
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedArchiveFile=" + SHARED.resolve("broker.jsa"),
            "-cp",
            classPath(),
            KafkaBrokerMain.class.getName(),
            properties().toString(),
            clusterId);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The jars of the tests' class path, without the tests' own classes and settings. */
  private static String classPath() {
    return Jars.of(KafkaBrokerMain.class, SHARED)
        + File.pathSeparator
        + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .collect(Collectors.joining(File.pathSeparator));
  }

  /** True until it is killed or stopped from here. */
  boolean isStarted() {
    return process != null;
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  boolean isPaused() {
    return pause != null;
  }

  /** True if it takes connections. */
  boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** SIGKILL. Returns once it is gone; at once if it is. */
  void kill() {
    if (process != null) {
      process.destroyForcibly();
      awaitEnd(process);
      process = null;
    }
    if (pause != null) {
      pause.destroyForcibly();
      pause = null;
    }
  }

  /** SIGTERM. Returns once it is gone; at once if it is. */
  void stop() {
    resume();
    if (process != null) {
      process.toHandle().destroy(); // Process.destroy would close its input, which kills it
      awaitEnd(process);
      process = null;
    }
  }

  private void awaitEnd(Process ending) {
    try {
      if (!ending.waitFor(STOPPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "broker %d has not ended within %s; the end of its output:\n%s"
                .formatted(id, STOPPED_WITHIN, lastLines()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /**
   * SIGSTOP, by a process that lets it go on when this one ends: only then does it notice that, and
   * end as well.
   */
  void pause() {
    if (process == null || pause != null) {
      throw new IllegalStateException("broker " + id + " is down, or paused already");
    }
    String script = "kill -STOP $0 && echo stopped && cat; kill -CONT $0";
    try {
      pause = new ProcessBuilder("sh", "-c", script, Long.toString(process.pid())).start();
      if (pause.getInputStream().read() < 0) {
        throw new IllegalStateException("broker " + id + " cannot be paused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGCONT; nothing if it is not paused. */
  void resume() {
    if (pause != null) {
      try {
        pause.getOutputStream().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      awaitEnd(pause);
      pause = null;
    }
  }

  /** Kills it for good. */
  void close() {
    kill();
    cut.close();
  }

  /** All that it has printed, over all its starts. */
  String output() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The end of that. */
  String lastLines() {
    List<String> lines = output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  private Path properties() {
    return directory.resolve("broker-" + id + ".properties");
  }

  private Path log() {
    return directory.resolve("broker-" + id + ".log");
  }
}
