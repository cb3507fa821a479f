package io.rowhook.capture;

import io.rowhook.capture.debezium.DebeziumRunner;
import io.rowhook.capture.debezium.EngineActivity;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine before its {@link EngineRun}: not started yet, or, in a process that takes over, with
 * all done that takes time, but the slot not asked for, which another process still reads. One
 * thread at a time; its engine's end may come on that one's.
 */
final class WaitingEngine {

  private final EngineActivity activity;
  private final DebeziumRunner runner;
  private final boolean started;

  // guarded by this
  private boolean ended;
  private @Nullable Throwable failure;
  private @Nullable Consumer<@Nullable Throwable> listener;

  private WaitingEngine(SourceConfig source, EngineActivity activity, boolean started) {
    this.activity = activity;
    this.started = started;
    this.runner = new DebeziumRunner(source, activity, this::ended);
  }

  /** One that is started when it is let go. */
  static WaitingEngine none(SourceConfig source) {
    return new WaitingEngine(source, EngineActivity.unhindered(), false);
  }

  /** Starts one that waits before it asks for the slot. */
  static WaitingEngine start(SourceConfig source) {
    WaitingEngine engine = new WaitingEngine(source, EngineActivity.waiting(), true);
    engine.runner.start();
    return engine;
  }

  EngineActivity activity() {
    return activity;
  }

  /** Waits until only the slot is missing, so long at most; returns whether that is so. */
  boolean awaitReady(Duration limit) throws InterruptedException {
    return activity.awaitParked(limit) && isRunning();
  }

  synchronized boolean isRunning() {
    return !ended;
  }

  /**
   * Lets it go on, to the slot.
   *
   * @param end told once it has ended, at once if that was before; null: it was stopped
   */
  DebeziumRunner go(Consumer<@Nullable Throwable> end) {
    synchronized (this) {
      if (!ended) {
        listener = end;
      }
    }
    if (!started) {
      runner.start();
    } else if (isRunning()) {
      activity.release();
    } else {
      end.accept(failure());
    }
    return runner;
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Ends one that nobody needs. */
  void giveUp(Duration limit) throws InterruptedException {
    activity.release();
    runner.stop(limit);
    activity.unregister();
  }

  private void ended(@Nullable Throwable end) {
    Consumer<@Nullable Throwable> told;
    synchronized (this) {
      ended = true;
      failure = end;
      told = listener;
    }
    if (told != null) {
      told.accept(end);
    }
  }
}
