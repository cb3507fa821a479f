package io.rowhook.benchmark;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The {@link LightReceiver} as a process of its own. One thread. */
final class Receiving implements AutoCloseable {

  /** Asking costs the receiver time, so it is not asked often. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Spawned process;
  private final Path directory;
  private final int port;

  Receiving(Path directory) {
    this.directory = directory;
    process =
        Spawned.start(
            "the receiver",
            List.of(LightReceiver.command(classPath())),
            Map.of(),
            Path.of("").toAbsolutePath());
    process.awaitLine(Duration.ofSeconds(20), "port ");
    port = Integer.parseInt(process.output().lines().findFirst().orElseThrow().substring(5));
  }

  /**
   * Where a recipient is.
   *
   * @param manner how it answers: {@code now}, {@code late}, {@code 503}, {@code hang}, {@code
   *     gated}, {@code stuck}
   */
  URI url(String manner, int recipient) {
    return URI.create("http://127.0.0.1:" + port + "/" + manner + "/" + recipient);
  }

  /**
   * Forgets all that came.
   *
   * @param mark which mark of a body is the row's: {@code first} or {@code last}
   */
  void reset(String mark) {
    process.ask("reset " + mark);
  }

  void open() {
    process.ask("open");
  }

  void shut() {
    process.ask("shut");
  }

  int count(int recipient) {
    return Integer.parseInt(process.ask("count " + recipient).substring("count ".length()));
  }

  /** Waits until a recipient has got so many. */
  void await(int recipient, int events, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (count(recipient) < events) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "only %d of %d events have arrived".formatted(count(recipient), events));
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  Duration processor() {
    return process.processor();
  }

  /** That of this process, for a child in another directory. */
  static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** All that has come since it was reset. */
  Arrivals arrivals() throws IOException {
    Path file = directory.resolve("arrivals");
    process.ask("dump " + file);
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      Arrival[] all = new Arrival[in.readInt()];
      for (int i = 0; i < all.length; i++) {
        all[i] =
            new Arrival(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readInt(),
                in.readInt());
      }
      return new Arrivals(Arrays.asList(all));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
