package io.rowhook.admin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import io.rowhook.webhook.RecipientState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What is counted of each recipient, and how it stood at the last scrape: {@link #SERIES} series
 * each. Those that neither settings nor journal know any more are not shown.
 */
final class RecipientMeters implements DeliveryListener {

  /** Of one recipient, at most. */
  static final int SERIES =
      RecipientCounts.Outcome.values().length
          + RecipientState.values().length
          + 7 // gauges
          + 4 // retries, delivered, failed, unchanged
          + 2; // the attempts' number and time

  private final MeterRegistry registry;
  private final Delays delays;
  private final Map<String, RecipientCounts> counts = new ConcurrentHashMap<>();
  private final Map<String, List<Meter>> shown = new HashMap<>(); // guarded by this

  RecipientMeters(MeterRegistry registry, Delays delays) {
    this.registry = registry;
    this.delays = delays;
  }

  @Override
  public void attempted(String recipient, AttemptOutcome outcome, DeliveryState state) {
    counts(recipient).settled(outcome, state);
    if (state instanceof DeliveryState.Delivered && outcome.delivery().redelivery() == 0) {
      Event event = outcome.delivery().entry().event();
      Attempt attempt = outcome.attempt();
      ExemplarSource.measure(
          event,
          () -> delays.toAcknowledgement(event.committedAt(), attempt.at().plus(attempt.took())));
    }
  }

  @Override
  public void unchanged(String recipient, JournalEntry entry) {
    counts(recipient).unchanged.increment();
  }

  private RecipientCounts counts(String recipient) {
    RecipientCounts known = counts.get(recipient);
    return known != null ? known : counts.computeIfAbsent(recipient, _ -> new RecipientCounts());
  }

  /** Shows these recipients, and no others any more. */
  synchronized void show(Map<String, RecipientReading> readings) {
    Set<String> gone = new HashSet<>(shown.keySet());
    gone.removeAll(readings.keySet());
    for (String recipient : gone) {
      shown.getOrDefault(recipient, List.of()).forEach(registry::remove);
      shown.remove(recipient);
    }
    counts.keySet().retainAll(readings.keySet());
    readings.forEach((recipient, reading) -> {
      RecipientCounts own = counts(recipient);
      own.reading = reading;
      shown.computeIfAbsent(recipient, name -> meters(name, own));
    });
  }

  private List<Meter> meters(String recipient, RecipientCounts of) {
    List<Meter> meters = new ArrayList<>(counted(recipient, of));
    for (RecipientState state : RecipientState.values()) {
      meters.add(
          Gauge.builder("rowhook.recipient.state", of, one -> one.reading.state() == state ? 1 : 0)
              .description("1 for the state that the recipient is in, 0 for the others.")
              .tag("recipient", recipient)
              .tag("state", state.name())
              .register(registry));
    }
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.backlog.events",
            "Events that wait for the recipient, about: also those not looked at yet that it may"
                + " not want.",
            RecipientReading::events));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.backlog.bytes",
            "Bytes of the events that wait for the recipient.",
            RecipientReading::bytes));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.backlog.oldest.seconds",
            "For how long the oldest of the events that wait has been in the journal.",
            RecipientReading::oldestSeconds));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.backlog.limit.ratio",
            "The backlog's share of its limit, of bytes or age, whichever is more; above 1 the"
                + " oldest deliveries end failed.",
            RecipientReading::limitRatio));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.failed.deliveries",
            "Deliveries that have failed for good and wait for a person's decision.",
            RecipientReading::failed));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.complete.to.timestamp.seconds",
            "The recipient has everything that was committed in the source by then, in seconds"
                + " since 1970 by the source's clock.",
            RecipientReading::completeTo));
    meters.add(
        gauge(
            recipient,
            of,
            "rowhook.audit.differences",
            "Entities of which the recipient has not what the source has, as the newest audit of each"
                + " entity has found.",
            RecipientReading::differing));
    return meters;
  }

  private Collection<Meter> counted(String recipient, RecipientCounts of) {
    List<Meter> meters = new ArrayList<>();
    for (RecipientCounts.Outcome outcome : RecipientCounts.Outcome.values()) {
      meters.add(
          FunctionCounter.builder("rowhook.attempts", of, one -> one.attempts(outcome))
              .description("Attempts of deliveries, by how they ended.")
              .tag("recipient", recipient)
              .tag("outcome", outcome.name())
              .register(registry));
    }
    meters.add(
        FunctionTimer.builder(
                "rowhook.attempt",
                of,
                RecipientCounts::allAttempts,
                RecipientCounts::nanos,
                TimeUnit.NANOSECONDS)
            .description("Attempts, and what they took, from rendering to the verdict.")
            .tag("recipient", recipient)
            .register(registry));
    meters.add(
        FunctionCounter.builder("rowhook.retries", of, RecipientCounts::retries)
            .description("Attempts that were not the first of their delivery.")
            .tag("recipient", recipient)
            .register(registry));
    meters.add(ended(recipient, of, "delivered", RecipientCounts::delivered));
    meters.add(ended(recipient, of, "failed", RecipientCounts::failed));
    meters.add(ended(recipient, of, "unchanged", RecipientCounts::unchanged));
    return meters;
  }

  private Meter ended(
      String recipient, RecipientCounts of, String end, ToDoubleFunction<RecipientCounts> count) {
    return FunctionCounter.builder("rowhook.deliveries", of, count)
        .description("Deliveries that an attempt has ended, or that were left out.")
        .tag("recipient", recipient)
        .tag("end", end)
        .register(registry);
  }

  private Meter gauge(
      String recipient,
      RecipientCounts of,
      String name,
      String help,
      ToDoubleFunction<RecipientReading> value) {
    return Gauge.builder(name, of, one -> value.applyAsDouble(one.reading))
        .description(help)
        .tag("recipient", recipient)
        .register(registry);
  }
}
