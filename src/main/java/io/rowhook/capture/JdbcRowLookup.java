package io.rowhook.capture;

import io.rowhook.capture.connection.OversizedMessages;
import io.rowhook.capture.connection.OversizedRows;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.decode.TypeCatalog;
import io.rowhook.capture.lookup.LookupState;
import io.rowhook.capture.lookup.SnapshotMoment;
import io.rowhook.capture.lookup.SnapshotRows;
import io.rowhook.capture.lookup.TableCircuitBreakers;
import io.rowhook.capture.lookup.VisibleSnapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the source by key, beside the log: for what the log does not carry. Their values
 * are just those that the log would give.
 *
 * <p>Holds one connection, opened when it is first needed and kept; a broken one is replaced once
 * for each reading. Any thread; one reading at a time.
 */
public final class JdbcRowLookup implements RowLookup, AutoCloseable {

  /**
   * What is kept in memory of one reading; bytes of text. More is {@link TooMuchException}, so that
   * whoever asks for many keys can ask for fewer at once.
   */
  public static final long MAX_BYTES = 16L << 20;

  /** The same for a single entity: else it would take the process with it. */
  public static final long MOST_BYTES = Math.max(MAX_BYTES, OversizedMessages.largest());

  /** How long a transaction that was streamed may stay invisible to others. */
  public static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);

  /** As many tables may fail; where more do, a savepoint before each statement keeps the rest. */
  private static final int MOST_TRIES = 3;

  /**
   * Row security that is switched on later must not hide rows: a statement fails instead, but where
   * a policy is known to show all.
   */
  private static final String SESSION =
      """
      SET statement_timeout = '20s'; SET lock_timeout = '1s'; SET idle_in_transaction_session_timeout = '120s';
      SET row_security = off
      """;

  private final SourceConfig source;
  private final long largestRow;
  private final ReentrantLock lock = new ReentrantLock();
  private final TableCircuitBreakers circuits = new TableCircuitBreakers(System::nanoTime);
  private final LookupState shared;
  private final VisibleSnapshots snapshots;
  private final LongAdder nanos = new LongAdder();

  // guarded by lock
  private @Nullable Connection open;
  private TypeCatalog types = new TypeCatalog(Map::of);
  private @Nullable SnapshotMoment held;
  private boolean closed;

  /** Opens nothing yet. */
  public JdbcRowLookup(SourceConfig source) {
    this(source, VISIBLE_WITHIN);
  }

  /**
   * The same, with another limit.
   *
   * @param visibleWithin see {@link #VISIBLE_WITHIN}
   */
  public JdbcRowLookup(SourceConfig source, Duration visibleWithin) {
    this(source, visibleWithin, OversizedMessages.largest());
  }

  /**
   * The same, with one limit more.
   *
   * @param largestRow bytes of text; a larger one is {@link Rows#unread}
   */
  public JdbcRowLookup(SourceConfig source, Duration visibleWithin, long largestRow) {
    this(source, visibleWithin, largestRow, false);
  }

  private JdbcRowLookup(
      SourceConfig source, Duration visibleWithin, long largestRow, boolean whole) {
    this.source = source;
    this.shared = new LookupState(circuits, source.user(), whole);
    this.snapshots = new VisibleSnapshots(visibleWithin);
    this.largestRow = largestRow;
  }

  /** One that leaves out no column: a row is unread where the role may not read all of it. */
  public static JdbcRowLookup whole(SourceConfig source) {
    return new JdbcRowLookup(source, VISIBLE_WITHIN, OversizedMessages.largest(), true);
  }

  @Override
  public <T> T read(Set<String> transactions, boolean limited, Reading<T> reading) {
    return locked(carefully -> attempt(transactions, limited, carefully, reading));
  }

  @Override
  public Position hold(Set<String> transactions) {
    return locked(_ -> {
      releaseSnapshot();
      Connection connection = connection();
      SnapshotMoment moment = null;
      try {
        moment = snapshots.take(connection, transactions);
      } finally {
        if (moment == null) {
          forget();
        }
      }
      held = moment;
      return moment.end();
    });
  }

  @Override
  public boolean holds(String transaction) {
    lock.lock();
    try {
      return held == null || held.transactions().shows(transaction);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release() {
    lock.lock();
    try {
      releaseSnapshot();
    } catch (SQLException e) {
      forget();
    } finally {
      lock.unlock();
    }
  }

  private void releaseSnapshot() throws SQLException {
    if (held != null && open != null) {
      held = null;
      open.rollback();
    }
  }

  private interface Try<T> {
    T with(boolean carefully) throws SQLException;
  }

  private <T> T locked(Try<T> once) {
    lock.lock();
    long begin = System.nanoTime();
    int tries = 0;
    boolean carefully = false;
    boolean connectedAnew = false;
    try {
      while (true) {
        try {
          return once.with(carefully);
        } catch (SnapshotRows.Again e) {
          carefully |= e.carefully() || ++tries > MOST_TRIES;
        } catch (SQLException e) {
          forget(); // an idle connection may have died long ago
          if (connectedAnew) {
            throw SourceException.of(
                List.of(
                    "reading rows back from the source: " + SourceValidator.connecting(source, e)));
          }
          connectedAnew = true;
        }
      }
    } finally {
      nanos.add(System.nanoTime() - begin);
      lock.unlock();
    }
  }

  private <T> T attempt(
      Set<String> transactions, boolean limited, boolean carefully, Reading<T> reading)
      throws SQLException {
    Connection connection = connection();
    boolean good = false;
    try {
      SnapshotMoment moment = held == null ? snapshots.take(connection, transactions) : held;
      T result =
          reading.of(new SnapshotRows(connection, types, shared, limited, carefully, moment));
      if (held == null) {
        connection.commit();
      }
      good = true;
      return result;
    } catch (TooMuchException e) {
      if (held == null) {
        connection.rollback();
      }
      good = true;
      throw e;
    } catch (SnapshotRows.Again e) {
      held = null;
      connection.rollback();
      good = true;
      throw e;
    } finally {
      if (!good) {
        forget();
      }
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (open == null) {
      Connection opened = PostgresConnections.connect(source, Map.of("binaryTransfer", "false"));
      open = opened;
      try (Statement statement = opened.createStatement()) {
        statement.execute(SESSION);
      }
      OversizedMessages.below(opened, in -> new OversizedRows(in, largestRow));
      opened.setReadOnly(true);
      opened.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      opened.setAutoCommit(false);
      types = new TypeCatalog(() -> TypeCatalog.load(opened));
    }
    return open;
  }

  private void forget() {
    held = null;
    shared.tables().clear();
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // it is given up in any case
      }
      open = null;
    }
  }

  /**
   * What was read so far.
   *
   * @param statements how many
   * @param rows how many
   * @param time spent in it, in all
   * @param unread how many keys could not be read
   * @param tables those that cannot be read at present, and why
   * @param snapshots how many were taken
   */
  public record Counts(
      long statements,
      long rows,
      Duration time,
      long unread,
      List<UnreadTable> tables,
      long snapshots) {}

  /** What was read so far. Any thread. */
  public Counts counts() {
    return new Counts(
        shared.queries().sum(),
        shared.rows().sum(),
        Duration.ofNanos(nanos.sum()),
        shared.unread().sum(),
        circuits.open(),
        snapshots.taken());
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      forget();
    } finally {
      lock.unlock();
    }
  }
}
