package io.rowhook.capture;

import java.time.Instant;

/** Where capture stands. Read from any thread; changed by the supervisor's only. */
public sealed interface CaptureState {

  /** Checking the source, or an engine is starting. */
  record Starting() implements CaptureState {}

  /** The source sends its log. */
  record Streaming(Instant since) implements CaptureState {}

  /** The engine failed, or the source has a problem; tried again by itself. */
  record Waiting(String reason, Instant until) implements CaptureState {}

  /**
   * Nothing is captured, and nothing is tried.
   *
   * @param reason in a sentence
   * @param gap row changes may be missing: a person decides, with {@code --accept-gap}
   */
  record Stopped(String reason, boolean gap) implements CaptureState {}
}
