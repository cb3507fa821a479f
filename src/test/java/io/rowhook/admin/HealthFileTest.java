package io.rowhook.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.rowhook.capture.CaptureState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health file, and the script of the image that reads it. */
class HealthFileTest {

  private static final CaptureState STREAMING =
      new CaptureState.Streaming(Instant.parse("2026-05-24T15:20:44Z"));

  @TempDir Path temp;

  @Test
  void isHealthyWhileCaptureStreams() throws Exception {
    HealthFile health = new HealthFile(file());
    assertThat(check()).isEqualTo("1 " + file() + " is not there: not started yet?");

    health.record(new CaptureState.Starting(), Optional.empty(), Instant.now());
    assertThat(check()).startsWith("1 starting, ");

    health.record(STREAMING, Optional.empty(), Instant.now());
    assertThat(check()).startsWith("0 streaming since 2026-05-24T15:20:44Z, ");

    health.record(
        new CaptureState.Waiting("no\n route", Instant.now()), Optional.empty(), Instant.now());
    assertThat(check()).startsWith("1 waiting: no route, ");

    health.record(
        new CaptureState.Stalled(Instant.parse("2026-05-24T15:20:44Z"), "nothing has come"),
        Optional.empty(),
        Instant.now());
    assertThat(check()).startsWith("1 stalled since 2026-05-24T15:20:44Z: nothing has come, ");

    health.record(
        new CaptureState.Stopped("the slot is gone", true), Optional.empty(), Instant.now());
    assertThat(check()).startsWith("1 stopped: the slot is gone, ");
  }

  @Test
  void saysThatTheSlotIsAtRiskWhichNoRestartMends() throws Exception {
    HealthFile health = new HealthFile(file());
    health.record(STREAMING, Optional.of("little\nis left"), Instant.now());
    assertThat(check())
        .startsWith(
            "0 streaming since 2026-05-24T15:20:44Z; the slot is at risk: little is left, ");
  }

  @Test
  void isUnhealthyOnceItIsNotRenewed() throws Exception {
    HealthFile health = new HealthFile(file());
    health.record(STREAMING, Optional.empty(), Instant.now());
    Files.setLastModifiedTime(file(), FileTime.from(Instant.now().minusSeconds(60)));
    assertThat(check()).startsWith("1 streaming since 2026-05-24T15:20:44Z, 6");

    health.record(STREAMING, Optional.empty(), Instant.now().plus(HealthFile.EVERY));
    assertThat(check()).startsWith("0 streaming");
  }

  @Test
  void goesOnWhereItCannotBeWritten() {
    HealthFile health = new HealthFile(temp.resolve("gone/health"));
    assertThatCode(() -> health.record(STREAMING, Optional.empty(), Instant.now()))
        .doesNotThrowAnyException();
  }

  private Path file() {
    return temp.resolve("health");
  }

  /** The exit status of the image's health check, and what it prints. */
  private String check() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "src/main/docker/healthy");
    builder.environment().put("ROWHOOK_HEALTH", file().toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }
}
