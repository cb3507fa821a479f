package io.rowhook.capture;

import io.rowhook.capture.setup.ReplicationSetup;
import io.rowhook.capture.setup.SourcePreparation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The source as it was made ready for a generation: slot, publication and what the catalog says of
 * its tables. Made ready by one at a time; read by any thread.
 */
final class PreparedSource {

  private final SourceConfig source;
  private final ReplicationSetup setup;
  private final SourcePreparation preparation;
  private final GapAcceptance gapAcceptance;
  private final ReentrantLock preparing = new ReentrantLock();
  private volatile PreparedGeneration prepared;

  PreparedSource(
      SourceConfig source,
      ReplicationSetup setup,
      SourcePreparation preparation,
      GapAcceptance gapAcceptance,
      Generation generation) {
    this.source = source;
    this.setup = setup;
    this.preparation = preparation;
    this.gapAcceptance = gapAcceptance;
    this.prepared = PreparedGeneration.none(generation);
  }

  /** What the next engine runs with. */
  PreparedGeneration current() {
    return prepared;
  }

  /** An engine that was started before, and waits for the slot, once; empty: there is none. */
  Optional<WaitingEngine> engine() {
    return preparation.headStart().engine();
  }

  /**
   * Makes it ready for the newest generation.
   *
   * @throws SourceException if it cannot be
   */
  void prepare(Supplier<Generation> newest, boolean strict) {
    preparing.lock();
    try {
      SourcePreparation.Result result =
          preparation.prepare(newest.get(), gapAcceptance.isOpen(), strict);
      prepared = result.prepared();
      if (result.accepted()) {
        gapAcceptance.take();
      }
    } finally {
      preparing.unlock();
    }
  }

  /**
   * Checks the tables of another generation, and alters the publication.
   *
   * @param taken runs before another generation can be published
   * @return what that returned
   * @throws SourceException if the source does not let its tables be captured, or cannot be asked
   */
  <T> T publish(Generation next, Supplier<T> taken) throws InterruptedException {
    preparing.lockInterruptibly();
    try {
      Set<TableId> suspended = new HashSet<>(prepared.suspended().keySet());
      suspended.retainAll(next.tables().stream().map(CapturedTable::table).toList());
      setup.publish(SourceValidator.tables(source, next.tables(), suspended).tables(), suspended);
      return taken.get();
    } finally {
      preparing.unlock();
    }
  }

  /**
   * Goes on in a new epoch if an engine has ended at a gap, and a person has allowed that.
   *
   * @return false if it has ended by something else
   * @throws SourceException the gap, if it was not allowed
   */
  boolean acceptsGap(Throwable end) {
    boolean unreadable = CaptureException.lacksPublication(end, source.publication());
    Optional<SourceException> gap =
        unreadable
            ? Optional.of(setup.unreadable())
            : CaptureException.find(end, SourceException.class).filter(SourceException::isGap);
    if (gap.isPresent() && !gapAcceptance.take()) {
      throw gap.get();
    }
    gap.ifPresent(found -> setup.accept(found.problems().getFirst(), unreadable));
    return gap.isPresent();
  }

  /** The captured tables whose row changes cannot be told at present. */
  List<SuspendedTable> suspended() {
    return prepared.suspended().values().stream()
        .sorted(Comparator.comparing(SuspendedTable::table))
        .toList();
  }

  /** What cannot be looked up as it must, of tables that are captured all the same. */
  List<TableProblem> unread() {
    return preparation.unread();
  }

  /**
   * What the catalog says of tables at this moment; of suspended ones nothing, while they are.
   *
   * @throws SourceException if they cannot be captured, or the source cannot be asked
   */
  List<TableMetadata> look(List<CapturedTable> tables) {
    return SourceValidator.tables(source, tables, prepared.suspended().keySet()).tables();
  }

  /** Whether slot, publication and tables are still as they were when it was made ready. */
  @SuppressWarnings("ReferenceEquality") // whether it is still this one
  boolean isStill(Connection connection) throws SQLException {
    PreparedGeneration now = prepared;
    return preparation.isStill(connection, now) || prepared != now;
  }
}
