package io.rowhook.capture.lookup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of the source that show certain transactions: one that was streamed may stay
 * invisible to others for a while. One thread at a time; {@link #taken} any.
 */
public final class VisibleSnapshots {

  private static final Logger log = LoggerFactory.getLogger(VisibleSnapshots.class);

  /** The same, once one has stayed so: until all are seen again. */
  private static final Duration IMPATIENT = Duration.ofMillis(100);

  /** Between two looks. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(2);

  private static final Duration LATER_LOOK = Duration.ofMillis(100);

  private final Duration visibleWithin;
  private final LongAdder taken = new LongAdder();
  private boolean impatient;

  /**
   * @param visibleWithin how long one is waited for
   */
  public VisibleSnapshots(Duration visibleWithin) {
    this.visibleWithin = visibleWithin;
  }

  /** Takes one that has all the transactions; waits for it, but not for ever. */
  public SnapshotMoment take(Connection connection, Set<String> transactions) throws SQLException {
    long limit = (impatient ? IMPATIENT : visibleWithin).toNanos();
    long begin = System.nanoTime();
    long pause = FIRST_LOOK.toNanos();
    while (true) {
      taken.increment();
      SnapshotMoment moment = SnapshotMoment.of(connection);
      boolean visible = transactions.stream().allMatch(moment.transactions()::shows);
      if (visible || System.nanoTime() - begin >= limit) {
        if (!transactions.isEmpty()) {
          noteVisible(visible);
        }
        return moment;
      }
      connection.rollback();
      LockSupport.parkNanos(pause);
      pause = Math.min(LATER_LOOK.toNanos(), pause * 2);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("stopped while waiting for a transaction to be visible");
      }
    }
  }

  private void noteVisible(boolean visible) {
    if (!visible && !impatient) {
      log.warn(
          "A committed transaction stays invisible in the source, as it does while a synchronous"
              + " standby does not answer; events of such ones say only what the log has");
    }
    impatient = !visible;
  }

  /** Returns how many were taken. Any thread. */
  public long taken() {
    return taken.sum();
  }
}
