package io.rowhook.capture.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.SlotTrend;
import io.rowhook.capture.catalog.Slot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What looks at the slot tell together, and from when on it is at risk. */
class SlotHistoryTest {

  private static final long MIB = 1 << 20;

  private final SlotHistory history = new SlotHistory();
  private final SlotRisk risk = new SlotRisk(1_024 * MIB);

  @Test
  void saysHowOldTheLogIsThatIsNotConfirmed() {
    assertThat(look(0, 100, 100, 0, null).behind()).isZero();
    assertThat(look(10, 300, 100, 0, null).behind()).isZero();
    SlotTrend trend = look(20, 500, 100, 0, null);
    assertThat(trend.behind()).isEqualTo(Duration.ofSeconds(10));
    assertThat(trend.longer()).isFalse();
    assertThat(look(25, 500, 300, 0, null).behind()).isEqualTo(Duration.ofSeconds(5));
    assertThat(look(30, 500, 500, 0, null).behind()).isZero();
  }

  @Test
  void saysThatItMayBeOlderWhereItWasSoAtTheFirstLook() {
    look(0, 500, 100, 0, null);
    for (int second = 1; second < 10_000; second++) {
      look(second, 500 + second, 100, 0, null);
    }
    SlotTrend trend = look(10_000, 90_000, 100, 0, null);
    assertThat(trend.behind()).isEqualTo(Duration.ofSeconds(10_000));
    assertThat(trend.longer()).isTrue();
  }

  @Test
  void knowsNoGrowthBeforeAMinuteAndNoneWhereTheLogOnlyFallsInSteps() {
    assertThat(look(0, 0, 0, 10 * MIB, 500 * MIB)).isEqualTo(SlotTrend.UNKNOWN);
    assertThat(look(59, 0, 0, 300 * MIB, 200 * MIB)).isEqualTo(SlotTrend.UNKNOWN);
    for (int second = 60; second < 1_500; second++) {
      long saw = second % 15;
      SlotTrend trend = look(second, 0, 0, saw * MIB, (500 - saw) * MIB);
      if (second > 60 + SlotHistory.WINDOW.toSeconds()) {
        assertThat(trend.bytesPerHour()).isZero();
        assertThat(trend.left()).isNull();
      }
    }
  }

  @Test
  void saysWhenTheSlotIsLostAsTheLogGrows() {
    SlotTrend trend = SlotTrend.UNKNOWN;
    for (int second = 0; second <= 120; second++) {
      trend = look(second, 0, 0, second * MIB, (7_200 - second) * MIB);
    }
    assertThat(trend.bytesPerHour()).isBetween(3_500 * MIB, 3_700 * MIB);
    assertThat(trend.left()).isBetween(Duration.ofMinutes(115), Duration.ofHours(2));

    SlotHistory unlimited = new SlotHistory();
    unlimited.add(slot(0, 0, 0, null, null, "reserved"), Duration.ZERO);
    unlimited.add(slot(0, 0, 9 * MIB, null, null, "reserved"), Duration.ofSeconds(50));
    trend = unlimited.add(slot(0, 0, 9 * MIB, null, null, "reserved"), Duration.ofSeconds(61));
    assertThat(trend.bytesPerHour()).isPositive();
    assertThat(trend.left()).isNull();
  }

  /** The quiet time before does not hide it. */
  @Test
  void aBurstIsSeenWithinAMinute() {
    for (int second = 0; second < 600; second++) {
      look(second, 0, 0, second * MIB / 60, (10_000 - second / 60) * MIB);
    }
    SlotTrend trend = SlotTrend.UNKNOWN;
    for (int second = 600; second <= 660; second++) {
      long kept = 10 + 50L * (second - 600);
      trend = look(second, 0, 0, kept * MIB, (10_000 - kept) * MIB);
    }
    assertThat(trend.left()).isBetween(Duration.ofSeconds(130), Duration.ofSeconds(160));
  }

  @Test
  void isAtRiskByOneOfFourRulesAndUntilThereIsTwiceTheRoom() {
    assertThat(judge(100 * MIB, 900 * MIB, 1_000 * MIB, "reserved", null)).isEmpty();
    assertThat(judge(910 * MIB, 90 * MIB, 1_000 * MIB, "extended", null))
        .contains("may write 90 MiB more", "less than a tenth of max_slot_wal_keep_size, 1000 MiB");
    assertThat(judge(850 * MIB, 150 * MIB, 1_000 * MIB, "extended", null))
        .contains("may write 150 MiB more");
    assertThat(judge(700 * MIB, 300 * MIB, 1_000 * MIB, "extended", null)).isEmpty();

    assertThat(judge(700 * MIB, 300 * MIB, 1_000 * MIB, "extended", Duration.ofMinutes(50)))
        .contains("within the hour");
    assertThat(judge(700 * MIB, 300 * MIB, 1_000 * MIB, "extended", Duration.ofHours(3))).isEmpty();
    assertThat(judge(1_100 * MIB, 0L, 1_000 * MIB, "unreserved", null))
        .contains("removes it at its next checkpoint");
    assertThat(judge(0, 0L, 1_000 * MIB, "lost", null)).contains("it is lost");
    assertThat(judge(0, 1_000 * MIB, 1_000 * MIB, "reserved", null)).isEmpty();

    assertThat(judge(1_024 * MIB, null, null, "reserved", null))
        .contains("keeps 1024 MiB of log for it", "its disk fills up");
    assertThat(judge(500 * MIB, null, null, "reserved", null)).isEmpty();
  }

  private String judge(
      long retained,
      @Nullable Long safe,
      @Nullable Long limit,
      String walStatus,
      @Nullable Duration left) {
    SlotTrend trend = new SlotTrend(Duration.ZERO, false, MIB, left);
    return risk.judge(slot(0, 0, retained, safe, limit, walStatus), trend).orElse("");
  }

  private SlotTrend look(
      int second, long current, long confirmed, long retained, @Nullable Long safe) {
    return history.add(
        slot(current, confirmed, retained, safe, safe, "reserved"), Duration.ofSeconds(second));
  }

  private static Slot slot(
      long current,
      long confirmed,
      long retained,
      @Nullable Long safe,
      @Nullable Long limit,
      String walStatus) {
    return new Slot(
        "rowhook",
        "pgoutput",
        "erp",
        null,
        false,
        "",
        "",
        true,
        new Lsn(confirmed),
        retained,
        new Lsn(current),
        walStatus,
        safe,
        limit);
  }
}
