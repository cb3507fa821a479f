package io.rowhook.capture.setup;

import io.rowhook.base.Sentences;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Generation;
import io.rowhook.capture.HeadStart;
import io.rowhook.capture.PreparedGeneration;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.TableProblem;
import io.rowhook.capture.catalog.CatalogFingerprint;
import io.rowhook.capture.catalog.TableLocks;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the source ready for a generation before each engine: looks at it, suspends tables that
 * cannot be captured, and joins. One thread at a time.
 */
public final class SourcePreparation {

  private static final Logger log = LoggerFactory.getLogger(SourcePreparation.class);

  /** How long a slot may stay in use after whoever used it is gone. */
  public static final Duration RELEASE = Duration.ofSeconds(3);

  /** PostgreSQL's OID of its type text. */
  private static final long TEXT = 25;

  private final SourceConfig source;
  private final Checkpoints checkpoints;
  private final ReplicationSetup setup;
  private final SlotRelease release;
  private final HeadStart headStart;
  private final Map<TableId, TableMetadata> lastFacts = new HashMap<>();
  private PreparedGeneration last;
  private volatile List<TableProblem> unread = List.of();

  public SourcePreparation(
      SourceConfig source,
      Checkpoints checkpoints,
      ReplicationSetup setup,
      SlotRelease release,
      Generation first,
      HeadStart headStart) {
    this.headStart = headStart;
    this.source = source;
    this.checkpoints = checkpoints;
    this.setup = setup;
    this.release = release;
    this.last = PreparedGeneration.none(first);
  }

  /**
   * What came of it.
   *
   * @param accepted whether there was a gap, which was accepted
   */
  public record Result(PreparedGeneration prepared, boolean accepted) {}

  /**
   * Prepares.
   *
   * @param strict whether a table that was never captured before has to be as it must be, since
   *     whoever named it can be told
   * @throws SourceException if nothing can be captured, or it was strict, or there is a gap
   */
  public Result prepare(Generation generation, boolean acceptGap, boolean strict) {
    release.awaitMaking(RELEASE);
    List<TableId> asked = generation.tables().stream().map(CapturedTable::table).toList();
    Map<TableId, String> fingerprints = fingerprints(asked); // first: what changes then is noticed
    SourceValidator.Checked checked =
        headStart
            .checked(generation.tables(), fingerprints)
            .orElseGet(() -> SourceValidator.look(source, generation.tables()));
    if (!checked.problems().isEmpty()) {
      throw SourceException.of(checked.problems());
    }
    Set<TableId> known =
        checkpoints.published().map(published -> published.tables().keySet()).orElse(Set.of());
    if (strict && checked.tableProblems().stream().anyMatch(one -> isNew(one, asked, known))) {
      checked.strict();
    }
    unread(checked);
    Map<TableId, List<String>> reasons = checked.suspended();
    List<TableMetadata> facts = new ArrayList<>(checked.tables());
    facts.removeIf(table -> reasons.containsKey(table.table()));
    if (facts.isEmpty()) {
      checked.strict();
    }
    if (!checked.tables().equals(last.facts())) {
      checked.warnings().forEach(warning -> log.warn("{}", warning.text()));
    }
    checked.tables().forEach(table -> lastFacts.put(table.table(), table));
    ReplicationSetup.Joined joined = join(facts, reasons, acceptGap);
    Map<TableId, SuspendedTable> suspended = suspended(reasons, joined.unsent());
    logSuspended(suspended);
    last =
        new PreparedGeneration(
                generation,
                facts,
                standIns(generation, suspended),
                suspended,
                fingerprints,
                Map.of())
            .withPublished(checkpoints.published());
    return new Result(last, joined.accepted());
  }

  /**
   * What cannot be looked up as it must, at the last look: of tables that are captured all the
   * same. Any thread.
   */
  public List<TableProblem> unread() {
    return unread;
  }

  /** What was done of the start before. */
  public HeadStart headStart() {
    return headStart;
  }

  /** A table that is only looked up in is new with the journal. */
  private static boolean isNew(TableProblem problem, List<TableId> captured, Set<TableId> known) {
    return captured.contains(problem.table()) ? !known.contains(problem.table()) : known.isEmpty();
  }

