package io.rowhook.capture;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says where capture stands, and tells the observer. Once stalled it stays so, whatever is tried,
 * until something comes through. Read by any thread; written by the supervisor's and the slot
 * watch's, under the supervisor's lock.
 */
final class StateBoard {

  private static final Logger log = LoggerFactory.getLogger(StateBoard.class);

  private final Source source;
  private final Timing timing;
  private final Observer observer;
  private volatile CaptureState state = new CaptureState.Starting();
  private volatile CaptureState.@Nullable Stalled stalled;

  StateBoard(Source source, Timing timing, Observer observer) {
    this.source = source;
    this.timing = timing;
    this.observer = observer;
  }

  CaptureState state() {
    return state;
  }

  boolean isStalled() {
    return stalled != null;
  }

  void starting() {
    CaptureState.Stalled known = stalled;
    state = known == null ? new CaptureState.Starting() : known;
  }

  /** The server says that it sends. */
  void sending() {
    if (stalled == null) {
      state = new CaptureState.Streaming(Instant.now());
    }
  }

  /** Looks whether something comes through the engine. */
  void look(Liveness engine, String waiting) {
    if (engine.silence().compareTo(timing.silence()) >= 0) {
      stalled(engine, waiting);
    } else if (stalled != null && engine.heard()) {
      stalled = null;
      state = new CaptureState.Streaming(Instant.now());
    }
  }

  /**
   * Nothing comes through it.
   *
   * @param waiting what the server process waits for that sends
   * @return why, in a sentence
   */
  String stalled(Liveness engine, String waiting) {
    CaptureState.Stalled now = stalled;
    if (now == null) {
      boolean answers = engine.connectionSilence().compareTo(timing.silence()) < 0;
      now =
          new CaptureState.Stalled(
              engine.since(),
              "nothing has come from %s for %s, not even a heartbeat%s; the sending server process waited for %s. Look at the network between, and at pg_stat_replication"
                  .formatted(
                      source.server(),
                      timing.silence(),
                      answers
                          ? ", but the server answers: it reads its log for other tables, or waits for a standby"
                          : "",
                      waiting.isEmpty() ? "nothing" : waiting));
      stalled = now;
      log.warn("stalled: {}", now.reason());
    }
    state = now;
    return now.reason();
  }

  void waiting(String reason, Duration wait) {
    log.warn("capture failed, next try in {}: {}", wait, reason);
    state = new CaptureState.Waiting(reason, Instant.now().plus(wait));
    observer.failed(reason, wait);
  }

  /** For good; only the first time counts. */
  void stopped(String reason, boolean gap) {
    if (state instanceof CaptureState.Stopped) {
      return;
    }
    state = new CaptureState.Stopped(reason, gap);
    if (gap) {
      log.error("capture has stopped: {}", reason);
    }
    observer.stopped(reason);
  }
}
