package io.rowhook.benchmark;

import java.io.IOException;

/** How long an event takes while the source has a steady, moderate rhythm. */
final class Steady {

  static final String OF = "c  steady 500 events/s";
  static final String SINCE_COMMIT = "commit to receipt";

  private static final int PER_SECOND = 500;
  private static final String SINCE_SCHEDULE = "schedule to receipt";

  private final Place place;

  Steady(Place place) {
    this.place = place;
  }

  /** {@code -Dseconds=30}, after a third of that at the same rhythm that does not count. */
  void run() throws IOException, InterruptedException {
    for (int round = 0; round < place.rounds(); round++) {
      for (Candidate candidate : place.candidates()) {
        measure(candidate);
      }
    }
    Report report = place.report();
    report.progress(report.table(OF));
    report.atMost(OF, SINCE_COMMIT + " p50, ms", median("p50"), 15);
    report.atMost(OF, SINCE_COMMIT + " p99, ms", median("p99"), 50);
  }

  private double median(String rank) {
    return place.report().median(OF, RowhookItself.WHO, SINCE_COMMIT + " " + rank + ", ms");
  }

  /** One round of a candidate. */
  void measure(Candidate candidate) throws IOException, InterruptedException {
    int seconds = Benchmark.number("seconds", 30);
    try (Turn turn = Turn.of(place, candidate, "now")) {
      turn.await(Load.steady(place.bed(), PER_SECOND, seconds * PER_SECOND / 3), 1);
      turn.begin();
      Written written = Load.steady(place.bed(), PER_SECOND, seconds * PER_SECOND);
      turn.await(written, 1);
      double processor = turn.processor();
      Arrivals arrivals = place.receiver().arrivals();
      Turn.verify(arrivals, written, 1);
      Report report = place.report();
      report.add(OF, candidate.who(), SINCE_COMMIT, arrivals.sinceCommit());
      report.add(OF, candidate.who(), SINCE_SCHEDULE, arrivals.sinceSchedule());
      report.add(OF, candidate.who(), Turn.PROCESSOR + "an event", processor / written.events());
      report.progress(
          "%s, %s: commit to receipt %s; schedule to receipt %s"
              .formatted(OF, candidate.who(), arrivals.sinceCommit(), arrivals.sinceSchedule()));
    }
  }
}
