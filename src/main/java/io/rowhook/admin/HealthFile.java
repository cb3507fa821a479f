package io.rowhook.admin;

import io.rowhook.capture.CaptureState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line of a file where capture stands, for a container's health check: cheap to read
 * where asking by a second Java would take half of the container's memory. The file's time says
 * when that was last so; a process that hangs or has died stops renewing it. One thread.
 */
public final class HealthFile {

  /** The environment variable that names the file; without it none is written. */
  public static final String VARIABLE = "ROWHOOK_HEALTH";

  /** Renewed this often; whoever reads it takes several times as much for too old. */
  public static final Duration EVERY = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(HealthFile.class);

  private final Path file;
  private @Nullable String written;
  private Instant renewed = Instant.MIN;
  private boolean complained;

  /**
   * Writes nothing yet.
   *
   * @param file in a directory that is there
   */
  public HealthFile(Path file) {
    this.file = file;
  }

  /**
   * Writes the state, if it is another or the time has come. A file that cannot be written is
   * logged once and is no reason to stop: the health check says the rest.
   *
   * @param risk why the slot is at risk; that is said behind the state, and is no reason to be
   *     restarted, which would not help
   */
  public void record(CaptureState state, Optional<String> risk, Instant now) {
    String line =
        line(state) + risk.map(why -> "; the slot is at risk: " + oneLine(why)).orElse("");
    boolean same = line.equals(written);
    if (same && now.isBefore(renewed.plus(EVERY))) {
      return;
    }
    try {
      if (same && Files.exists(file)) {
        Files.setLastModifiedTime(file, FileTime.from(now));
      } else {
        Files.writeString(file, line + "\n");
      }
      written = line;
      renewed = now;
      complained = false;
    } catch (IOException e) {
      if (!complained) {
        log.warn("the health file {} cannot be written: {}", file, e.toString());
      }
      complained = true;
    }
  }

  /** Where capture stands, in one line. */
  public static String line(CaptureState state) {
    return switch (state) {
      case CaptureState.Starting() -> "starting";
      case CaptureState.Streaming(Instant since) ->
          "streaming since " + since.truncatedTo(ChronoUnit.SECONDS);
      case CaptureState.Standby(Instant since, String holder) ->
          "standby since "
              + since.truncatedTo(ChronoUnit.SECONDS)
              + ": the slot is held by "
              + oneLine(holder);
      case CaptureState.Stalled(Instant since, String reason) ->
          "stalled since " + since.truncatedTo(ChronoUnit.SECONDS) + ": " + oneLine(reason);
      case CaptureState.Waiting(String reason, _) -> "waiting: " + oneLine(reason);
      case CaptureState.Stopped(String reason, _) -> "stopped: " + oneLine(reason);
    };
  }

  private static String oneLine(String reason) {
    return reason.replaceAll("\\s+", " ");
  }
}
