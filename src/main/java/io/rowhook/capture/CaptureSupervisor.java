package io.rowhook.capture;

import io.rowhook.capture.catalog.CatalogTable;
import io.rowhook.capture.debezium.DebeziumRunner;
import io.rowhook.capture.debezium.EngineActivity;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.debezium.StructureChangedException;
import io.rowhook.capture.debezium.TransactionAssembler;
import io.rowhook.capture.decode.RelationLayouts;
import io.rowhook.capture.decode.RowChangeDeserializer;
import io.rowhook.capture.decode.TypeCatalog;
import io.rowhook.capture.monitor.CaptureStateTracker;
import io.rowhook.capture.monitor.PublicationWatch;
import io.rowhook.capture.monitor.SlotMonitor;
import io.rowhook.capture.monitor.StructureWatch;
import io.rowhook.capture.setup.ReplicationSetup;
import io.rowhook.capture.setup.SlotRelease;
import io.rowhook.capture.setup.SourcePreparation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine running: checks the source, joins the epoch, starts an engine; when it ends, says
 * why and starts a new one after a while. Each engine begins at the slot's confirmed position, and
 * so reads again whatever was not marked.
 *
 * <p>Owns a supervisor thread, the slot watch's, and the engine's. Only a gap ends capture for
 * good: then a person has to decide.
 */
