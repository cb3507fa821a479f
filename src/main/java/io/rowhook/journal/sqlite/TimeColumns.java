package io.rowhook.journal.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Times as the journal's columns hold them: microseconds, as the source's. Finer is cut off. */
public final class TimeColumns {

  private TimeColumns() {}

  private static final Instant LAST = instant(Long.MAX_VALUE);

  public static long micros(Instant instant) {
    return instant.isAfter(LAST)
        ? Long.MAX_VALUE // Instant.MAX: for ever
        : Math.multiplyExact(instant.getEpochSecond(), 1_000_000) + instant.getNano() / 1_000;
  }

  public static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  static @Nullable public Instant instant(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : instant(micros);
  }

  public static Duration duration(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }
}
