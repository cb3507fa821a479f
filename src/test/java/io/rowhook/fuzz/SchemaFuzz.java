package io.rowhook.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Many seeds, spread over the versions of PostgreSQL that there are. {@code -Dfuzz.seed=N} takes
 * one, {@code -Dfuzz.seeds=N} how many from there on, {@code -Dfuzz.versions=14,18} only those.
 */
final class SchemaFuzz {

  /** A directory with the jars of versions beside that on the class path. */
  private static final String BINARIES = "rowhook.fuzz.postgres";

  private static final int FAULTS_SHOWN = 6;

  private final long first;
  private final int seeds;
  private final Set<String> without;
  private final List<Optional<Path>> versions;
  private final Path directory;
  private final List<Long> failed = new ArrayList<>();
  private final List<String> used = new ArrayList<>();
  private int transactions;
  private int events;
  private int values;

  SchemaFuzz(
      long first, int seeds, Set<String> without, List<Optional<Path>> versions, Path directory) {
    this.without = without;
    this.first = first;
    this.seeds = seeds;
    this.versions = versions;
    this.directory = directory;
  }

  /** What is not to be drawn: {@code -Dfuzz.without=free,structure}. */
  static Set<String> without() {
    return Set.of(System.getProperty("fuzz.without", "").split(",", -1));
  }

  /** The version on the class path, and those that the build has fetched. */
  static List<Optional<Path>> versions() {
    List<Optional<Path>> versions = new ArrayList<>();
    String wanted = System.getProperty("fuzz.versions", "");
    String place = System.getProperty(BINARIES, "");
    if (!place.isEmpty()) {
      try (Stream<Path> jars = Files.list(Path.of(place))) {
        jars.filter(jar -> jar.toString().endsWith(".jar"))
            .filter(jar -> isWanted(jar, wanted))
            .sorted()
            .forEach(jar -> versions.add(Optional.of(jar)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (wanted.isEmpty() || versions.isEmpty() || List.of(wanted.split(",")).contains("18")) {
      versions.add(Optional.empty());
    }
    return versions;
  }

  private static boolean isWanted(Path jar, String wanted) {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64v8" : "amd64";
    String name = String.valueOf(jar.getFileName());
    return name.contains(machine)
        && (wanted.isEmpty()
            || Stream.of(wanted.split(","))
                .anyMatch(version -> name.contains("-" + version + ".")));
  }

  /** Runs all; prints what is wrong, and returns the seeds that failed. */
  List<Long> run() {
    long start = System.nanoTime();
    for (int v = 0; v < versions.size(); v++) {
      try (Server server = Server.start(versions.get(v))) {
        used.add(server.version());
        for (long seed = first + v; seed < first + seeds; seed += versions.size()) {
          one(seed, server);
        }
      }
    }
    System.out.printf(
        "SchemaFuzz: %d seeds, %d failed; %d transactions, %d events, %d values compared; PostgreSQL %s; %d s%n",
        seeds,
        failed.size(),
        transactions,
        events,
        values,
        String.join(", ", used),
        (System.nanoTime() - start) / 1_000_000_000);
    return failed;
  }

  private void one(long seed, Server server) {
    long start = System.nanoTime();
    Path place = directory.resolve("seed-" + seed);
    List<String> faults = new ArrayList<>();
    String shown = "";
    try {
      Run run = new Run(seed, without, server, place);
      shown = run.shown();
      Run.Result result = run.run();
      shown += run.altered();
      faults.addAll(result.faults());
      transactions += result.transactions();
      events += result.events();
      values += result.values();
    } catch (Exception e) {
      Throwable cause = e;
      StringBuilder chain = new StringBuilder();
      for (; cause != null; cause = cause.getCause()) {
        chain.append(cause).append("\n    ");
      }
      faults.add(chain.toString() + List.of(e.getStackTrace()).stream().limit(12).toList());
    } finally {
      delete(place);
    }
    System.out.printf(
        "seed %d on PostgreSQL %s: %s, %d ms%n",
        seed,
        server.version(),
        faults.isEmpty() ? "agrees" : faults.size() + " faults",
        (System.nanoTime() - start) / 1_000_000);
    if (!faults.isEmpty()) {
      System.out.println(report(seed, server, shown, faults));
      failed.add(seed);
    }
  }

  private static String report(long seed, Server server, String shown, List<String> faults) {
    return "SEED "
        + seed
        + " on PostgreSQL "
        + server.version()
        + ": "
        + faults.size()
        + " faults\n"
        + shown
        + "\n"
        + String.join("\n", faults.stream().limit(FAULTS_SHOWN).toList())
        + "\nagain: mvn -Pfuzz test -Dfuzz.seed="
        + seed
        + " -Dfuzz.seeds=1 -Dfuzz.versions="
        + server.version().replaceAll("\\..*", "");
  }

  private static void delete(Path place) {
    try (Stream<Path> files = Files.exists(place) ? Files.walk(place) : Stream.empty()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
