package io.rowhook.benchmark;

import java.util.Arrays;
import java.util.Locale;

/** Delays in milliseconds: nearest rank. */
record Delays(double p50, double p99, double p999, double longest) {

  static Delays of(long[] micros) {
    if (micros.length == 0) {
      throw new IllegalStateException("nothing came whose delay is known");
    }
    long[] sorted = micros.clone();
    Arrays.sort(sorted);
    return new Delays(
        rank(sorted, 0.5),
        rank(sorted, 0.99),
        rank(sorted, 0.999),
        sorted[sorted.length - 1] / 1e3);
  }

  private static double rank(long[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e3;
  }

  @Override
  public String toString() {
    return "p50 %.1f  p99 %.1f  p99.9 %.1f  longest %.1f ms"
        .formatted(p50, p99, p999, longest)
        .toLowerCase(Locale.ROOT);
  }
}
