package io.rowhook.webhook.dispatch;

import io.rowhook.base.Durations;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.recipient.BacklogLimit;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a recipient's backlog with its limit: announces it from 80 % on, and beyond it ends the
 * oldest deliveries failed, so that a recipient that nobody mends can never fill the journal. What
 * a person has redelivered or replayed is beside the limit: however old it is, it is tried until
 * its retries are used up. Owned by the dispatcher's thread.
 */
public final class BacklogLimiter {

  private static final Logger LOG = LoggerFactory.getLogger(RecipientDispatcher.class);

  /** Between two looks. */
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final int PAGE = 500;

  private final String recipient;
  private Instant next = Instant.MIN;
  private boolean announced;

  public BacklogLimiter(String recipient) {
    this.recipient = recipient;
  }

  /** When to look next. */
  Instant next() {
    return next;
  }

  /** Whether it is time to look, and the backlog is too large. Announces what is near the limit. */
  boolean isBeyond(DeliveryStore store, BacklogLimit limit, Instant now) {
    if (next.isAfter(now)) {
      return false;
    }
    next = now.plus(INTERVAL);
    Backlog backlog = store.backlog();
    double part = limit.part(backlog, now);
    if (part < BacklogLimit.ANNOUNCED) {
      announced = false;
    } else if (!announced) {
      announced = true;
      LOG.atWarn()
          .setMessage(
              "the backlog comes near its limit; beyond it the oldest deliveries end failed")
          .addKeyValue("recipient", recipient)
          .addKeyValue("part", Math.round(100 * part) + " %")
          .addKeyValue("bytes", backlog.bytes())
          .addKeyValue("limit_bytes", limit.bytes())
          .addKeyValue("oldest", backlog.oldest().map(Instant::toString).orElse("none"))
          .addKeyValue("limit_age", Durations.of(limit.age()))
          .log();
    }
    return part > 1;
  }

  /**
   * Ends the oldest deliveries until the backlog is within the limit.
   *
   * @param buffer an empty one
   * @param closing ends it before
   */
  public void shed(
      DeliveryBuffer buffer,
      Journal journal,
      DeliveryStore store,
      BacklogLimit limit,
      Instant now,
      BooleanSupplier closing)
      throws InterruptedException {
    long tooOld = journal.lastBefore(now.minus(limit.age()));
    Excess excess = new Excess(store.backlog().bytes(), limit, tooOld);
    boolean more = true;
    while (more && !closing.getAsBoolean()) {
      List<Delivery> open = store.oldestUnrequested(PAGE);
      more = open.size() == PAGE;
      for (Delivery delivery : open) {
        Optional<String> why = excess.why(delivery);
        if (why.isEmpty()) {
          more = false;
          break;
        }
        buffer.finish(delivery, state -> state.toFailed(why.get()));
        excess.ended(delivery);
      }
      buffer.flush();
    }
    more = true;
    while (more && !closing.getAsBoolean()) {
      Optional<Delivery> fresh = buffer.oldestFresh();
      Optional<String> why = fresh.flatMap(excess::why);
      more = why.isPresent();
      if (more) {
        buffer.finish(fresh.orElseThrow(), state -> state.toFailed(why.get()));
        excess.ended(fresh.orElseThrow());
      }
    }
    if (excess.count > 0) {
      LOG.atError()
          .setMessage("deliveries ended failed, since the backlog was larger than its limit")
          .addKeyValue("recipient", recipient)
          .addKeyValue("deliveries", excess.count)
          .log();
    }
  }

  /** What is still too much. */
  private static final class Excess {
    private final BacklogLimit limit;
    private final long tooOld; // up to this sequence
    private long bytes;
    private int count;

    Excess(long bytes, BacklogLimit limit, long tooOld) {
      this.bytes = bytes;
      this.limit = limit;
      this.tooOld = tooOld;
    }

    Optional<String> why(Delivery delivery) {
      if (delivery.sequence() <= tooOld) {
        return Optional.of(
            Failed.BACKLOG_LIMIT + ": it waited longer than " + Durations.of(limit.age()));
      }
      return bytes > limit.bytes()
          ? Optional.of(Failed.BACKLOG_LIMIT + ": more than " + limit.bytes() + " bytes waited")
          : Optional.empty();
    }

    void ended(Delivery delivery) {
      bytes -= delivery.bytes();
      count++;
    }
  }
}
