package io.rowhook.admin.history;

import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.DeliveryState;
import io.rowhook.webhook.AttemptOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What was delivered, what failed, and after how long, since the last step. Any thread counts. */
final class FlowCounts {

  private static final double QUANTILE = 0.95;

  private final LongAdder delivered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final DelayHistogram delays = new DelayHistogram();

  void attempted(AttemptOutcome outcome, DeliveryState state) {
    if (!(state instanceof DeliveryState.Delivered)) {
      failed.increment();
      return;
    }
    delivered.increment();
    if (outcome.delivery().redelivery() == 0) {
      Event event = outcome.delivery().entry().event();
      Attempt attempt = outcome.attempt();
      delays.add(Duration.between(event.committedAt(), attempt.at().plus(attempt.took())));
    }
  }

  /**
   * What came in one step.
   *
   * @param failed attempts
   * @param delayMillis from commit to acknowledgement, which 95 of a hundred kept; NaN: there was
   *     none
   */
  record Taken(long delivered, long failed, double delayMillis) {}

  Taken take() {
    return new Taken(delivered.sumThenReset(), failed.sumThenReset(), delays.take(QUANTILE));
  }
}
