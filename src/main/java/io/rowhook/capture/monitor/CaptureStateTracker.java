package io.rowhook.capture.monitor;

import io.rowhook.base.Durations;
import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureTimeouts;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.debezium.EngineActivity;
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
public final class CaptureStateTracker {

  private static final Logger log = LoggerFactory.getLogger(CaptureStateTracker.class);

  private final SourceConfig source;
  private final CaptureTimeouts timeouts;
  private final CaptureListener listener;
  private final Checkpoints checkpoints;
  private volatile CaptureState state = new CaptureState.Starting();
  private volatile CaptureState.@Nullable Stalled stalled;

  public CaptureStateTracker(
      SourceConfig source,
      CaptureTimeouts timeouts,
      CaptureListener listener,
      Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
    this.source = source;
    this.timeouts = timeouts;
    this.listener = listener;
  }

  public CaptureState state() {
    return state;
  }

  public boolean isStalled() {
    return stalled != null;
  }

  public void starting() {
    CaptureState.Stalled known = stalled;
    state = known == null ? new CaptureState.Starting() : known;
  }

  /** Another process, which shares the journal, captures. */
  public void aside() {
    log.info("slot {}: it is not the turn of this instance to read it", source.slot());
    state = new CaptureState.Standby(Instant.now(), "another instance");
  }

  /** Another one has the slot. */
  public void standby(String holder) {
    log.info(
        "on standby: slot {} is held by {}; takes over when that is gone", source.slot(), holder);
    state = new CaptureState.Standby(Instant.now(), holder);
  }

  /** The server says that it sends. */
  public void sending() {
    if (stalled == null) {
      state = new CaptureState.Streaming(Instant.now());
    }
  }

  /** Looks whether something comes through the engine. */
  public void look(EngineActivity engine, String waiting) {
    if (engine.silence().compareTo(timeouts.silence()) >= 0) {
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
  public String stalled(EngineActivity engine, String waiting) {
    CaptureState.Stalled now = stalled;
    if (now == null) {
      boolean answers = engine.connectionSilence().compareTo(timeouts.silence()) < 0;
      now =
          new CaptureState.Stalled(
              engine.since(),
              "nothing has come from %s for %s, not even a heartbeat%s; the sending server process waited for %s. Look at the network between, and at pg_stat_replication"
                  .formatted(
                      source.server(),
                      Durations.of(timeouts.silence()),
                      answers
                          ? ", but the server answers: it reads its log for other tables, or waits"
                              + " for a standby"
                          : "",
                      waiting.isEmpty() ? "nothing" : waiting));
      stalled = now;
      log.warn("stalled: {}", now.reason());
    }
    state = now;
    return now.reason();
  }

  public void waiting(String reason, Duration wait) {
    log.warn("capture failed, next try in {}: {}", Durations.of(wait), reason);
    state = new CaptureState.Waiting(reason, Instant.now().plus(wait));
    listener.failed(reason, wait);
  }

  /**
   * Notes durably that capture stops at a gap, for whoever asks when this process has ended.
   *
   * @return whether that could be done: of several processes that share a journal, it can only by
   *     the one whose turn it still is
   */
  public boolean noteGap(String reason) {
    try {
      checkpoints.stopped(reason);
      return true;
    } catch (RuntimeException e) {
      log.debug("why capture has stopped could not be noted", e); // the store says so itself
      return false;
    }
  }

  /** For good; only the first time counts. */
  public void stopped(String reason, boolean gap) {
    if (state instanceof CaptureState.Stopped) {
      return;
    }
    state = new CaptureState.Stopped(reason, gap);
    if (gap) {
      log.error("capture has stopped: {}", reason);
      noteGap(reason);
    }
    listener.stopped(reason);
  }
}
