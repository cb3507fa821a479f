package io.rowhook.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RowhookProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void watchesAndEndsAProcess() {
    RowhookProcess.Setup receive =
        RowhookProcess.command("receive", "--port", "0", "--secret-env", "A_SECRET")
            .env("A_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .heap("64m");
    try (RowhookProcess process = receive.start()) {
      assertThat(process.awaitLine(LIMIT, "Listening on")).contains("http://127.0.0.1:");
      assertThat(process.isAlive()).isTrue();
      assertThat(process.residentBytes()).isBetween(10_000_000L, 400_000_000L);
      assertThat(process.stop()).isEqualTo(128 + 15);
      assertThat(process.isAlive()).isFalse();
    }
    try (RowhookProcess process = receive.start()) {
      process.awaitLine(LIMIT, "Listening on");
      process.kill();
      assertThat(process.exitCode(LIMIT)).isEqualTo(128 + 9);
    }
  }

  @Test
  void showsTheOutputOfOneThatHasEnded() {
    try (RowhookProcess process = RowhookProcess.command("receive", "--port", "-1").start()) {
      assertThatThrownBy(() -> process.awaitLine(LIMIT, "Listening on"))
          .hasMessageContaining("Rowhook ended with exit status 2 before a line")
          .hasMessageContaining("--port is from 0 to 65535, got: -1");
    }
  }
}
