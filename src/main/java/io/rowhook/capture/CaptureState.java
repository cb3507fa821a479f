package io.rowhook.capture;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Where capture stands. Read from any thread; changed by the supervisor's only. */
public sealed interface CaptureState {

  /** Checking the source, or an engine is starting. */
  record Starting() implements CaptureState {}

  /** The source sends its log: something came through, if only a heartbeat, or it says so. */
  record Streaming(Instant since) implements CaptureState {}

  /**
   * Another Rowhook has the slot; this one takes over when it is gone.
   *
   * @param holder the other one, in words
   */
  record Standby(Instant since, String holder) implements CaptureState {}

  /**
   * Connected, but nothing comes, not even a heartbeat. A new engine is started by itself; this
   * stays the state until something comes through.
   *
   * @param since when something came last
   * @param reason in a sentence
   */
  record Stalled(Instant since, String reason) implements CaptureState {}

  /** The engine failed, or the source has a problem; tried again by itself. */
  record Waiting(String reason, Instant until) implements CaptureState {}

  /**
   * Nothing is captured, and nothing is tried.
   *
   * @param reason in a sentence
   * @param gap row changes may be missing: a person decides, with {@code --accept-gap}
   */
  record Stopped(String reason, boolean gap) implements CaptureState {}

  /** The same in one line, for people. */
  default String line() {
    return switch (this) {
      case Starting() -> "starting";
      case Streaming(Instant since) -> "streaming since " + since.truncatedTo(ChronoUnit.SECONDS);
      case Standby(Instant since, String holder) ->
          "standby since "
              + since.truncatedTo(ChronoUnit.SECONDS)
              + ": the slot is held by "
              + oneLine(holder);
      case Stalled(Instant since, String reason) ->
          "stalled since " + since.truncatedTo(ChronoUnit.SECONDS) + ": " + oneLine(reason);
      case Waiting(String reason, _) -> "waiting: " + oneLine(reason);
      case Stopped(String reason, _) -> "stopped: " + oneLine(reason);
    };
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
