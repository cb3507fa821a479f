package io.rowhook.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What a journal in Kafka costs beside one in a file, and what several instances give. */
final class Shared {

  /** The report's names of the two. */
  static final String IN_FILE = "Rowhook, journal in its file";

  static final String IN_KAFKA = "Rowhook, journal in Kafka";

  private static final int RECIPIENTS = 150;
  private static final String RATE = "deliveries/s";

  /** Of a processor, in percent, so that three fit on a machine of two. */
  private static final int SHARE = Benchmark.number("share", 25);

  private final Place place;

  Shared(Place place) {
    this.place = place;
  }

  /** Rate, delay and memory, of both in turn. */
  void cost() throws IOException, InterruptedException {
    Load load = Load.tens;
    String rates = "m  " + load + ", receiver answers at once, 16 jobs";
    for (int round = 0; round < place.rounds(); round++) {
      for (String who : List.of(IN_FILE, IN_KAFKA)) {
        Brokers.use(who.equals(IN_KAFKA));
        new Rates(place).measure(rates, named(who, "jobs: 16\n"), load, "now", place.rows());
        new Steady(place).measure(named(who, ""));
      }
    }
    Brokers.use(false);
    place.report().progress(place.report().table(rates));
    place.report().progress(place.report().table(Steady.OF));
  }

  private RowhookItself named(String who, String more) {
    return new RowhookItself(who, place.rowhook(), more, Map.of());
  }

  /**
   * Deliveries by one instance and by three, each of which has so much of a processor, to receivers
   * that answer after 20 ms; another instance captures.
   */
  void instances() throws IOException {
    String of =
        "n  %d recipients that answer after 20 ms, instances with %d %% of a processor each"
            .formatted(RECIPIENTS, SHARE);
    Brokers.use(true);
    for (int round = 0; round < place.rounds(); round++) {
      for (int instances : List.of(1, 3)) {
        measure(of, instances);
      }
    }
    Brokers.use(false);
    place.report().progress(place.report().table(of));
    place
        .report()
        .atLeast(
            of,
            "rate of three over that of one",
            place.report().median(of, who(3), RATE) / place.report().median(of, who(1), RATE),
            2.5);
  }

  private static String who(int instances) {
    return instances == 1 ? "1 instance" : instances + " instances";
  }

  private void measure(String of, int instances) throws IOException {
    RowhookItself rowhook = new RowhookItself(place.rowhook());
    Map<String, String> recipients = new TreeMap<>();
    for (int i = 0; i < RECIPIENTS; i++) {
      recipients.put(
          "recipient-" + i, rowhook.recipient(place.receiver().url("late", i)) + "jobs: 16\n");
    }
    int events = Math.max(20, place.rows() / 400);
    List<Spawned> delivering = new ArrayList<>();
    try (Turn turn = rowhook.capturing(place, recipients)) {
      try {
        for (int i = 0; i < instances; i++) {
          delivering.add(rowhook.delivering(place, "instance-" + i));
        }
        // Each as much, and with all processors: what compiles is not what is measured.
        turn.warm(events * instances, RECIPIENTS);
        for (int i = 0; i < instances; i++) {
          Quota.give("rowhook-" + i, delivering.get(i).pid(), SHARE);
        }
        turn.begin();
        turn.warm(events, RECIPIENTS);
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        turn.begin();
        Written written = Load.tens.write(place.bed(), events);
        turn.await(written, RECIPIENTS);
        double seconds = turn.verify(written, RECIPIENTS);
        int deliveries = written.events() * RECIPIENTS;
        place.report().add(of, who(instances), RATE, deliveries / seconds);
        place
            .report()
            .progress(
                "%s, %s: %,.0f deliveries/s".formatted(of, who(instances), deliveries / seconds));
      } finally {
        delivering.forEach(Spawned::close);
      }
    }
  }
}
