package io.rowhook.admin.metrics;

import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.webhook.AttemptOutcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What one recipient's attempts come to. Counted by its dispatcher's thread; read by any. */
final class RecipientCounts {

  /** How an attempt ended. */
  enum Outcome {
    /** The recipient has it. */
    acknowledged,
    /** It answered otherwise. */
    refused,
    /** There was no answer in time, or no connection. */
    no_answer,
    /** No request could be made: the template failed. */
    not_rendered;

    static Outcome of(Attempt attempt) {
      if (attempt.error() == null) {
        return acknowledged;
      }
      if (attempt.status() != null) {
        return refused;
      }
      return attempt.bodySha256() == null ? not_rendered : no_answer;
    }
  }

  private final Map<Outcome, LongAdder> attempts = new EnumMap<>(Outcome.class);
  private final LongAdder nanos = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  final LongAdder unchanged = new LongAdder();

  /** As of the last scrape. */
  volatile RecipientReading reading = RecipientReading.UNKNOWN;

  RecipientCounts() {
    for (Outcome outcome : Outcome.values()) {
      attempts.put(outcome, new LongAdder());
    }
  }

  void settled(AttemptOutcome outcome, DeliveryState next) {
    Attempt attempt = outcome.attempt();
    adder(Outcome.of(attempt)).increment();
    nanos.add(attempt.took().toNanos());
    if (attempt.number() > 1) {
      retries.increment();
    }
    if (next instanceof DeliveryState.Delivered) {
      delivered.increment();
    } else if (next instanceof DeliveryState.Failed) {
      failed.increment();
    }
  }

  private LongAdder adder(Outcome outcome) {
    LongAdder adder = attempts.get(outcome);
    if (adder == null) {
      throw new IllegalStateException("each outcome has one");
    }
    return adder;
  }

  long attempts(Outcome outcome) {
    return adder(outcome).sum();
  }

  long unchanged() {
    return unchanged.sum();
  }

  long allAttempts() {
    return attempts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  long nanos() {
    return nanos.sum();
  }

  long retries() {
    return retries.sum();
  }

  long delivered() {
    return delivered.sum();
  }

  long failed() {
    return failed.sum();
  }
}