public final class CaptureSupervisor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CaptureSupervisor.class);

  private final SourceConfig source;
  private final CaptureListener listener;
  private final CaptureTimeouts timeouts;
  private final ReplicationSetup setup;
  private final SlotRelease release;
  private final SourcePreparation preparation;
  private final SlotMonitor watch;
  private final Thread supervisor = new Thread(this::supervise, "rowhook-capture");

  /** Held by whoever uses the sink. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Held while the publication is made as a generation needs it: by one at a time. */
  private final ReentrantLock preparing = new ReentrantLock();

  private final CaptureStateTracker board;

  /** What the next engine runs with. Written by its starter, then by the supervisor. */
  private volatile PreparedGeneration prepared;

  // guarded by this
  private Generation wanted;
  private @Nullable TransactionAssembler running;
  private boolean acceptGap;
  private boolean closing;
  private boolean restart;
  private boolean ended;
  private boolean streaming;
  private @Nullable Throwable failure;

  /**
   * @param acceptGap whether, before its first transaction, it may begin a new epoch once where row
   *     changes may be missing
   */
  public CaptureSupervisor(
      SourceConfig source,
      Generation generation,
      CheckpointStore store,
      CaptureListener listener,
      CaptureTimeouts timeouts,
      boolean acceptGap) {
    this.source = source;
    this.wanted = generation;
    this.prepared = PreparedGeneration.none(generation);
    this.listener = listener;
    this.timeouts = timeouts;
    this.acceptGap = acceptGap;
    Checkpoints checkpoints = new Checkpoints(store);
    PublicationWatch publication = new PublicationWatch(source, checkpoints, timeouts.heartbeat());
    this.board = new CaptureStateTracker(source, timeouts, listener);
    this.release = new SlotRelease(source, checkpoints);
    this.setup = new ReplicationSetup(source, checkpoints, listener, publication);
    this.preparation = new SourcePreparation(source, checkpoints, setup, release, generation);
    this.watch = new SlotMonitor(source, timeouts, listener, publication, new Watched());
    supervisor.setDaemon(true);
  }

  /**
   * Checks the source, joins or begins the epoch, and starts. Returns before the first row.
   *
   * @throws SourceException if it cannot start; nothing runs then
   */
  public void start() {
    try {
      prepare(true);
    } catch (SourceException e) {
      board.stopped(e.problems().getFirst(), e.isGap());
      throw e;
    }
    watch.start();
    supervisor.start();
  }

  /** Where capture stands. Any thread. */
  public CaptureState state() {
    return board.state();
  }

  /** The slot at the last look. Any thread. */
  public Optional<SlotStatus> slot() {
    return watch.last();
  }

  /** What the catalog says of the captured tables, as of the last check. Any thread. */
  public List<TableMetadata> tables() {
    return prepared.facts();
  }

  /** The captured tables whose row changes cannot be told at present. Any thread. */
  public List<SuspendedTable> suspended() {
    return prepared.suspended().values().stream()
        .sorted(Comparator.comparing(SuspendedTable::table))
        .toList();
  }

  /**
   * What the catalog says of tables at this moment; of suspended ones nothing, while they are. Any
   * thread.
   *
   * @throws SourceException if they cannot be captured, or the source cannot be asked
   */
  public List<TableMetadata> look(List<CapturedTable> wanted) {
    return SourceValidator.tables(source, wanted, prepared.suspended().keySet()).tables();
  }

  /**
   * Captures by another generation from now on: checks its tables, alters the publication, and has
   * a new engine started with it. Nothing of it is in force where it throws. Of a table that is
   * new, what is committed after it has returned is sent, and what was before may be not. A table
   * that is suspended stays so until it is mended, and does not hinder the others. Any thread.
   *
   * @throws SourceException if the source does not let its tables be captured, or cannot be asked;
   *     the generation before stays in force then
   */
  public void restart(Generation next) throws InterruptedException {
    TransactionAssembler reader;
    preparing.lockInterruptibly();
    try {
      Set<TableId> suspended = new HashSet<>(prepared.suspended().keySet());
      suspended.retainAll(next.tables().stream().map(CapturedTable::table).toList());
      setup.publish(SourceValidator.tables(source, next.tables(), suspended).tables(), suspended);
      synchronized (this) {
        wanted = next;
        restart = true;
        reader = running;
        notifyAll();
      }
    } finally {
      preparing.unlock();
    }
    if (reader != null) {
      reader.retire(); // or it would mark what it has taken without the tables that are new
      turn.lockInterruptibly();
      turn.unlock();
    }
  }

  /** Stops; the slot is free when this returns, within a few seconds. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      if (supervisor.isAlive()) {
        supervisor.join(timeouts.stop().multipliedBy(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watch.close();
    board.stopped("closed", false);
  }

  private void supervise() {
    int failures = 0;
    int inVain = 0;
    boolean ready = true;
    try {
      while (!isClosing()) {
        String reason;
        try {
          if (!ready) {
            board.starting();
            release.awaitRelease(
                SourcePreparation.RELEASE, watch.sender().map(SlotMonitor.Sender::pid));
            prepare(false);
          }
          ready = false;
          StructureWatch structure = new StructureWatch(source, prepared);
          TransactionAssembler reader = reader(structure);
          EngineActivity engine = new EngineActivity(reader);
          Optional<Throwable> failed;
          try (structure) {
            failed = runEngine(reader, engine, timeouts.silence(inVain));
          } finally {
            engine.unregister();
          }
          if (reader.ends() > 0) {
            failures = 0;
            withdrawGapAcceptance();
          }
          inVain = engine.heard() ? 0 : inVain + (board.isStalled() ? 1 : 0);
          if (failed.isEmpty()) {
            continue; // asked to
          }
          Optional<StructureChangedException> changed =
              CaptureException.find(failed.get(), StructureChangedException.class);
          if (changed.isPresent()) {
            log.info("{}: it is looked at anew", changed.get().getMessage());
            continue;
          }
          boolean unreadable =
              CaptureException.lacksPublication(failed.get(), source.publication());
          Optional<SourceException> gap =
              unreadable
                  ? Optional.of(setup.unreadable())
                  : CaptureException.find(failed.get(), SourceException.class)
                      .filter(SourceException::isGap);
          if (gap.isPresent() && !acceptsGap()) {
            throw gap.get();
          }
          if (gap.isPresent()) {
            setup.accept(gap.get().problems().getFirst(), unreadable);
            continue;
          }
          reason = CaptureException.reason(failed.get());
        } catch (SourceException e) {
          if (e.isGap()) {
            board.stopped(e.problems().getFirst(), true);
            return;
          }
          reason = String.join("\n", e.problems());
        } catch (RuntimeException e) {
          reason = CaptureException.reason(e);
        }
        waitFor(reason, timeouts.retry(++failures));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    board.stopped("closed", false);
  }

  /** A gap is accepted once, and only before the first transaction of this process. */
  private synchronized boolean acceptsGap() {
    boolean accepts = acceptGap;
    acceptGap = false;
    return accepts;
  }

  /** What was asked for at the start does not hold for a gap that opens later. */
  private synchronized void withdrawGapAcceptance() {
    acceptGap = false;
  }

  /** Makes the source ready for the newest generation; a later one asks for a restart. */
  private void prepare(boolean strict) {
    preparing.lock();
    try {
      Generation next;
      boolean accept;
      synchronized (this) {
        next = wanted;
        accept = acceptGap;
        restart = false;
      }
      SourcePreparation.Result result = preparation.prepare(next, accept, strict);
      prepared = result.prepared();
      synchronized (this) {
        acceptGap = accept && !result.accepted();
      }
    } finally {
      preparing.unlock();
    }
  }

  private TransactionAssembler reader(StructureWatch structure) {
    TypeCatalog types =
        new TypeCatalog(() -> {
          try (Connection connection = PostgresConnections.connect(source)) {
            return TypeCatalog.load(connection);
          }
        });
    RowChangeDeserializer rows =
        new RowChangeDeserializer(new RelationLayouts(prepared, types, this::ancestors), structure);
    return new TransactionAssembler(
        source, rows, prepared.generation().sink(), listener, setup::confirm, turn);
  }

  private List<TableId> ancestors(long oid) throws SQLException {
    try (Connection connection = PostgresConnections.connect(source)) {
      return CatalogTable.ancestors(connection, oid);
    }
  }

  /** Runs one engine to its end. Empty: it was asked to stop. */
  private Optional<Throwable> runEngine(
      TransactionAssembler reader, EngineActivity activity, Duration patience)
      throws InterruptedException {
    turn.lockInterruptibly();
    try {
      prepared.generation().sink().restart(prepared.allFacts());
    } finally {
      turn.unlock();
    }
    DebeziumRunner runner;
    synchronized (this) {
      if (restart || closing) {
        return Optional.empty();
      }
      ended = false;
      streaming = false;
      failure = null;
      running = reader;
      runner = new DebeziumRunner(source, activity, this::engineEnded);
    }
    runner.start();
    watch.engine(activity);
    Optional<Throwable> given;
    try {
      given = awaitEnd(activity, patience);
    } finally {
      reader.retire();
      synchronized (this) {
        running = null;
      }
      watch.engine(null);
      runner.stop(timeouts.stop());
    }
    synchronized (this) {
      if (given.isPresent()) {
        return given;
      }
      if (closing || restart) {
        return Optional.empty();
      }
      return Optional.of(
          failure == null ? new CaptureException("the engine ended by itself") : failure);
    }
  }

  /**
   * Waits until the engine has ended or has to.
   *
   * @param patience for how long it may be without a sign of life
   * @return why it was given up; empty: it has ended, or was asked to
   */
  private synchronized Optional<Throwable> awaitEnd(EngineActivity engine, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeouts.start().toNanos();
    while (!ended && !closing && !restart) {
      if (!streaming) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return Optional.of(
              new CaptureException("the source did not send within " + timeouts.start()));
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

  private synchronized void engineEnded(@Nullable Throwable end) {
    failure = end;
    ended = true;
    notifyAll();
  }

  private void waitFor(String reason, Duration wait) throws InterruptedException {
    board.waiting(reason, wait);
    long deadline = System.nanoTime() + wait.toNanos();
    synchronized (this) {
      while (!closing && !restart) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private final class Watched implements SlotMonitor.Listener {

    /** When tables were last looked at; the slot watch's. */
    private long tablesLooked = System.nanoTime();

    @Override
    public void streaming() {
      synchronized (CaptureSupervisor.this) {
        if (ended || closing) {
          return;
        }
        streaming = true;
        board.sending();
        CaptureSupervisor.this.notifyAll();
      }
      log.info("Streaming from slot {}", source.slot());
      listener.streaming();
    }

    @Override
    public void changed() {
      log.info(
          "the slot, the publication or a table of the source is not as it was when the engine was prepared: it is looked at anew");
      synchronized (CaptureSupervisor.this) {
        restart = true; // the check before the next engine finds the words
        CaptureSupervisor.this.notifyAll();
      }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether it is still this one
    public void looked(Connection connection) throws SQLException {
      if (System.nanoTime() - tablesLooked > timeouts.heartbeat().toNanos()) {
        tablesLooked = System.nanoTime();
        PreparedGeneration current = prepared;
        if (!preparation.isStill(connection, current) && prepared == current) {
          changed();
        }
      }
    }
  }
}
