package io.rowhook.capture;

import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.monitor.CaptureStateTracker;
import io.rowhook.capture.monitor.SlotLeadership;
import io.rowhook.capture.monitor.SlotMonitor;
import io.rowhook.capture.setup.ReplicationSetup;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits while another Rowhook works with the slot, where this one may, and takes over when it is
 * gone. A standby changes nothing in the source. {@link #begin} before the supervisor's thread
 * runs, then that thread; {@link #isStanding} and {@link #close} any thread.
 */
final class Standby implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Standby.class);

  /** What is known where the slot is ahead and nothing can be noted as the one whose turn it is. */
  static final String UNSURE =
      "the slot is ahead of the journal, and it may be another instance's turn by now; looking again";

  /** How often it is looked. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /**
   * The slot is taken over after it was free for so long. One that goes on, with another engine or
   * after its source was restarted, is back sooner: its monitor looks every second.
   */
  private static final Duration FREE = Duration.ofSeconds(4);

  /** Who has lost its turn lets go of the slot in so long, where it does not hang. */
  private static final Duration LETS_GO = Duration.ofSeconds(3);

  private static final Duration SHORT = Duration.ofMillis(100);

  /** Who finds nobody and yet cannot lead looks so often. */
  private static final int TRIES = 3;

  private final SourceConfig source;
  private final ReplicationSetup setup;
  private final SlotMonitor watch;
  private final CaptureStateTracker board;
  private volatile boolean allowed;
  private volatile boolean standing;
  private volatile boolean mine = true; // where several share a journal: whether it is its turn
  private volatile boolean turns; // several share one
  private boolean closed; // guarded by this

  // of one thread
  private @Nullable Connection connection;
  private String holder = "";
  private long heldAt;
  private boolean blind;

  Standby(
      SourceConfig source, ReplicationSetup setup, SlotMonitor watch, CaptureStateTracker board) {
    this.source = source;
    this.setup = setup;
    this.watch = watch;
    this.board = board;
  }

  /** This process may wait. */
  void allow() {
    allowed = true;
  }

  boolean isStanding() {
    return standing || !mine;
  }

  /**
   * Whether it is this process's turn, where several share a journal; they decide that elsewhere.
   * Any thread.
   */
  synchronized void turn(boolean toMe) {
    turns = true;
    mine = toMe;
    notifyAll();
  }

  /** Whether several share a journal. */
  boolean takesTurns() {
    return turns;
  }

  /** Waits for its turn. Returns whether to go on; false: it was closed. */
  private synchronized boolean awaitTurn() throws InterruptedException {
    if (!mine) {
      watch.lead(false);
      board.aside();
      while (!mine && !closed) {
        wait();
      }
      if (!closed) {
        log.info("slot {}: it is the turn of this instance to read it", source.slot());
      }
      watch.lead(true);
    }
    return !closed;
  }

  /**
   * Whoever has lost its turn lets go of the slot by itself, unless it hangs: then its connection
   * is ended, which the server would do after a minute. Once a turn, so that two who take each
   * other for such do not go on with it.
   */
  private void overtake() throws InterruptedException {
    try (Connection connection = PostgresConnections.connect(source)) {
      if (!isLetGo(connection) && mine) { // or it was stopped where it was, and the other has it
        SlotLeadership.endReader(connection, source, watch.own())
            .ifPresent(client ->
                log.warn(
                    "slot {}: {} had lost its turn and went on reading: its connection was ended",
                    source.slot(),
                    client));
        isLetGo(connection);
      }
    } catch (SQLException e) {
      log.debug("looking who reads the slot", e); // the start that follows says what is wrong
    }
  }

  /** Waits a little until nobody else reads the slot. */
  private boolean isLetGo(Connection looking) throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + LETS_GO.toNanos();
    boolean read = SlotLeadership.reader(looking, source, watch.own()).isPresent();
    while (read && System.nanoTime() < deadline) {
      Thread.sleep(SHORT);
      read = SlotLeadership.reader(looking, source, watch.own()).isPresent();
    }
    return !read;
  }

  /**
   * Which other client works with the slot at this moment, in words.
   *
   * @param own server processes that work for this one
   * @throws SourceException if the source cannot be asked
   */
  static Optional<String> holder(SourceConfig source, Set<Integer> own) {
    try (Connection looked = PostgresConnections.connect(source)) {
      return SlotLeadership.holder(looked, source, own);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  /**
   * Begins to wait, if this process may and another one works with the slot. Returns whether it
   * does; where not, and it may, this process leads.
   *
   * @throws SourceException if the source cannot be asked
   */
  boolean begin() {
    if (!allowed) {
      return false;
    }
    Optional<String> found = holder(source, watch.own());
    for (int i = 0; i < TRIES && found.isEmpty() && !watch.tryLead(); i++) {
      found = holder(source, watch.own()); // another one was quicker
    }
    if (found.isEmpty()) {
      watch.lead(true); // also where the lock cannot be had yet
    }
    found.ifPresent(this::stand);
    return found.isPresent();
  }

  private void stand(String by) {
    holder = by;
    heldAt = System.nanoTime();
    watch.lead(false);
    board.standby(holder);
    standing = true;
  }

  /**
   * The same after a gap was found: another one that has just begun, or is about to take over, may
   * be why; it is waited for. Where the source cannot be asked any more, the gap stays.
   */
  boolean beginAtGap() {
    if (!allowed) {
      return false;
    }
    watch.lead(false); // so that who stands by goes on
    long deadline = System.nanoTime() + FREE.multipliedBy(2).toNanos();
    try {
      Optional<String> found = holder(source, watch.own());
      while (found.isEmpty() && System.nanoTime() < deadline && pause()) {
        found = holder(source, watch.own());
      }
      found.ifPresent(this::stand);
    } catch (SourceException e) {
      log.debug("looking who has the slot", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return standing;
  }

  /** Waits until the next look. Returns whether there is to be one; false: it was closed. */
  private synchronized boolean pause() throws InterruptedException {
    long until = System.nanoTime() + LOOK.toNanos();
    long left = LOOK.toMillis();
    while (left > 0 && !closed) {
      wait(left);
      left = Duration.ofNanos(until - System.nanoTime()).toMillis();
    }
    return !closed;
  }

  /** The same after a failure; where the source cannot be asked, that is why it failed. */
  boolean beginAgain() {
    try {
      return begin();
    } catch (SourceException e) {
      log.debug("looking who has the slot", e);
      return false;
    }
  }

  /** Waits for the slot, if it has to. Returns whether to go on; false: it was closed. */
  boolean await() throws InterruptedException {
    if (!standing) {
      boolean waits = !mine;
      boolean goesOn = awaitTurn();
      if (goesOn && waits) {
        overtake();
      }
      return goesOn;
    }
    try {
      while (!isFree() || !watch.tryLead()) {
        if (!pause()) {
          return false;
        }
      }
    } finally {
      disconnect();
    }
    log.info("slot {} is free, {} is gone: taking over", source.slot(), holder);
    setup.takesOverFrom(holder);
    standing = false;
    return true;
  }

  /** Whether it was free for long enough; where the source cannot be asked, it is not. */
  private boolean isFree() {
    try {
      if (connection == null) {
        connection = PostgresConnections.connect(source, Map.of("socketTimeout", "10"));
      }
      Optional<String> found = SlotLeadership.holder(connection, source, watch.own());
      if (found.isPresent()) {
        heldAt = System.nanoTime();
        if (!found.get().equals(holder)) {
          holder = found.get();
          board.standby(holder);
        }
      }
      blind = false;
    } catch (SQLException e) {
      disconnect();
      heldAt = System.nanoTime();
      if (!blind) {
        log.warn("on standby, but {}", SourceValidator.connecting(source, e));
        blind = true;
      }
    }
    return System.nanoTime() - heldAt >= FREE.toNanos();
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      log.debug("closing the standby's connection", e);
    }
  }

  /** Ends the wait. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
