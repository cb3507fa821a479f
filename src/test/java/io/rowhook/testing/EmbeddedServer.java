package io.rowhook.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from Maven Central's binaries, as a child process. */
final class EmbeddedServer implements DatabaseServer {

  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(10);

  private final Map<String, String> settings;
  private final Optional<Path> binaries;
  private final Path data;
  private final Path log;
  private int port; // 0 until first started, then kept over restarts
  private @Nullable EmbeddedPostgres server;
  private int backups;

  /**
   * @param binaries the jar of another version than that on the class path
   */
  EmbeddedServer(Map<String, String> settings, Optional<Path> binaries) {
    this.settings = settings;
    this.binaries = binaries;
    // Beside the library's own directories, so that it clears away what a killed run has left.
    Path home = Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg");
    String name = "source-" + UUID.randomUUID();
    this.data = home.resolve(name);
    this.log = home.resolve(name + ".log");
  }

  @Override
  public void start() {
    if (server != null) {
      return;
    }
    try {
      var builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              .setLocaleConfig("locale", "C")
              .setOutputRedirector(logFile())
              .setErrorRedirector(logFile())
              .setPort(port == 0 ? Ports.lasting() : port);
      settings.forEach(builder::setServerConfig);
      binaries.ifPresent(
          jar -> builder.setPgBinaryResolver((system, machine) -> binary(jar, system, machine)));
      EmbeddedPostgres started = builder.start();
      server = started;
      port = started.getPort();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("PostgreSQL does not start; its log:\n" + log(), e);
    }
  }

  private static InputStream binary(Path jar, String system, String machine) throws IOException {
    String name = "postgres-%s-%s.txz".formatted(system, machine).toLowerCase(Locale.ROOT);
    try (JarFile file = new JarFile(jar.toFile())) {
      JarEntry entry = file.getJarEntry(name);
      if (entry == null) {
        throw new IOException(jar + " has no PostgreSQL for this machine: " + name);
      }
      return new ByteArrayInputStream(file.getInputStream(entry).readAllBytes());
    }
  }

  @Override
  public void stop() {
    EmbeddedPostgres running = server;
    if (running == null) {
      return;
    }
    server = null;
    Optional<ProcessHandle> process = postmaster();
    try {
      running.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // A replication client that does not answer can hold a clean stop up for ever.
    process.ifPresent(EmbeddedServer::quit);
  }

  @Override
  public void crash() {
    if (server != null) {
      postmaster().ifPresent(EmbeddedServer::quit);
      stop();
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void destroy() {
    stop();
    delete(data);
    for (; backups > 0; backups--) {
      delete(backup(backups));
    }
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path backup() {
    Path copy = backup(++backups);
    copy(data, copy);
    return copy;
  }

  @Override
  public void restore(Path backup) {
    delete(data);
    copy(backup, data);
  }

  @Override
  public DatabaseServer standby(Map<String, String> primarySettings) {
    EmbeddedServer standby = new EmbeddedServer(settings, binaries);
    copy(data, standby.data);
    Path slots = standby.data.resolve("pg_replslot"); // they are the primary's own
    delete(slots);
    try {
      Files.createDirectory(slots);
      Files.createFile(standby.data.resolve("standby.signal"));
      Files.writeString(
          standby.data.resolve("postgresql.auto.conf"),
          primarySettings.entrySet().stream()
              .map(setting -> setting.getKey() + " = '" + setting.getValue() + "'\n")
              .collect(Collectors.joining()),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return standby;
  }

  private Path backup(int number) {
    return data.resolveSibling(data.getFileName() + "-backup-" + number);
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file)),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Redirect logFile() throws IOException {
    Files.createDirectories(data.getParent());
    return Redirect.appendTo(log.toFile());
  }

  private Optional<ProcessHandle> postmaster() {
    Path file = data.resolve("postmaster.pid"); // gone once it has stopped
    try {
      return Files.exists(file)
          ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().trim()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGQUIT is PostgreSQL's immediate stop. */
  private static void quit(ProcessHandle process) {
    if (!process.isAlive()) {
      return;
    }
    try {
      new ProcessBuilder(List.of("kill", "-QUIT", Long.toString(process.pid()))).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Eventually.within(STOPPED_WITHIN, "the server has stopped", () -> !process.isAlive());
  }
}
