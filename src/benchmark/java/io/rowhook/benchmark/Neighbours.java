package io.rowhook.benchmark;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What healthy recipients notice of sick ones beside them: one hangs, one answers 503. Both are
 * well until it counts, so that what happens to them on the way into their pause counts too.
 */
final class Neighbours {

  private static final String OF = "d  10 recipients, of which one hangs and one answers 503";
  private static final int HEALTHY = 8;
  private static final String RATE = "deliveries/s to the 8";
  private static final String WITHOUT = "8 and no more";
  private static final String SICK = "8 and two sick";
  private static final String ALL_WELL = "8 and two well";

  private final Place place;

  Neighbours(Place place) {
    this.place = place;
  }

  void run() throws IOException {
    for (int round = 0; round < place.rounds(); round++) {
      measure(WITHOUT, Map.of());
      measure(SICK, Map.of("hangs", "stuck", "unavailable", "gated"));
      measure(ALL_WELL, Map.of("well-1", "now", "well-2", "now"));
    }
    Report report = place.report();
    report.progress(report.table(OF));
    double sick = report.median(OF, SICK, RATE);
    report.atLeast(
        OF, "rate over that without the sick ones", sick / report.median(OF, WITHOUT, RATE), 0.9);
    report.atLeast(
        OF, "rate over that with all ten well", sick / report.median(OF, ALL_WELL, RATE), 0.9);
  }

  /**
   * One round.
   *
   * @param others how the other recipients answer, by their names
   */
  private void measure(String who, Map<String, String> others) throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients = new TreeMap<>();
    for (int i = 0; i < HEALTHY; i++) {
      recipients.put("healthy-" + i, rowhook.recipient(place.receiver().url("now", i)));
    }
    int number = HEALTHY;
    for (Map.Entry<String, String> other : others.entrySet()) {
      recipients.put(
          other.getKey(), rowhook.recipient(place.receiver().url(other.getValue(), number++)));
    }
    place.receiver().open();
    try (Turn turn = Turn.of(place, rowhook, recipients, Map.of())) {
      turn.warm(Benchmark.number("warm", 20_000) / number, number);
      place.receiver().shut();
      turn.begin();
      Written written = Load.tens.write(place.bed(), place.rows() / 10);
      turn.await(written, HEALTHY);
      double processor = turn.processor();
      double seconds = turn.verify(written, HEALTHY);
      int deliveries = written.events() * HEALTHY;
      Report report = place.report();
      report.add(OF, who, RATE, deliveries / seconds);
      report.add(OF, who, Turn.PROCESSOR + "a delivery to these", processor / deliveries);
      report.progress("%s, %s: %,.0f deliveries/s".formatted(OF, who, deliveries / seconds));
    }
  }
}
