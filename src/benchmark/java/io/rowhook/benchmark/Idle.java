package io.rowhook.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What one takes of the machine while nothing happens. */
final class Idle {

  private static final String OF = "k  idle";
  private static final String PROCESSOR = "processor, % of a core";
  private static final String MEMORY = "resident memory, MB";

  private final Place place;

  Idle(Place place) {
    this.place = place;
  }

  /**
   * {@code -Dseconds=30}, after four times as long to settle: what it does all day long is compiled
   * by then.
   */
  void run() throws IOException {
    for (int round = 0; round < place.rounds(); round++) {
      for (Candidate candidate : place.candidates()) {
        measure(candidate);
      }
    }
    Report report = place.report();
    report.progress(report.table(OF));
    report.atMost(OF, PROCESSOR, report.median(OF, RowhookItself.WHO, PROCESSOR), 1);
    report.atMost(OF, MEMORY, report.median(OF, RowhookItself.WHO, MEMORY), 150);
  }

  private void measure(Candidate candidate) throws IOException {
    Duration wait = Duration.ofSeconds(Benchmark.number("seconds", 30));
    try (Turn turn = Turn.of(place, candidate, "now")) {
      turn.warm(100, 1);
      rest(wait.multipliedBy(4));
      turn.begin();
      long began = System.nanoTime();
      rest(wait);
      double share = turn.processor() * 1e3 / (System.nanoTime() - began) * 100;
      double memory = turn.process().residentBytes() / 1e6;
      Report report = place.report();
      report.add(OF, candidate.who(), PROCESSOR, share);
      report.add(OF, candidate.who(), MEMORY, memory);
      report.progress(
          "%s, %s: %.2f %% of a core, %.0f MB".formatted(OF, candidate.who(), share, memory));
    }
  }

  private static void rest(Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    for (long left = wait.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
