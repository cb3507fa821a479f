package io.rowhook.webhook.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Retry-After} in each of its forms, and what is none. */
class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @ParameterizedTest
  @Tag("feature-34")
  @CsvSource({
    "120, 120",
    "0, 0",
    " 7 , 7",
    "604801, 604800",
    "99999999999999999999999, 604800",
    "'Sat, 21 Nov 2026 12:01:00 GMT', 60",
    "'Saturday, 21-Nov-26 12:01:00 GMT', 60",
    "'Sat Nov 21 12:01:00 2026', 60",
    "'Sat, 21 Nov 2026 11:00:00 GMT', 0",
    "'Sat, 28 Nov 2026 12:00:01 GMT', 604800",
  })
  void readsRetryAfter(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void readsASingleDigitDayInAsctime() {
    assertThat(RetryAfter.parse("Sun Nov  1 12:00:10 2026", Instant.parse("2026-11-01T12:00:00Z")))
        .contains(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "1.5", "12 s", "Sat, 32 Nov 2026 12:01:00 GMT"})
  void readsNothingFromNonsense(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
  }
}
