package io.rowhook.capture;

import io.rowhook.capture.debezium.StructureChangedException;
import io.rowhook.capture.monitor.CaptureStateTracker;
import io.rowhook.capture.monitor.PublicationWatch;
import io.rowhook.capture.monitor.SlotMonitor;
import io.rowhook.capture.setup.ReplicationSetup;
import io.rowhook.capture.setup.SlotRelease;
import io.rowhook.capture.setup.SourcePreparation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
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
  private final CaptureTimeouts timeouts;
  private final ReplicationSetup setup;
  private final SlotRelease release;
  private final PreparedSource prepared;
  private final SlotMonitor watch;
  private final PublicationWatch publication;
  private final Thread supervisor = new Thread(this::supervise, "rowhook-capture");

  /** Held by whoever uses the sink. */
  private final ReentrantLock turn = new ReentrantLock();

  private final CaptureStateTracker board;
  private final Standby standby;
  private final GapAcceptance gapAcceptance;
  private final EngineDemand demand;
  private final EngineRounds rounds;

  /**
   * @param acceptGap whether, before its first transaction, it may begin a new epoch once where row
   *     changes may be missing
   * @param headStart what was done of its start before
   */
  public CaptureSupervisor(
      SourceConfig source,
      Generation generation,
      CheckpointStore store,
      CaptureListener listener,
      CaptureTimeouts timeouts,
      boolean acceptGap,
      HeadStart headStart) {
    this.source = source;
    this.demand = new EngineDemand(generation);
    this.timeouts = timeouts;
    this.gapAcceptance = new GapAcceptance(acceptGap);
    Checkpoints checkpoints = new Checkpoints(store);
    this.publication = new PublicationWatch(source, checkpoints, timeouts.heartbeat());
    this.board = new CaptureStateTracker(source, timeouts, listener, checkpoints);
    this.release = new SlotRelease(source, checkpoints);
    this.setup = new ReplicationSetup(source, checkpoints, listener, publication);
    this.prepared =
        new PreparedSource(
            source,
            setup,
            new SourcePreparation(source, checkpoints, setup, release, generation, headStart),
            gapAcceptance,
            generation);
    this.watch =
        new SlotMonitor(
            source,
            timeouts,
            listener,
            publication,
            new SlotEvents(
                source, prepared, timeouts, listener, demand::running, demand::askForAnother));
    this.standby = new Standby(source, setup, watch, board);
    this.rounds =
        new EngineRounds(
            source,
            prepared,
            new AssemblerFactory(source, listener, setup, turn),
            watch,
            board,
            timeouts,
            demand,
            turn);
    supervisor.setDaemon(true);
  }

  /**
   * Checks the source, joins or begins the epoch, and starts. Returns before the first row.
   *
   * @throws SourceException if it cannot start; nothing runs then
   */
  public void start() {
    start(false);
  }

  /**
   * The same; where another Rowhook has the slot, it checks the tables, and waits.
   *
   * @param mayStandBy whether it waits then, and takes over when the other one is gone; else it
   *     cannot start
   */
  public void start(boolean mayStandBy) {
    try {
      if (mayStandBy) {
        standby.allow();
        watch.start(); // it takes the lock that decides who stands by
        begin();
      } else {
        prepared.prepare(demand::newest, true);
        watch.start();
      }
    } catch (SourceException e) {
      watch.close();
      board.stopped(e.problems().getFirst(), e.isGap());
      throw e;
    }
    supervisor.start();
  }

  /**
   * The same, where several processes share a journal: it captures only while {@link #turn} says
   * that it is the one.
   */
  public void startAside() {
    standby.turn(false);
    watch.lead(false);
    watch.start();
    supervisor.start();
  }

  /**
   * Whether this process is the one that captures, of those that share a journal. Returns when it
   * does so no more, or after {@link CaptureTimeouts#stop}. Any thread.
   */
  public void turn(boolean mine) throws InterruptedException {
    standby.turn(mine);
    if (!mine) {
      demand.askForAnother();
      demand.awaitNone(timeouts.stop());
    }
  }

  private void begin() {
    if (!standby.begin()) {
      try {
        prepared.prepare(demand::newest, true);
        return;
      } catch (SourceException e) {
        if (!e.isGap() || !standby.beginAtGap()) {
          throw e;
        }
      }
    }
    look(demand.newest().tables());
  }

  /** Whether another client works with the slot at this moment, in words. */
  public Optional<String> slotHolder() {
    return Standby.holder(source, watch.own());
  }

  /** Where capture stands. Any thread. */
  public CaptureState state() {
    return board.state();
  }

  /** How its engine gets on. Any thread; never waits. */
  public CapturePulse pulse() {
    return CapturePulse.of(supervisor, demand.running(), publication.alteredSince());
  }

  /** The slot at the last look. Any thread. */
  public Optional<SlotStatus> slot() {
    return watch.last();
  }

  /** What the catalog says of the captured tables, as of the last check. Any thread. */
  public List<TableMetadata> tables() {
    return prepared.current().facts();
  }

  /** The captured tables whose row changes cannot be told at present. Any thread. */
  public List<SuspendedTable> suspended() {
    return prepared.suspended();
  }

  /** Why rows cannot be looked up as they must, by the last look at the catalog. Any thread. */
  public List<TableProblem> unread() {
    return prepared.unread();
  }

  /**
   * What the catalog says of tables at this moment; of suspended ones nothing, while they are. Any
   * thread.
   *
   * @throws SourceException if they cannot be captured, or the source cannot be asked
   */
  public List<TableMetadata> look(List<CapturedTable> wanted) {
    return prepared.look(wanted);
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
    if (standby.isStanding()) {
      demand.want(next); // the publication is the other one's
      return;
    }
    Optional<EngineRun> before = prepared.publish(next, () -> demand.want(next));
    if (before.isPresent()) {
      before.get().retire(); // or it would mark what it has taken without the tables that are new
      turn.lockInterruptibly();
      turn.unlock();
    }
  }

  /** Stops; the slot is free when this returns, within a few seconds. */
  @Override
  public void close() {
    demand.close();
    standby.close();
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
    boolean ready = !standby.isStanding();
    try {
      while (!demand.isClosing()) {
        String reason;
        try {
          if (!standby.await()) {
            return;
          }
          if (!ready) {
            board.starting();
            release.awaitRelease(
                SourcePreparation.RELEASE, watch.sender().map(SlotMonitor.Sender::pid));
            prepared.prepare(demand::newest, false);
          }
          ready = false;
          EngineRounds.Round round = rounds.run(timeouts.silence(inVain));
          if (round.ends() > 0) {
            failures = 0;
            gapAcceptance.take(); // it does not hold for a gap that opens later
          }
          inVain = round.heard() ? 0 : inVain + (board.isStalled() ? 1 : 0);
          if (round.failed().isEmpty()) {
            continue; // asked to
          }
          Throwable failed = round.failed().get();
          Optional<StructureChangedException> changed =
              CaptureException.find(failed, StructureChangedException.class);
          if (changed.isPresent()) {
            log.info("{}: it is looked at anew", changed.get().getMessage());
            continue;
          }
          if (prepared.acceptsGap(failed)) {
            continue;
          }
          reason = CaptureException.reason(failed);
        } catch (SourceException e) {
          if (e.isGap() ? standby.beginAtGap() : standby.beginAgain()) {
            continue; // another one was quicker
          }
          if (e.isGap() && (!standby.takesTurns() || board.noteGap(e.problems().getFirst()))) {
            board.stopped(e.problems().getFirst(), true);
            return;
          }
          reason = e.isGap() ? Standby.UNSURE : String.join("\n", e.problems());
        } catch (RuntimeException e) {
          reason = CaptureException.reason(e);
        }
        Duration wait = timeouts.retry(++failures);
        board.waiting(reason, wait);
        demand.pause(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    board.stopped("closed", false);
  }
}
