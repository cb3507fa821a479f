package io.rowhook.capture.monitor;

import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.CaptureTimeouts;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SlotTrend;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the replication slot about every second, with a connection of its own, and sends the
 * {@link Heartbeat}.
 *
 * <p>Owns one daemon thread. Also reports what the engine does not: that the source really sends,
 * that log piles up, that the slot is at risk or lost.
 */
public final class SlotMonitor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SlotMonitor.class);

  /** How often it is looked whether a starting engine streams. */
  private static final Duration STARTING = Duration.ofMillis(50);

  private final SourceConfig source;
  private final CaptureTimeouts timeouts;
  private final CaptureListener captureListener;
  private final Heartbeat heartbeat;
  private final CompletenessSampler sampler;
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "rowhook-slot-watch");

  private @Nullable EngineActivity engine;
  private boolean streaming;
  private boolean closed;
  private long looks;

  private volatile @Nullable SlotStatus last;
  private volatile @Nullable Sender sender;
  private volatile @Nullable EngineActivity newest; // it may have ended
  private volatile int session; // its server process; 0: none
  private volatile boolean leads = true;
  private volatile boolean locked; // its writer is the thread

  // of the thread alone
  private @Nullable Connection connection;
  private Lsn confirmedBefore = Lsn.ZERO;
  private final SlotHistory history = new SlotHistory();
  private final SlotRisk risk;
  private boolean blind;

  /**
   * The server process that sends to this process's engine.
   *
   * @param pid on the server
   * @param waiting what it waited for at the last look; empty: nothing
   */
  public record Sender(int pid, String waiting) {}

  /** What the supervisor is told; by the watch's thread. */
  public interface Listener {
    /** The engine that was announced streams. */
    void streaming();

    /** The slot is lost or gone, or the publication is another, while an engine is running. */
    void changed();

    /** Whether all that is to be captured is, by what is known. */
    boolean isWhole();

    /** It was looked, over this connection, and an engine is running. */
    void looked(Connection connection) throws SQLException;
  }

  public SlotMonitor(
      SourceConfig source,
      CaptureTimeouts timeouts,
      CaptureListener captureListener,
      PublicationWatch publication,
      Listener listener) {
    this.source = source;
    this.timeouts = timeouts;
    this.heartbeat = new Heartbeat(source, timeouts);
    this.captureListener = captureListener;
    this.listener = listener;
    this.sampler = new CompletenessSampler(publication, listener);
    this.risk = new SlotRisk(timeouts.retainedBytes());
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** The last look. Any thread. */
  public Optional<SlotStatus> last() {
    return Optional.ofNullable(last);
  }

  /** The last that was seen; it may have ended since. Any thread. */
  public Optional<Sender> sender() {
    return Optional.ofNullable(sender);
  }

  /** Whether this process works with the slot; it does at first. A standby does not. Any thread. */
  public void lead(boolean now) {
    leads = now;
  }

  /** The server processes that work for this process, as far as it is known. Any thread. */
  public Set<Integer> own() {
    Set<Integer> all = new HashSet<>();
    all.add(session);
    EngineActivity known = newest;
    if (known != null) {
      all.addAll(known.servers());
    }
    return all;
  }

  /**
   * Takes the lead, unless another process has it: the lock of the slot decides, so that of several
   * who find it free one goes on. Waits for the watch's thread, which must have been started.
   *
   * @return whether this process leads now; false also where the source cannot be asked
   */
  public synchronized boolean tryLead() {
    leads = true;
    long seen = looks;
    notifyAll();
    try {
      while (!locked && looks < seen + 2 && !closed) { // one may have begun before
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    leads = locked;
    return locked;
  }

  /** An engine starts, or has ended (null). */
  public synchronized void engine(@Nullable EngineActivity running) {
    this.engine = running;
    newest = running == null ? newest : running;
    streaming = false;
    notifyAll();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        thread.join(timeouts.stop());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        look();
        synchronized (this) {
          looks++;
          notifyAll();
          if (closed) {
            return;
          }
          Duration pause = engine != null && !streaming ? STARTING : timeouts.look();
          wait(Math.min(pause.toMillis(), timeouts.look().toMillis()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } finally {
      disconnect();
    }
  }

  private void look() {
    try {
      if (locked && !leads) {
        disconnect(); // the lock ends with the session
      }
      if (connection == null) {
        connection = connect();
        session = PostgresConnections.server(connection);
      }
      if (leads && !locked) {
        locked = SlotLeadership.take(connection, source);
      }
      look(connection);
      blind = false;
    } catch (RuntimeException e) { // the thread goes on: others wait for its looks
      disconnect();
      log.error("a look at the slot has failed", e);
    } catch (SQLException e) {
      disconnect();
      SlotStatus known = last;
      last = known == null ? null : known.gone();
      if (!blind) {
        log.warn("the slot cannot be looked at: {}", SourceValidator.connecting(source, e));
        blind = true;
      }
    }
  }

  /**
   * One that is given up soon, and whose heartbeats do not wait for standbys: these may be what is
   * to be found out.
   */
  private Connection connect() throws SQLException {
    long patience = Math.max(1, timeouts.silence().toSeconds() / 2);
    Connection opened =
        PostgresConnections.connect(source, Map.of("socketTimeout", String.valueOf(patience)));
    try (Statement statement = opened.createStatement()) {
      statement.execute("SET synchronous_commit = local");
      SlotLeadership.endWithClient(statement);
      PostgresConnections.giveUpLocks(opened);
      return opened;
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
  }

  private void look(Connection connection) throws SQLException {
    EngineActivity current;
    boolean wasStreaming;
    synchronized (this) {
      current = engine;
      wasStreaming = streaming;
    }
    Optional<Slot> found = Slot.read(connection, source.slot());
    if (found.isEmpty() || found.get().lost()) {
      last = found.map(this::status).orElse(null);
      if (current != null) {
        listener.changed();
      }
      return;
    }
    Slot slot = found.get();
    last = status(slot);
    if (slot.confirmed().isAfter(confirmedBefore)) {
      confirmedBefore = slot.confirmed();
      captureListener.flushed(slot.confirmed());
    }
    if (current == null || !slot.sending() || !current.isServedBy(slot.activePid())) {
      return; // it may be another's, who was quicker
    }
    sender = new Sender(Objects.requireNonNull(slot.activePid()), slot.waiting());
    if (!wasStreaming) {
      synchronized (this) {
        if (engine == current) {
          streaming = true;
        }
      }
      current.streaming();
      listener.streaming();
    }
    heartbeat.look(connection, slot, current);
    sampler.look(connection, slot.current(), current);
  }

  private SlotStatus status(Slot slot) {
    SlotTrend trend = history.add(slot, Duration.ofNanos(System.nanoTime()));
    return new SlotStatus(
        slot.name(),
        slot.active(),
        slot.confirmed(),
        slot.current(),
        slot.retained(),
        slot.walStatus(),
        slot.safeBytes(),
        slot.limitBytes(),
        trend,
        risk.judge(slot, trend),
        Instant.now(),
        false);
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    session = 0;
    locked = false;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      log.debug("closing the slot watch's connection", e);
    }
  }
}
