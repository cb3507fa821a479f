package io.rowhook.capture;

import io.rowhook.capture.catalog.CatalogFingerprint;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.setup.OtherSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process that takes over has done of capture's start while another one still captures: the
 * source was looked at, and an engine waits for nothing but the slot. Each is used once, and what
 * was looked at only while the tables are as they were then. Any thread.
 */
public final class HeadStart {

  private final SourceConfig source;
  private final List<CapturedTable> tables;
  private final Map<TableId, String> fingerprints;

  // guarded by this
  private SourceValidator.@Nullable Checked checked;
  private @Nullable WaitingEngine engine;

  private HeadStart(
      SourceConfig source,
      List<CapturedTable> tables,
      Map<TableId, String> fingerprints,
      SourceValidator.@Nullable Checked checked) {
    this.source = source;
    this.tables = tables;
    this.fingerprints = fingerprints;
    this.checked = checked;
  }

  /** A start without one. */
  public static HeadStart none(SourceConfig source) {
    return new HeadStart(source, List.of(), Map.of(), null);
  }

  /**
   * Looks at the source beside the process that captures from it.
   *
   * @param tables that are to be captured
   * @param suspended tables that the other one cannot capture either, by name: they are no reason
   *     to refuse
   * @param epoch that the journal is in, whose slot has to be the source's; empty: in none yet
   * @throws SourceException with all that a start would be refused for
   */
  public static HeadStart look(
      SourceConfig source,
      List<CapturedTable> tables,
      Collection<String> suspended,
      Optional<Epoch> epoch) {
    try (Connection connection = PostgresConnections.connect(source)) {
      if (epoch.isPresent()) {
        List<String> others = OtherSource.problems(source, connection, epoch.get());
        if (!others.isEmpty()) {
          throw SourceException.of(others); // what else there is to say is of another source
        }
      }
      Map<TableId, String> fingerprints =
          CatalogFingerprint.read(connection, tables.stream().map(CapturedTable::table).toList());
      SourceValidator.Checked checked = SourceValidator.lookBeside(source, tables);
      List<String> problems = new ArrayList<>(checked.problems());
      checked.tableProblems().stream()
          .filter(TableProblem::suspends)
          .filter(problem -> !suspended.contains(problem.table().toString()))
          .forEach(problem -> problems.add(problem.text()));
      if (!problems.isEmpty()) {
        throw SourceException.of(problems);
      }
      return new HeadStart(source, tables, fingerprints, checked);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  /** What the catalog says of the tables. */
  public synchronized List<TableMetadata> facts() {
    return checked == null ? List.of() : checked.tables();
  }

  /**
   * Starts the engine that waits. Only while somebody reads from the slot: where there is none, the
   * engine would make one.
   *
   * @return whether it waits, so long at most; if not, it is started as ever
   */
  public boolean startEngine(Duration limit) throws InterruptedException {
    if (!isRead()) {
      return false;
    }
    WaitingEngine started = WaitingEngine.start(source);
    if (!started.awaitReady(limit)) {
      started.giveUp(limit);
      return false;
    }
    synchronized (this) {
      engine = started;
    }
    return true;
  }

  private boolean isRead() {
    try (Connection connection = PostgresConnections.connect(source)) {
      return Slot.read(connection, source.slot()).map(Slot::activePid).isPresent();
    } catch (SQLException e) {
      return false; // the start says why
    }
  }

  /** The engine that waits, once; empty: there is none. */
  synchronized Optional<WaitingEngine> engine() {
    Optional<WaitingEngine> waiting = Optional.ofNullable(engine).filter(WaitingEngine::isRunning);
    engine = null;
    return waiting;
  }

  /**
   * What was found, once.
   *
   * @param now the tables' fingerprints
   * @return empty: nothing was looked at, or it is not as it was
   */
  public synchronized Optional<SourceValidator.Checked> checked(
      List<CapturedTable> wanted, Map<TableId, String> now) {
    Optional<SourceValidator.Checked> found =
        Optional.ofNullable(checked).filter(_ -> wanted.equals(tables) && now.equals(fingerprints));
    checked = null;
    return found;
  }
}
