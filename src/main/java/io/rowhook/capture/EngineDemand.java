package io.rowhook.capture;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which engine is wanted, which runs, and whether any is: what others ask of the supervisor's
 * thread, which waits here. Any thread.
 */
final class EngineDemand {

  // guarded by this
  private Generation wanted;
  private @Nullable EngineRun running;
  private boolean closing;
  private boolean restart;

  EngineDemand(Generation first) {
    this.wanted = first;
  }

  /** Wants another generation. Returns the engine that still runs with the one before. */
  synchronized Optional<EngineRun> want(Generation next) {
    wanted = next;
    askForAnother();
    return Optional.ofNullable(running);
  }

  synchronized Optional<EngineRun> running() {
    return Optional.ofNullable(running);
  }

  /** The engine that runs is to end, and a new one to be prepared. */
  synchronized void askForAnother() {
    restart = true;
    if (running != null) {
      running.stop();
    }
    notifyAll();
  }

  /** No engine is wanted any more. */
  synchronized void close() {
    closing = true;
    if (running != null) {
      running.stop();
    }
    notifyAll();
  }

  synchronized boolean isClosing() {
    return closing;
  }

  /** The newest generation, for which an engine is prepared now; a later one asks for another. */
  synchronized Generation newest() {
    restart = false;
    return wanted;
  }

  /** An engine is to run. Returns whether it is still the one that is wanted. */
  synchronized boolean begin(EngineRun run) {
    if (restart || closing) {
      return false;
    }
    running = run;
    return true;
  }

  synchronized void ended() {
    running = null;
    notifyAll();
  }

  /** Waits until none runs, so long at most. */
  synchronized void awaitNone(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    long left = limit.toMillis();
    while (running != null && left > 0) {
      wait(left);
      left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }

  /** Waits for so long, or until something else is wanted. */
  synchronized void pause(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (!closing && !restart) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
