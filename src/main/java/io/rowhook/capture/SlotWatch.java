package io.rowhook.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the replication slot about every second, with a connection of its own, and moves it on
 * while only other tables change: a transaction that holds nothing but a logical message comes back
 * through the engine as BEGIN and END, becomes a watermark, is marked; so the slot still moves only
 * behind the journal. Debezium's own means would let it overtake the journal.
 *
 * <p>Owns one daemon thread. Also reports what the engine does not: that the source really sends,
 * that log piles up, that the slot is lost.
 */
final class SlotWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SlotWatch.class);

  /** How often it is looked whether a starting engine streams. */
  private static final Duration STARTING = Duration.ofMillis(50);

  /** A message whose END has not come for so long is sent once more. */
  private static final Duration NUDGE_AGAIN = Duration.ofSeconds(30);

  private final Source source;
  private final Timing timing;
  private final Observer observer;
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "rowhook-slot-watch");

  private @Nullable TransactionReader reader;
  private boolean streaming;
  private boolean closed;

  private volatile @Nullable SlotStatus last;

  // of the thread alone
  private @Nullable Connection connection;
  private long endsBefore;
  private Lsn nudgedTo = Lsn.ZERO;
  private Instant nudgedAt = Instant.EPOCH;
  private Lsn confirmedBefore = Lsn.ZERO;
  private long warnAt;
  private boolean nudgeRefused;
  private boolean blind;

  /** What the supervisor is told; by the watch's thread. */
  interface Listener {
    /** The engine that was announced streams. */
    void streaming();

    /** The slot is lost or gone, while an engine is running. */
    void lost();
  }

  SlotWatch(Source source, Timing timing, Observer observer, Listener listener) {
    this.source = source;
    this.timing = timing;
    this.observer = observer;
    this.listener = listener;
    this.warnAt = timing.retainedBytes();
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The last look. Any thread. */
  Optional<SlotStatus> last() {
    return Optional.ofNullable(last);
  }

  /** An engine starts, or has ended (null). */
  synchronized void engine(@Nullable TransactionReader reader) {
    this.reader = reader;
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
        thread.join(timing.stop());
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
          if (closed) {
            return;
          }
          Duration pause = reader != null && !streaming ? STARTING : timing.look();
          wait(Math.min(pause.toMillis(), timing.look().toMillis()));
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
      if (connection == null) {
        connection = Postgres.connect(source);
      }
      look(connection);
      blind = false;
    } catch (SQLException e) {
      disconnect();
      if (!blind) {
        log.warn("the slot cannot be looked at: {}", SourceCheck.connecting(source, e));
        blind = true;
      }
    }
  }

  private void look(Connection connection) throws SQLException {
    TransactionReader current;
    boolean wasStreaming;
    synchronized (this) {
      current = reader;
      wasStreaming = streaming;
    }
    Optional<Slot> found = Slot.read(connection, source.slot());
    if (found.isEmpty() || found.get().lost()) {
      last = found.map(SlotWatch::status).orElse(null);
      if (current != null) {
        listener.lost();
      }
      return;
    }
    Slot slot = found.get();
    last = status(slot);
    if (slot.confirmed().isAfter(confirmedBefore)) {
      confirmedBefore = slot.confirmed();
      observer.flushed(slot.confirmed());
    }
    retained(connection, slot);
    if (current == null || !slot.sending()) {
      return;
    }
    if (!wasStreaming) {
      synchronized (this) {
        if (reader == current) {
          streaming = true;
        }
      }
      listener.streaming();
    }
    long ends = current.ends();
    if (ends == endsBefore) {
      nudge(connection, slot);
    }
    endsBefore = ends;
  }

  private void nudge(Connection connection, Slot slot) {
    boolean waiting =
        nudgedTo.isAfter(slot.confirmed()) && Instant.now().isBefore(nudgedAt.plus(NUDGE_AGAIN));
    if (waiting || slot.current().minus(slot.confirmed()) <= timing.nudgeBytes()) {
      return;
    }
    // transactional: only then does pgoutput send a BEGIN and a COMMIT around it
    String sql = "SELECT pg_logical_emit_message(true, '" + Source.MESSAGE_PREFIX + "', '')";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      nudgedTo = Lsn.parse(row.getString(1));
      nudgedAt = Instant.now();
      nudgeRefused = false;
    } catch (SQLException e) {
      if (!nudgeRefused) {
        nudgeRefused = true;
        log.warn(
            "the slot cannot be moved while only other tables change, so the source keeps its log: {}. Run GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text, boolean) TO \"{}\"; (without the last boolean before PostgreSQL 17)",
            e.getMessage(),
            source.user());
      }
    }
  }

  private void retained(Connection connection, Slot slot) throws SQLException {
    if (slot.retained() < timing.retainedBytes()) {
      warnAt = timing.retainedBytes();
    } else if (slot.retained() >= warnAt) {
      warnAt = slot.retained() * 2;
      String keep;
      try (PreparedStatement statement =
              connection.prepareStatement("SELECT current_setting('max_slot_wal_keep_size')");
          ResultSet row = statement.executeQuery()) {
        row.next();
        keep = row.getString(1);
      }
      log.warn(
          "the source keeps {} MiB of log for slot {}: {}",
          slot.retained() >> 20,
          slot.name(),
          keep.equals("-1")
              ? "its disk fills up unless Rowhook catches up, as max_slot_wal_keep_size is -1"
              : "beyond max_slot_wal_keep_size, " + keep + ", the slot and row changes are lost");
    }
  }

  private static SlotStatus status(Slot slot) {
    return new SlotStatus(
        slot.name(),
        slot.active(),
        slot.confirmed(),
        slot.current(),
        slot.retained(),
        slot.walStatus(),
        slot.safeBytes(),
        Instant.now());
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      log.debug("closing the slot watch's connection", e);
    }
  }
}
