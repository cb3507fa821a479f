package io.rowhook.benchmark;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What a change costs that many recipients get, beside one that a single one gets. */
final class FanOut {

  private static final String OF = "e  a change to 100 recipients";
  private static final int MANY = 100;
  private static final String PROCESSOR = Turn.PROCESSOR + "a change";

  private final Place place;

  FanOut(Place place) {
    this.place = place;
  }

  void run() throws IOException {
    for (int round = 0; round < place.rounds(); round++) {
      measure(1);
      measure(MANY);
    }
    Report report = place.report();
    report.progress(report.table(OF));
    double first = report.median(OF, who(1), PROCESSOR);
    double further = (report.median(OF, who(MANY), PROCESSOR) - first) / (MANY - 1);
    report.atMost(
        OF,
        "processor of a further recipient (%s µs) over the first one's (%s µs)"
            .formatted(Report.number(further), Report.number(first)),
        further / first,
        0.5);
  }

  private static String who(int count) {
    return "to " + count;
  }

  private void measure(int count) throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      recipients.put("recipient-" + i, rowhook.recipient(place.receiver().url("now", i)));
    }
    try (Turn turn = Turn.of(place, rowhook, recipients, Map.of())) {
      int warm = Benchmark.number("warm", 20_000);
      turn.warm(count == 1 ? warm : warm / 20, count); // capture is to be warm in both
      turn.begin();
      Written written = Load.tens.write(place.bed(), place.rows() / 50);
      turn.await(written, count);
      double processor = turn.processor();
      double seconds = turn.verify(written, count);
      Report report = place.report();
      report.add(OF, who(count), PROCESSOR, processor / written.events());
      report.add(OF, who(count), "deliveries/s", written.events() * count / seconds);
      report.add(OF, who(count), Turn.MEMORY, turn.peakMemory());
      report.progress(
          "%s, %s: %,.0f µs a change, %,.0f deliveries/s"
              .formatted(
                  OF,
                  who(count),
                  processor / written.events(),
                  written.events() * count / seconds));
    }
  }
}
