package io.rowhook.admin.history;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Delays, in classes of half an octave from a millisecond to a month: a quantile is right to within
 * that. Any thread adds; one takes.
 */
final class DelayHistogram {

  private static final int CLASSES = 64;

  private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

  void add(Duration delay) {
    double octaves = Math.log((double) Math.max(1, delay.toMillis())) / Math.log(2);
    counts.incrementAndGet(Math.min(CLASSES - 1, (int) Math.round(2 * octaves)));
  }

  /**
   * Returns the quantile of what was added since the last call, in milliseconds, and begins anew;
   * NaN: there was nothing.
   */
  double take(double quantile) {
    long[] taken = new long[CLASSES];
    long all = 0;
    for (int i = 0; i < CLASSES; i++) {
      taken[i] = counts.getAndSet(i, 0);
      all += taken[i];
    }
    long wanted = (long) Math.ceil(quantile * all);
    for (int i = 0; i < CLASSES && all > 0; i++) {
      wanted -= taken[i];
      if (wanted <= 0) {
        return Math.pow(2, i / 2.0);
      }
    }
    return Double.NaN;
  }
}
