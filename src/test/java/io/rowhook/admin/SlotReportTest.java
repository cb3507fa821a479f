package io.rowhook.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.Lsn;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SlotTrend;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlotReportTest {

  private static final Instant AT = Instant.parse("2026-11-29T10:00:00Z");

  private static final SlotStatus SEEN =
      new SlotStatus(
          "rowhook",
          true,
          Lsn.parse("0/100"),
          Lsn.parse("0/100"),
          1_200_000,
          "reserved",
          null,
          null,
          new SlotTrend(Duration.ZERO, false, 0, null),
          Optional.empty(),
          AT,
          false);

  private static String shown(SlotStatus slot, Duration later) {
    StringWriter out = new StringWriter();
    SlotReport.print(SlotReport.json(slot), AT.plus(later), new PrintWriter(out, true));
    return out.toString();
  }

  @Test
  void whatIsNotSeenAnyMoreIsSaidOfThen() {
    assertThat(shown(SEEN, Duration.ofSeconds(1)))
        .startsWith(
            "slot         rowhook: all of the source's log is here; the source keeps 1.2 MB");
    assertThat(shown(SEEN.gone(), Duration.ofSeconds(3)))
        .startsWith(
            "slot         rowhook: last seen 3s ago, as the source does not answer: all of the"
                + " source's log was here; the source kept 1.2 MB");
    assertThat(shown(SEEN, Duration.ofMinutes(2)))
        .contains("last seen 2m ago: all of the source's log was here");
  }
}
