package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CaptureStateTest {

  private static final Instant SINCE = Instant.parse("2026-05-24T15:20:44.123Z");

  @Test
  void isToldInOneLine() {
    assertThat(new CaptureState.Starting().line()).isEqualTo("starting");
    assertThat(new CaptureState.Streaming(SINCE).line())
        .isEqualTo("streaming since 2026-05-24T15:20:44Z");
    assertThat(new CaptureState.Standby(SINCE, "process\n4711").line())
        .isEqualTo("standby since 2026-05-24T15:20:44Z: the slot is held by process 4711");
    assertThat(new CaptureState.Stalled(SINCE, "nothing has come").line())
        .isEqualTo("stalled since 2026-05-24T15:20:44Z: nothing has come");
    assertThat(new CaptureState.Waiting("no\n route", SINCE).line()).isEqualTo("waiting: no route");
    assertThat(new CaptureState.Stopped("the slot is gone", true).line())
        .isEqualTo("stopped: the slot is gone");
  }
}
