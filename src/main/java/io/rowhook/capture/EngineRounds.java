package io.rowhook.capture;

import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.TransactionAssembler;
import io.rowhook.capture.monitor.CaptureStateTracker;
import io.rowhook.capture.monitor.SlotMonitor;
import io.rowhook.capture.monitor.StructureWatch;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs one engine after the other, each to its end, with the generation that is prepared. The
 * supervisor's thread only.
 *
 * @param turn held by whoever uses the sink
 */
record EngineRounds(
    SourceConfig source,
    PreparedSource prepared,
    AssemblerFactory assemblers,
    SlotMonitor watch,
    CaptureStateTracker board,
    CaptureTimeouts timeouts,
    EngineDemand demand,
    ReentrantLock turn) {

  /**
   * What one engine came to.
   *
   * @param failed why it ended; empty: it was asked to
   * @param ends transactions that it has read to their end
   * @param heard whether anything came from the source
   */
  record Round(Optional<Throwable> failed, long ends, boolean heard) {}

  /**
   * Runs one to its end.
   *
   * @param patience how long it may hear nothing
   */
  Round run(Duration patience) throws InterruptedException {
    StructureWatch structure = new StructureWatch(source, prepared.current());
    WaitingEngine waiting = prepared.engine().orElseGet(() -> WaitingEngine.none(source));
    EngineActivity engine = waiting.activity();
    TransactionAssembler reader = assemblers.create(prepared.current(), structure, engine);
    engine.readBy(reader);
    Optional<Throwable> failed;
    try (structure) {
      failed = run(reader, waiting, patience);
    } finally {
      engine.unregister();
    }
    return new Round(failed, reader.ends(), engine.heard());
  }

  private Optional<Throwable> run(
      TransactionAssembler reader, WaitingEngine waiting, Duration patience)
      throws InterruptedException {
    turn.lockInterruptibly();
    try {
      PreparedGeneration now = prepared.current();
      now.generation().sink().restart(now.allFacts());
    } finally {
      turn.unlock();
    }
    EngineRun run = new EngineRun(waiting, reader, watch, board, timeouts);
    if (!demand.begin(run)) {
      return Optional.empty();
    }
    try {
      return run.run(patience);
    } finally {
      demand.ended();
    }
  }
}
