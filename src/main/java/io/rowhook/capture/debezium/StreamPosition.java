package io.rowhook.capture.debezium;

import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.pipeline.DataChangeEvent;
import io.rowhook.capture.CaptureException;
import io.rowhook.capture.Completeness;
import io.rowhook.capture.Position;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.PGReplicationStream;

/**
 * How far the log has come through one engine, also where it brings nothing: the server's
 * keepalives say so. Whoever awaits a position is told by a record of its own, in band, behind all
 * that the log has before it. Any thread: Debezium's reader says how far it is, another awaits.
 */
final class StreamPosition {

  /** The topic of the record that says so. */
  static final String TOPIC = "rowhook.position";

  /**
   * Whoever awaits a position is told after so long in any case: where capture is far behind, it
   * would wait for much more than it needs.
   */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final String LSN = "lsn";
  private static final String LATE = "late";

  private final Duration patience;

  // guarded by this
  private @Nullable ChangeEventQueue queue;
  private Position received = Position.START;
  private Position taken = Position.START; // all before it; may be ahead of what was received
  private @Nullable Position awaited;
  private @Nullable Completeness marked;
  private long deadline;

  StreamPosition() {
    this(PATIENCE);
  }

  /**
   * @param patience see {@link #PATIENCE}
   */
  StreamPosition(Duration patience) {
    this.patience = patience;
  }

  /** Records go into this queue from now on. */
  synchronized void into(ChangeEventQueue records) {
    queue = records;
    received = Position.START;
    taken = Position.START;
    awaited = null;
    marked = null;
  }

  /**
   * Asks for a record once the log has come so far, for {@link #reached}. One at a time: while an
   * earlier one is awaited, others are let go, so that it comes however far behind capture is.
   */
  synchronized void mark(Completeness sample) {
    if (marked == null) {
      marked = sample;
      // where the log ends with what was taken last, no keepalive says more than that
      if (!sample.position().isAfter(received) || !sample.position().isAfter(taken)) {
        tell(false);
      }
    }
  }

  /** Whether the log is known to be complete up to some place that has not come yet. */
  synchronized boolean isMarked() {
    return marked != null;
  }

  /** All that the log has before a position was taken: what that makes complete, once. */
  synchronized Optional<Completeness> reached(Position position) {
    taken = position.isAfter(taken) ? position : taken;
    Completeness mark = marked;
    if (mark == null || mark.position().isAfter(position)) {
      return Optional.empty();
    }
    marked = null;
    return Optional.of(mark);
  }

  /** Asks to be told once the log has come this far; one position at a time, the last. */
  synchronized void await(Position position) {
    if (!position.equals(awaited)) {
      awaited = position;
      deadline = System.nanoTime() + patience.toNanos();
    }
    notifyWaiting();
  }

  /**
   * Debezium's reader has looked at the log, and all that it found is in the queue.
   *
   * @param found whether there was a message
   */
  void looked(ReplicationStream stream, PGReplicationStream driver, boolean found) {
    io.debezium.connector.postgresql.connection.Lsn last = stream.lastReceivedLsn();
    long now = driver.getLastReceiveLSN().asLong();
    // that of a message can be ahead of what follows it; only a keepalive's goes beyond the last
    boolean isKeepalive = !found && (last == null || now > last.asLong());
    looked(isKeepalive ? Position.of(now) : Position.START);
  }

  /**
   * All that the log has before a position is in the queue.
   *
   * @param position {@link Position#START}: as before
   */
  synchronized void looked(Position position) {
    if (position.isAfter(received)) {
      Completeness mark = marked;
      boolean reaches =
          mark != null && mark.position().isAfter(received) && !mark.position().isAfter(position);
      received = position;
      if (reaches) {
        tell(false);
      }
    }
    notifyWaiting();
  }

  private synchronized void notifyWaiting() {
    Position position = awaited;
    if (position == null) {
      return;
    }
    boolean reached = !position.isAfter(received);
    if (reached || System.nanoTime() - deadline >= 0) {
      awaited = null;
      tell(!reached);
    }
  }

  private synchronized void tell(boolean late) {
    ChangeEventQueue records = queue;
    if (records != null) {
      records.enqueue(
          new DataChangeEvent(
              new SourceRecord(
                  Map.of(), Map.of(LSN, received.stored(), LATE, late), TOPIC, null, null)));
    }
  }

  /** The position that a record of {@link #TOPIC} tells. */
  static Position of(SourceRecord record) {
    return record.sourceOffset().get(LSN) instanceof Long value
        ? Position.of(value)
        : Position.START;
  }

  /** Whether a record of {@link #TOPIC} comes because it took too long. */
  static boolean isLate(SourceRecord record) {
    return Boolean.TRUE.equals(record.sourceOffset().get(LATE));
  }

  /**
   * The driver's stream below Debezium's, which does not hand out what keepalives say.
   *
   * @throws CaptureException if this Debezium keeps it elsewhere
   */
  static PGReplicationStream driver(ReplicationStream stream) {
    try {
      Field field = stream.getClass().getDeclaredField("val$stream");
      field.setAccessible(true);
      return (PGReplicationStream) field.get(stream);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new CaptureException(
          "this version of Debezium keeps the driver's stream elsewhere than in the field val$stream of "
              + stream.getClass().getName(),
          e);
    }
  }
}
