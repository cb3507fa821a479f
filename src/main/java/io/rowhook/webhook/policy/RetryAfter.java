package io.rowhook.webhook.policy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads {@code Retry-After} (RFC 9110, section 10.2.3): a number of seconds, or a date in any of
 * the three forms that HTTP has. Pure; knows no clock.
 */
final class RetryAfter {

  /**
   * However much a recipient asks for, no delivery is put off by more than this
   * (docs/receiving.md).
   */
  static final Duration LIMIT = Duration.ofDays(7);

  private static final int MAX_DIGITS = 9; // of seconds: 31 years, far beyond the limit

  /** IMF-fixdate, RFC 850 and asctime: RFC 9110, section 5.6.7. All of them mean UTC. */
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH));

  private RetryAfter() {}

  /**
   * How long to wait from {@code now}, from zero to {@link #LIMIT}; empty for what is neither a
   * number nor a date.
   */
  static Optional<Duration> parse(String value, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(
          text.length() > MAX_DIGITS ? LIMIT : bounded(Duration.ofSeconds(Long.parseLong(text))));
    }
    for (DateTimeFormatter form : DATES) {
      try {
        Instant date = LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC);
        return Optional.of(bounded(Duration.between(now, date)));
      } catch (DateTimeException e) {
        // perhaps it is the next form
      }
    }
    return Optional.empty();
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LIMIT) > 0 ? LIMIT : wait;
  }
}
