package io.rowhook.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT-3S, 0s",
    "PT0.25S, 250ms",
    "PT1.5S, 1500ms",
    "PT16S, 16s",
    "PT16.2S, 16s",
    "PT1M, 1m",
    "PT1M30S, 1m 30s",
    "PT10M, 10m",
    "PT59M59S, 59m 59s",
    "PT2H5M7S, 2h 5m",
    "PT24H, 1d",
    "PT720H, 30d",
    "PT49H30M, 2d 1h"
  })
  void inItsTwoLargestUnits(Duration duration, String words) {
    assertThat(Durations.of(duration)).isEqualTo(words);
  }
}
