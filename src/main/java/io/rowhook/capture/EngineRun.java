package io.rowhook.capture;

import io.rowhook.base.Durations;
import io.rowhook.capture.debezium.DebeziumRunner;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.TransactionAssembler;
import io.rowhook.capture.monitor.CaptureStateTracker;
import io.rowhook.capture.monitor.SlotMonitor;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine from its start to its end: by itself, because it was asked to, or because it was given
 * up. Run by the supervisor's thread, once; the others tell it what happens.
 */
final class EngineRun {

  private final WaitingEngine waiting;
  private final TransactionAssembler reader;
  private final EngineActivity engine;
  private final SlotMonitor watch;
  private final CaptureStateTracker board;
  private final CaptureTimeouts timeouts;

  // guarded by this
  private boolean ended;
  private boolean stopped;
  private @Nullable Throwable failure;

  private volatile boolean streaming; // written while this is held

  EngineRun(
      WaitingEngine waiting,
      TransactionAssembler reader,
      SlotMonitor watch,
      CaptureStateTracker board,
      CaptureTimeouts timeouts) {
    this.waiting = waiting;
    this.reader = reader;
    this.engine = waiting.activity();
    this.watch = watch;
    this.board = board;
    this.timeouts = timeouts;
  }

  /** Lets it mark nothing more. Any thread. */
  void retire() {
    reader.retire();
  }

  /** For how long nothing has come through it that should have; zero before it streams. */
  Duration silence() {
    return streaming ? engine.silence() : Duration.ZERO;
  }

  /** For how long it has been taking one batch; zero: it takes none. Any thread; never waits. */
  Duration busy() {
    return engine.busy();
  }

  /** Asks it to end. Any thread. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** The source sends. Any thread. Returns false if that is of no interest any more. */
  synchronized boolean streaming() {
    if (ended || stopped) {
      return false;
    }
    streaming = true;
    board.sending();
    notifyAll();
    return true;
  }

  /**
   * Runs it to its end.
   *
   * @param patience for how long it may be without a sign of life
   * @return why it ended; empty: it was asked to
   */
  Optional<Throwable> run(Duration patience) throws InterruptedException {
    DebeziumRunner runner = waiting.go(this::ended);
    watch.engine(engine);
    Optional<Throwable> given;
    try {
      given = awaitEnd(patience);
    } finally {
      reader.retire();
      watch.engine(null);
      runner.stop(timeouts.stop());
    }
    synchronized (this) {
      if (given.isPresent()) {
        return given;
      }
      if (stopped) {
        return Optional.empty();
      }
      return Optional.of(
          failure == null ? new CaptureException("the engine ended by itself") : failure);
    }
  }

  /** Waits until it has ended or has to. Returns why it was given up; empty: it was not. */
  private synchronized Optional<Throwable> awaitEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + timeouts.start().toNanos();
    while (!ended && !stopped) {
      if (!streaming) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return Optional.of(
              new CaptureException(
                  "the source did not send within " + Durations.of(timeouts.start())));
        }
        wait(left);
      } else if (engine.connectionSilence().compareTo(patience) >= 0) {
        engine.abandon();
        return Optional.of(new CaptureException(board.stalled(engine, waiting())));
      } else {
        board.look(engine, waiting());
        wait(timeouts.look().toMillis());
      }
    }
    return Optional.empty();
  }

  private String waiting() {
    return watch.sender().map(SlotMonitor.Sender::waiting).orElse("");
  }

  private synchronized void ended(@Nullable Throwable end) {
    failure = end;
    ended = true;
    notifyAll();
  }
}