  /** Says what of it is new, and what is over. */
  private synchronized void unread(SourceValidator.Checked checked) {
    List<TableProblem> now =
        checked.tableProblems().stream().filter(problem -> !problem.suspends()).toList();
    for (TableProblem problem : now) {
      if (!unread.contains(problem)) {
        log.warn(
            "{}",
            Sentences.of(problem.text(), "Others go on, and it is looked at again by itself"));
      }
    }
    for (TableProblem problem : unread) {
      if (now.stream().noneMatch(one -> one.table().equals(problem.table()))) {
        log.info("Table {} can be looked up as it must again", problem.table());
      }
    }
    unread = now;
  }

  /** Joins. A table that somebody has locked, and that is not published yet, waits by itself. */
  private ReplicationSetup.Joined join(
      List<TableMetadata> facts, Map<TableId, List<String>> reasons, boolean acceptGap) {
    while (true) {
      try {
        return setup.join(facts, reasons.keySet(), acceptGap);
      } catch (TablesLockedException e) {
        facts.removeIf(table -> e.reasons().containsKey(table.table()));
        if (facts.isEmpty()) {
          throw SourceException.of(List.copyOf(e.reasons().values()));
        }
        e.reasons().forEach((table, reason) -> reasons.put(table, List.of(reason)));
      }
    }
  }

  private Map<TableId, SuspendedTable> suspended(
      Map<TableId, List<String>> reasons, Set<TableId> unsent) {
    Map<TableId, SuspendedTable> suspended = new LinkedHashMap<>();
    reasons.forEach((table, all) -> {
      SuspendedTable before = last.suspended().get(table);
      String reason = String.join("; ", all);
      Instant since =
          before != null && before.reason().equals(reason) ? before.since() : Instant.now();
      boolean sent = !unsent.contains(table);
      suspended.put(table, new SuspendedTable(table, since, reason, sent, key(table)));
    });
    return suspended;
  }

  /** As last known, also by the process before. */
  private List<String> key(TableId table) {
    TableMetadata facts = lastFacts.get(table);
    if (facts != null) {
      return facts.primaryKey();
    }
    return checkpoints
        .published()
        .map(known -> known.tables().get(table))
        .map(PublishedTables.Table::key)
        .orElse(List.of());
  }

  /** Of suspended tables what was last known; where that is nothing, what is asked of them. */
  private List<TableMetadata> standIns(
      Generation generation, Map<TableId, SuspendedTable> suspended) {
    return generation.tables().stream()
        .filter(table -> suspended.containsKey(table.table()))
        .map(table -> {
          TableMetadata known = lastFacts.get(table.table());
          return known == null ? unknown(table) : known;
        })
        .toList();
  }

  private static TableMetadata unknown(CapturedTable table) {
    List<String> asked = List.copyOf(table.demanded());
    return new TableMetadata(
        table.table(),
        0,
        asked.stream().map(name -> new TableMetadata.Column(name, TEXT, false, false)).toList(),
        List.of(),
        TableMetadata.ReplicaIdentity.FULL,
        asked,
        List.of());
  }

  private void logSuspended(Map<TableId, SuspendedTable> suspended) {
    for (SuspendedTable one : suspended.values()) {
      if (!one.equals(last.suspended().get(one.table()))) {
        log.warn(
            "{} is suspended: {}; others go on, and it is looked at again by itself. {}",
            one.table(),
            one.effect(),
            one.reason());
      }
    }
    for (TableId table : last.suspended().keySet()) {
      if (!suspended.containsKey(table)) {
        log.info("{} is captured again", table);
      }
    }
  }

  /** Whether tables are as they were, and the same ones have to be suspended. */
  public boolean isStill(Connection connection, PreparedGeneration prepared) throws SQLException {
    if (!CatalogFingerprint.read(connection, prepared.tables()).equals(prepared.fingerprints())) {
      return false;
    }
    if (prepared.suspended().isEmpty() && unread.isEmpty()) {
      return true;
    }
    SourceValidator.Checked checked =
        SourceValidator.lookAtTables(source, prepared.generation().tables());
    if (checked.problems().isEmpty()) {
      unread(checked);
    }
    Set<TableId> still = new HashSet<>(checked.suspended().keySet());
    Set<TableId> waiting = new HashSet<>(prepared.suspended().keySet());
    waiting.removeAll(still);
    still.addAll(TableLocks.read(connection, waiting).keySet());
    return !checked.problems().isEmpty() || still.equals(prepared.suspended().keySet());
  }

  private Map<TableId, String> fingerprints(List<TableId> tables) {
    try (Connection connection = PostgresConnections.connect(source)) {
      return CatalogFingerprint.read(connection, tables);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }
}
