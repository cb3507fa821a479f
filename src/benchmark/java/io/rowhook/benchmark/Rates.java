package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How many events a second: from the first statement until the last request is there. */
final class Rates {

  static final String ENGINE = "bare engine";
  static final String RATE = "events/s";
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
          measureEngine(of, load);
          measure(of, new DebeziumServer(place.peer()), load, "now", place.rows());
        }
        measure(of, rowhook(JOBS), load, "now", place.rows());
      }
      Report report = place.report();
      report.progress(report.table(of));
      double rate = report.median(of, RowhookItself.WHO, RATE);
      report.atLeast(
          of,
          load + ": rate over the peer's",
          rate / report.median(of, DebeziumServer.WHO, RATE),
          3);
      report.atLeast(
          of, load + ": rate over the bare engine's", rate / report.median(of, ENGINE, RATE), 0.3);
      report.atMost(
          of,
          load + ": memory over the peer's",
          report.median(of, RowhookItself.WHO, Turn.MEMORY)
              / report.median(of, DebeziumServer.WHO, Turn.MEMORY),
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
        measure(of, new DebeziumServer(place.peer()), load, "late", 400);
      }
      measure(of, rowhook(256), load, "late", place.rows());
    }
    Report report = place.report();
    report.progress(report.table(of));
    report.atLeast(
        of,
        "rate over the peer's",
        report.median(of, RowhookItself.WHO, RATE) / report.median(of, DebeziumServer.WHO, RATE),
        100);
  }

  private RowhookItself rowhook(int jobs) {
    return new RowhookItself(place.rowhook(), "jobs: " + jobs + "\n", Map.of());
  }

  /** One round of a candidate. */
  void measure(String of, Candidate candidate, Load load, String manner, int events)
      throws IOException {
    Receiving receiver = place.receiver();
    try (Turn turn = Turn.of(place, candidate, manner)) {
      receiver.await(0, load.write(place.bed(), warmUp(events)).events(), PATIENCE);
      turn.begin();
      Machine machine = Machine.now();
      Duration receiving = receiver.processor();
      Written written = load.write(place.bed(), events);
      int count = written.events();
      receiver.await(0, count, PATIENCE);
      double busy = machine.until(Machine.now());
      double own = turn.processor();
      double received = receiver.processor().minus(receiving).toNanos() / 1e3;
      Arrivals arrivals = receiver.arrivals();
      int repeats = arrivals.verify(written);
      String who = candidate.who();
      double rate = add(of, who, written, arrivals.last(), own, busy);
      place.report().add(of, who, "the receiver's, µs an event", received / count);
      place.report().add(of, who, "to the first, s", (arrivals.first() - written.began()) / 1e6);
      place.report().add(of, who, Turn.MEMORY, turn.peakMemory());
      place
          .report()
          .progress("%s, %s: %,.0f events/s, %d came again".formatted(of, who, rate, repeats));
    }
  }

  private void measureEngine(String of, Load load) throws IOException {
    Bed bed = place.bed();
    bed.clear();
    try (Spawned process = BareEngine.start(bed, place.fresh())) {
      int warm = load.write(bed, warmUp(place.rows())).events();
      BareEngine.await(process, warm);
      Duration before = process.processor();
      Machine machine = Machine.now();
      Written written = load.write(bed, place.rows());
      long last = BareEngine.await(process, warm + written.events());
      double busy = machine.until(Machine.now());
      double own = process.processor().minus(before).toNanos() / 1e3;
      double rate = add(of, ENGINE, written, last, own, busy);
      place.report().add(of, ENGINE, Turn.MEMORY, process.peakResidentBytes() / 1e6);
      place.report().progress("%s, %s: %,.0f events/s".formatted(of, ENGINE, rate));
    }
  }

  /**
   * What all who are measured have in common.
   *
   * @param last when the last event was there
   * @param own microseconds of its own processor time
   * @param busy of the whole machine's
   * @return events a second
   */
  private double add(String of, String who, Written written, long last, double own, double busy) {
    int count = written.events();
    double rate = count / ((last - written.began()) / 1e6);
    Report report = place.report();
    report.add(of, who, RATE, rate);
    report.add(of, who, "written in, s", (written.ended() - written.began()) / 1e6);
    report.add(of, who, Turn.PROCESSOR + "an event", own / count);
    report.add(of, who, "the whole machine's, µs an event", busy / count);
    return rate;
  }

  /** So much is written, and awaited, before it counts: by then what is hot has been compiled. */
  private static int warmUp(int events) {
    return Math.max(40, events / 2);
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
