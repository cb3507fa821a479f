package io.rowhook.base;

import java.time.Duration;

/** Lengths of time, in words. */
public final class Durations {

  private static final long MINUTE = 60;
  private static final long HOUR = 3_600;
  private static final long DAY = 86_400;

  private Durations() {}

  /**
   * {@code 250ms}, {@code 16s}, {@code 1m 30s}, {@code 10m}, {@code 2h 5m}, {@code 30d}: in its two
   * largest units, the rest cut off. A negative one is {@code 0s}.
   */
  public static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (duration.isNegative() || duration.isZero()) {
      return "0s";
    }
    if (seconds < MINUTE) {
      long millis = duration.toMillis();
      return millis % 1_000 == 0 || seconds >= 10 ? seconds + "s" : millis + "ms";
    }
    if (seconds < HOUR) {
      return both(seconds, MINUTE, "m", 1, "s");
    }
    return seconds < DAY
        ? both(seconds, HOUR, "h", MINUTE, "m")
        : both(seconds, DAY, "d", HOUR, "h");
  }

  private static String both(long seconds, long large, String one, long small, String other) {
    long rest = seconds % large / small;
    return seconds / large + one + (rest == 0 ? "" : " " + rest + other);
  }
}
