package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/** Histograms of what passes since a commit, by the source's clock and this machine's. */
final class Delays {

  /** Buckets: from what is felt as at once to what is told to a person. */
  private static final Duration[] BUCKETS =
      Stream.of(
              "PT0.005S",
              "PT0.01S",
              "PT0.025S",
              "PT0.05S",
              "PT0.1S",
              "PT0.25S",
              "PT0.5S",
              "PT1S",
              "PT2.5S",
              "PT5S",
              "PT10S",
              "PT30S",
              "PT1M",
              "PT5M",
              "PT15M",
              "PT1H",
              "PT6H",
              "PT24H")
          .map(Duration::parse)
          .toArray(Duration[]::new);

  private final Timer toJournal;
  private final Timer toAcknowledgement;

  Delays(MeterRegistry registry) {
    toJournal =
        histogram(
            registry,
            "rowhook.commit.to.journal",
            "From a transaction's commit until it is durable in the journal; also of the heartbeats that are sent through an idle source.");
    toAcknowledgement =
        histogram(
            registry,
            "rowhook.commit.to.acknowledgement",
            "From the commit until a recipient has acknowledged the event; without what a person sends again.");
  }

  private static Timer histogram(MeterRegistry registry, String name, String help) {
    return Timer.builder(name).description(help).serviceLevelObjectives(BUCKETS).register(registry);
  }

  void toJournal(Instant committed, Instant now) {
    toJournal.record(since(committed, now));
  }

  void toAcknowledgement(Instant committed, Instant now) {
    toAcknowledgement.record(since(committed, now));
  }

  /** The two clocks may differ by more than it took. */
  private static Duration since(Instant committed, Instant now) {
    Duration passed = Duration.between(committed, now);
    return passed.isNegative() ? Duration.ZERO : passed;
  }
}
