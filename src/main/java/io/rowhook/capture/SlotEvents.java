package io.rowhook.capture;

import io.rowhook.capture.monitor.SlotMonitor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the slot's monitor sees, for the engine that runs. On the monitor's thread. */
final class SlotEvents implements SlotMonitor.Listener {

  private static final Logger log = LoggerFactory.getLogger(SlotEvents.class);

  private final SourceConfig source;
  private final PreparedSource prepared;
  private final CaptureTimeouts timeouts;
  private final CaptureListener listener;
  private final Supplier<Optional<EngineRun>> running;
  private final Runnable anotherEngine;
  private long tablesLooked = System.nanoTime();

  /**
   * Hands on what it is told.
   *
   * @param running the engine that runs
   * @param anotherEngine ends it, and prepares a new one
   */
  SlotEvents(
      SourceConfig source,
      PreparedSource prepared,
      CaptureTimeouts timeouts,
      CaptureListener listener,
      Supplier<Optional<EngineRun>> running,
      Runnable anotherEngine) {
    this.source = source;
    this.prepared = prepared;
    this.timeouts = timeouts;
    this.listener = listener;
    this.running = running;
    this.anotherEngine = anotherEngine;
  }

  @Override
  public void streaming() {
    if (running.get().filter(EngineRun::streaming).isPresent()) {
      log.info("Streaming from slot {}", source.slot());
      listener.streaming();
    }
  }

  @Override
  public void changed() {
    log.info(
        "the slot, the publication or a table of the source is not as it was when the engine was prepared: it is looked at anew");
    anotherEngine.run(); // the check before the next engine finds the words
  }

  @Override
  public boolean isWhole() {
    return prepared.suspended().isEmpty();
  }

  @Override
  public void looked(Connection connection) throws SQLException {
    if (System.nanoTime() - tablesLooked > timeouts.heartbeat().toNanos()) {
      tablesLooked = System.nanoTime();
      if (!prepared.isStill(connection)) {
        changed();
      }
    }
  }
}
