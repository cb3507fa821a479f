package io.rowhook.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How many events a second: from the first statement until the last request is there. */
final class Rates {

  private static final String ROWHOOK = "Rowhook";
  private static final String PEER = "Debezium Server";
  static final String ENGINE = "bare engine";
  static final String RATE = "events/s";
  private static final String MEMORY = "peak of resident memory, MB";
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final int JOBS = Benchmark.number("jobs", 16);

  private final Place place;

  Rates(Place place) {
    this.place = place;
  }

  /**
   * To a receiver that answers at once: the peer, the bare engine, and the product, alternating.
   */
  void atOnce() throws IOException {
    for (Load load : place.loads()) {
      String of = of(load);
      for (int round = 0; round < place.rounds(); round++) {
        if (place.beside()) {
          measure(of, ENGINE, load);
          measure(of, PEER, new DebeziumServer(place.peer()), load, "now", place.rows());
        }
        String jobs = "jobs: " + JOBS + "\n";
        measure(
            of,
            ROWHOOK,
            new RowhookItself(place.rowhook(), jobs, Map.of()),
            load,
            "now",
            place.rows());
      }
      Report report = place.report();
      report.progress(report.table(of));
      double rate = report.median(of, ROWHOOK, RATE);
      report.atLeast(of, load + ": rate over the peer's", rate / report.median(of, PEER, RATE), 3);
      report.atLeast(
          of, load + ": rate over the bare engine's", rate / report.median(of, ENGINE, RATE), 0.3);
      report.atMost(
          of,
          load + ": memory over the peer's",
          report.median(of, ROWHOOK, MEMORY) / report.median(of, PEER, MEMORY),
          0.5);
    }
  }

  /** The report's name of the case in which a load goes to a receiver that answers at once. */
  static String of(Load load) {
    return "a  " + load + ", receiver answers at once, " + JOBS + " jobs";
  }

  /** To a receiver that answers after 20 ms. */
  void late() throws IOException {
    Load load = Load.tens;
    String of = "b  " + load + ", receiver answers after 20 ms, 256 jobs";
    for (int round = 0; round < place.rounds(); round++) {
      if (place.beside()) {
        measure(of, PEER, new DebeziumServer(place.peer()), load, "late", 400);
      }
      measure(
          of,
          ROWHOOK,
          new RowhookItself(place.rowhook(), "jobs: 256\n", Map.of()),
          load,
          "late",
          place.rows());
    }
    Report report = place.report();
    report.progress(report.table(of));
    report.atLeast(
        of,
        "rate over the peer's",
        report.median(of, ROWHOOK, RATE) / report.median(of, PEER, RATE),
        100);
  }

  private void measure(
      String of, String who, Candidate candidate, Load load, String manner, int events)
      throws IOException {
    Bed bed = place.bed();
    Receiving receiver = place.receiver();
    bed.clear();
    receiver.reset(candidate.mark());
    Path directory = place.fresh();
    URI url = receiver.url(manner, 0);
    try (Spawned process = candidate.start(bed, directory, url)) {
      int warm = load.write(bed, warmUp(events)).events();
      receiver.await(0, warm, PATIENCE);
      receiver.reset(candidate.mark());
      Machine machine = Machine.now();
      Duration own = process.processor();
      Duration receiving = receiver.processor();
      Written written = load.write(bed, events);
      receiver.await(0, written.events(), PATIENCE);
      Machine after = Machine.now();
      Arrivals arrivals = receiver.arrivals();
      int repeats = arrivals.verify(written);
      int count = written.events();
      double seconds = (arrivals.last() - written.began()) / 1e6;
      Report report = place.report();
      report.add(of, who, RATE, count / seconds);
      report.add(of, who, "written in, s", (written.ended() - written.began()) / 1e6);
      report.add(of, who, "processor, µs an event", micros(process.processor().minus(own), count));
      report.add(
          of,
          who,
          "the receiver's, µs an event",
          micros(receiver.processor().minus(receiving), count));
      report.add(of, who, "the whole machine's, µs an event", machine.until(after) / count);
      report.add(of, who, MEMORY, process.peakResidentBytes() / 1e6);
      report.progress(
          "%s, %s: %,.0f events/s, %d came again".formatted(of, who, count / seconds, repeats));
    }
  }

  private void measure(String of, String who, Load load) throws IOException {
    Bed bed = place.bed();
    bed.clear();
    Path directory = place.fresh();
    try (Spawned process = BareEngine.start(bed, directory)) {
      int warm = load.write(bed, warmUp(place.rows())).events();
      BareEngine.await(process, warm);
      Duration own = process.processor();
      Machine machine = Machine.now();
      Written written = load.write(bed, place.rows());
      int count = written.events();
      double seconds = (BareEngine.await(process, warm + count) - written.began()) / 1e6;
      Report report = place.report();
      report.add(of, who, RATE, count / seconds);
      report.add(of, who, "written in, s", (written.ended() - written.began()) / 1e6);
      report.add(of, who, "processor, µs an event", micros(process.processor().minus(own), count));
      report.add(of, who, "the whole machine's, µs an event", machine.until(Machine.now()) / count);
      report.add(of, who, MEMORY, process.peakResidentBytes() / 1e6);
      report.progress("%s, %s: %,.0f events/s".formatted(of, who, count / seconds));
    }
  }

  /** So much is written, and awaited, before it counts: by then what is hot has been compiled. */
  private static int warmUp(int events) {
    return Math.max(40, events / 2);
  }

  private static double micros(Duration duration, int events) {
    return duration.toNanos() / 1e3 / events;
  }

  /** The machine's processors at a moment, all programs together: Linux's {@code /proc/stat}. */
  record Machine(long busyTicks) {

    static Machine now() throws IOException {
      List<String> words =
          List.of(Files.readAllLines(Path.of("/proc/stat")).getFirst().trim().split("\\s+"));
      long busy = 0;
      for (int i = 1; i <= 8 && i < words.size(); i++) {
        busy += i == 4 || i == 5 ? 0 : Long.parseLong(words.get(i)); // idle, waiting for disks
      }
      return new Machine(busy);
    }

    /** Microseconds of processor time. */
    double until(Machine later) {
      return (later.busyTicks - busyTicks) * 10_000.0;
    }
  }
}
