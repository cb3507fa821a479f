package io.rowhook.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * How long a start takes where an earlier one has left its slot, its place in the log and a row to
 * send.
 */
final class Starting {

  private static final String OF = "j  process start, PostgreSQL up, one row waiting";
  private static final String STREAMING = "to streaming, s";
  private static final String DELIVERED = "to the first delivery, s";
  private static final String CACHED = RowhookItself.WHO;
  private static final String UNCACHED = "Rowhook, no cache";

  private final Place place;

  Starting(Place place) {
    this.place = place;
  }

  void run() throws IOException {
    for (int round = 0; round < place.rounds(); round++) {
      if (place.beside()) {
        measure(DebeziumServer.WHO, new DebeziumServer(place.peer()));
      }
      Path none =
          place.work().resolve("nothing/here"); // its parent is not there, so neither will it be
      measure(UNCACHED, rowhook(none));
      measure(CACHED, rowhook(place.work().resolve("cache")));
    }
    Report report = place.report();
    report.progress(report.table(OF));
    report.atMost(OF, "with its cache, " + STREAMING, report.median(OF, CACHED, STREAMING), 3);
  }

  private RowhookItself rowhook(Path cache) {
    return new RowhookItself(place.rowhook(), "", Map.of("ROWHOOK_CACHE", cache.toString()));
  }

  private void measure(String who, Candidate candidate) throws IOException {
    Bed bed = place.bed();
    try (Turn turn = Turn.of(place, candidate, "now")) {
      turn.warm(40, 1); // the slot has been read, and the classes are loaded that a delivery needs
    }
    bed.awaitNoReader();
    place.receiver().reset(candidate.mark());
    Written waiting = Load.one.write(bed, 1);
    long began = Load.now();
    try (Spawned again = candidate.start(bed, place.work(), place.receiver().url("now", 0))) {
      double streaming = (Load.now() - began) / 1e6;
      place.receiver().await(0, 1, Turn.PATIENCE);
      Arrivals arrivals = place.receiver().arrivals();
      arrivals.verify(waiting);
      double delivered = (arrivals.last() - began) / 1e6;
      Report report = place.report();
      report.add(OF, who, STREAMING, streaming);
      report.add(OF, who, DELIVERED, delivered);
      report.add(OF, who, "processor, s", again.processor().toNanos() / 1e9);
      report.progress(
          "%s, %s: %.2f s to streaming, %.2f s to the first delivery"
              .formatted(OF, who, streaming, delivered));
    }
  }
}
