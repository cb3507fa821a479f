package io.rowhook.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.recipient.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many attempts a rate lets start, on a clock that is only numbers. */
@Tag("feature-63")
class RateLimiterTest {

  private static final Instant START = Instant.parse("2026-05-24T15:20:44Z");

  @Test
  void withoutARateNothingIsLimited() {
    RateLimiter limiter = new RateLimiter(Optional.empty());
    for (int i = 0; i < 1000; i++) {
      assertThat(limiter.available(START)).isEqualTo(Integer.MAX_VALUE);
      limiter.take();
    }
    assertThat(limiter.next(START)).isEqualTo(Instant.MAX);
  }

  @Test
  void aSecondsWorthMayStartAtOnceAndThenTheRateHolds() {
    RateLimiter limiter = limiter(10, "PT1S");
    assertThat(limiter.available(START)).isEqualTo(10);
    take(limiter, 10);
    assertThat(limiter.available(START)).isZero();
    assertThat(limiter.next(START)).isEqualTo(START.plusMillis(100));
    assertThat(limiter.available(START.plusMillis(99))).isZero();
    assertThat(limiter.available(START.plusMillis(100))).isEqualTo(1);
    assertThat(limiter.next(START.plusMillis(100))).isEqualTo(Instant.MAX);
    assertThat(limiter.available(START.plusMillis(399))).isEqualTo(3);
    take(limiter, 3);
    assertThat(limiter.next(START.plusMillis(399))).isEqualTo(START.plusMillis(400));
  }

  @Test
  void restsDoNotAddUp() {
    RateLimiter limiter = limiter(10, "PT1S");
    take(limiter, 10);
    assertThat(limiter.available(START)).isZero();
    assertThat(limiter.available(START.plus(Duration.ofDays(1000)))).isEqualTo(10);
  }

  @Test
  void aSlowRateLetsOneStart() {
    RateLimiter perMinute = limiter(100, "PT1M");
    assertThat(perMinute.available(START)).isEqualTo(1);
    perMinute.take();
    assertThat(perMinute.next(START)).isEqualTo(START.plusMillis(600));
    RateLimiter perHour = limiter(1, "PT1H");
    assertThat(perHour.available(START)).isEqualTo(1);
    perHour.take();
    assertThat(perHour.next(START)).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  @Test
  void neverMoreThanTheRateOverALongTime() {
    for (Rate rate :
        new Rate[] {
          new Rate(7, Duration.ofSeconds(1)),
          new Rate(100, Duration.ofMinutes(1)),
          new Rate(5000, Duration.ofHours(1)),
          new Rate(Rate.MAX_COUNT, Duration.ofMinutes(1))
        }) {
      RateLimiter limiter = new RateLimiter(Optional.of(rate));
      int burst = limiter.available(START);
      long started = 0;
      for (int millis = 0; millis <= 1_000_000; millis += 7) {
        int may = limiter.available(START.plusMillis(millis));
        take(limiter, may);
        started += may;
      }
      double allowed = burst + rate.count() * 1_000_000.0 / rate.per().toMillis();
      assertThat((double) started).as("%s", rate).isBetween(allowed * 0.9, allowed);
    }
  }

  @Test
  void anEditTakesEffectAtOnce() {
    RateLimiter limiter = limiter(1, "PT1H");
    limiter.available(START);
    limiter.take();
    limiter.limit(Optional.of(new Rate(10, Duration.ofSeconds(1))));
    assertThat(limiter.available(START)).isZero(); // an edit is no way to start more
    assertThat(limiter.next(START)).isEqualTo(START.plusMillis(100));
    limiter.limit(Optional.of(new Rate(2, Duration.ofSeconds(1))));
    assertThat(limiter.available(START.plus(Duration.ofHours(2)))).isEqualTo(2);
    limiter.limit(Optional.empty());
    assertThat(limiter.available(START)).isEqualTo(Integer.MAX_VALUE);
    limiter.limit(Optional.of(new Rate(5, Duration.ofSeconds(1))));
    assertThat(limiter.available(START)).isEqualTo(5);
  }

  @Test
  void aClockThatIsSetBackNeitherFillsNorBlocks() {
    RateLimiter limiter = limiter(10, "PT1S");
    take(limiter, 10);
    assertThat(limiter.available(START)).isZero();
    Instant back = START.minus(Duration.ofDays(1));
    assertThat(limiter.available(back)).isZero();
    assertThat(limiter.next(back)).isEqualTo(back.plusMillis(100));
    assertThat(limiter.available(back.plusMillis(100))).isEqualTo(1);
  }

  private static RateLimiter limiter(int count, String per) {
    return new RateLimiter(Optional.of(new Rate(count, Duration.parse(per))));
  }

  private static void take(RateLimiter limiter, int count) {
    for (int i = 0; i < count; i++) {
      limiter.take();
    }
  }
}
