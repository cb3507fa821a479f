package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * 1,000 recipients, or as many as {@code -Drecipients} says, of which a twentieth hangs and one
 * answers 503 (or fewer: {@code -Dsick=0}), each for one of half as many shops, at 500 events a
 * second: what the process needs, and what the healthy ones notice.
 */
final class Crowd {

  private static final int PER_SECOND = Benchmark.number("rate", 500);
  private static final int RECIPIENTS = Benchmark.number("recipients", 1_000);
  private static final int SICK = Benchmark.number("sick", RECIPIENTS / 10);
  private static final int HEALTHY = RECIPIENTS - SICK;
  private static final int SHOPS = RECIPIENTS / 2;
  private static final String OF =
      "l  %,d recipients, %,d of them down, %d events/s".formatted(RECIPIENTS, SICK, PER_SECOND);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DELAY = "healthy, commit to receipt";

  private final Place place;
  private final int seconds = Benchmark.number("seconds", 30);

  Crowd(Place place) {
    this.place = place;
  }

  void run() throws IOException, InterruptedException {
    for (int round = 0; round < place.rounds(); round++) {
      measure();
    }
    Report report = place.report();
    report.progress(report.table(OF));
    report.atMost(
        OF, "resident memory, MB", report.median(OF, RowhookItself.WHO, Turn.MEMORY), 300);
    report.atMost(
        OF, DELAY + " p99, ms", report.median(OF, RowhookItself.WHO, DELAY + " p99, ms"), 50);
  }

  private void measure() throws IOException, InterruptedException {
    place.receiver().shut();
    Report report = place.report();
    long begin = System.nanoTime();
    try (Turn turn = Turn.of(place, new RowhookItself(place.rowhook()), recipients(), Map.of())) {
      report.add(
          OF, RowhookItself.WHO, "until the source is read, s", (System.nanoTime() - begin) / 1e9);
      report.add(
          OF, RowhookItself.WHO, "resident at rest, MB", turn.process().residentBytes() / 1e6);
      await(turn, Load.steady(place.bed(), PER_SECOND, PER_SECOND * seconds / 3));
      turn.begin();
      Written written = Load.steady(place.bed(), PER_SECOND, PER_SECOND * seconds);
      int threads = threads(turn.process().pid());
      Arrivals arrivals = await(turn, written);
      int deliveries = arrivals.all().size();
      report.add(OF, RowhookItself.WHO, DELAY, arrivals.sinceCommit());
      report.add(OF, RowhookItself.WHO, "threads of the process", threads);
      report.add(
          OF, RowhookItself.WHO, Turn.PROCESSOR + "a delivery", turn.processor() / deliveries);
      report.add(OF, RowhookItself.WHO, Turn.MEMORY, turn.peakMemory());
      report.progress(
          "%s: %,d deliveries to healthy ones, %s"
              .formatted(OF, deliveries, arrivals.sinceCommit()));
    }
  }

  /**
   * Shop N of the first four fifths has two healthy recipients, one of the others a healthy and a
   * sick.
   */
  private Map<String, String> recipients() {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients = new TreeMap<>();
    for (int i = 0; i < RECIPIENTS; i++) {
      String manner = i < HEALTHY ? "now" : i % 2 == 0 ? "stuck" : "gated";
      recipients.put(
          "recipient-" + i,
          rowhook.recipient(place.receiver().url(manner, i))
              + "subscriptions:\n  - entity: Article\n    when: 'mod(.data.id, %d) == %d'\n"
                  .formatted(SHOPS, i % SHOPS));
    }
    return recipients;
  }

  /** Waits until all healthy ones have what they are to have, and nothing is missing. */
  private Arrivals await(Turn turn, Written written) throws IOException {
    List<Integer> missing = new ArrayList<>();
    int[] expected = new int[HEALTHY];
    for (long id = written.firstId(); id < written.firstId() + written.rows(); id++) {
      int shop = (int) (id % SHOPS);
      expected[shop]++;
      if (shop + SHOPS < HEALTHY) {
        expected[shop + SHOPS]++;
      }
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
      missing.clear();
      for (int i = 0; i < HEALTHY; i++) {
        if (place.receiver().count(i) < expected[i]) {
          missing.add(i);
        }
      }
    } while (!missing.isEmpty() && System.nanoTime() < deadline);
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "after %s %d have not all, the first of them %d of %d\n%s"
              .formatted(
                  PATIENCE,
                  missing.size(),
                  place.receiver().count(missing.getFirst()),
                  expected[missing.getFirst()],
                  turn.process().output()));
    }
    Arrivals all = place.receiver().arrivals();
    return new Arrivals(all.all().stream().filter(one -> one.recipient() < HEALTHY).toList());
  }

  private static int threads(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToInt(line -> Integer.parseInt(line.substring("Threads:".length()).strip()))
        .findFirst()
        .orElseThrow();
  }
}
