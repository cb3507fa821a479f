package io.rowhook.webhook.dispatch;

import io.rowhook.recipient.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says how many attempts a recipient's {@link Rate} lets start now, and when the next: a token
 * bucket that holds what may start in one second, at least one token. Knows no clock, and does
 * without fractions: the bucket is filled with nanoseconds, and a token costs so many of them. Not
 * thread-safe: it belongs to its dispatcher's thread.
 *
 * <p>It begins full. A clock that is set back fills nothing, one that is set forth at most the
 * bucket.
 */
public final class RateLimiter {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private Optional<Rate> rate = Optional.empty();
  private long cost = 1; // nanoseconds for each token
  private long capacity; // nanoseconds
  private long filled; // nanoseconds
  private @Nullable Instant at; // of which time that is

  public RateLimiter(Optional<Rate> rate) {
    limit(rate);
  }

  /**
   * Takes another rate. Whole tokens stay, as far as they fit; what no rate limited before begins
   * with a full bucket.
   */
  void limit(Optional<Rate> other) {
    if (other.equals(rate)) {
      return;
    }
    long tokens = rate.isEmpty() ? Long.MAX_VALUE : filled / cost;
    rate = other;
    if (other.isEmpty()) {
      return;
    }
    long count = other.get().count();
    long per = other.get().per().toNanos();
    cost = Math.ceilDiv(per, count); // never faster than that
    long burst = Math.max(1, SECOND / cost);
    capacity = burst * cost;
    filled = Math.min(tokens, burst) * cost;
  }

  /** How many attempts may start now. */
  int available(Instant now) {
    if (rate.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    fill(now);
    return (int) (filled / cost);
  }

  /** An attempt starts that {@link #available} has allowed. */
  void take() {
    filled -= rate.isEmpty() ? 0 : cost;
  }

  /** When the next attempt may start; {@link Instant#MAX} if one may now. */
  Instant next(Instant now) {
    return available(now) > 0 ? Instant.MAX : now.plusNanos(cost - filled);
  }

  private void fill(Instant now) {
    if (at != null && now.isAfter(at)) {
      Duration since = Duration.between(at, now);
      boolean full = since.compareTo(Duration.ofNanos(capacity - filled)) >= 0;
      filled = full ? capacity : filled + since.toNanos();
    }
    at = now;
  }
}
