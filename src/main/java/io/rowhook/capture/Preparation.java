package io.rowhook.capture;

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
final class Preparation {

  private static final Logger log = LoggerFactory.getLogger(Preparation.class);

  /** How long a slot may stay in use after whoever used it is gone. */
  static final Duration RELEASE = Duration.ofSeconds(3);

  /** PostgreSQL's OID of its type text. */
  private static final long TEXT = 25;

  private final Source source;
  private final Checkpoints checkpoints;
  private final Joining joining;
  private final SlotRelease release;
  private final Map<TableId, TableFacts> lastFacts = new HashMap<>();
  private Prepared last;

  Preparation(
      Source source,
      Checkpoints checkpoints,
      Joining joining,
      SlotRelease release,
      Generation first) {
    this.source = source;
    this.checkpoints = checkpoints;
    this.joining = joining;
    this.release = release;
    this.last = Prepared.none(first);
  }

  /**
   * What came of it.
   *
   * @param accepted whether there was a gap, which was accepted
   */
  record Result(Prepared prepared, boolean accepted) {}

  /**
   * Prepares.
   *
   * @param strict whether a table that was never captured before has to be as it must be, since
   *     whoever named it can be told
   * @throws SourceException if nothing can be captured, or it was strict, or there is a gap
   */
  Result prepare(Generation generation, boolean acceptGap, boolean strict) {
    release.awaitMaking(RELEASE);
    List<TableId> asked = generation.tables().stream().map(CapturedTable::table).toList();
    Map<TableId, String> fingerprints = fingerprints(asked); // first: what changes then is noticed
    SourceCheck.Checked checked = SourceCheck.look(source, generation.tables());
    if (!checked.problems().isEmpty()) {
      throw SourceException.of(checked.problems());
    }
    Set<TableId> known =
        checkpoints.published().map(published -> published.tables().keySet()).orElse(Set.of());
    if (strict && checked.tableProblems().stream().anyMatch(one -> !known.contains(one.table()))) {
      checked.strict();
    }
    Map<TableId, List<String>> reasons = checked.suspended();
    List<TableFacts> facts = new ArrayList<>(checked.tables());
    facts.removeIf(table -> reasons.containsKey(table.table()));
    if (facts.isEmpty()) {
      checked.strict();
    }
    if (!checked.tables().equals(last.facts())) {
      checked.warnings().forEach(warning -> log.warn("{}", warning));
    }
    checked.tables().forEach(table -> lastFacts.put(table.table(), table));
    Joining.Joined joined = join(facts, reasons, acceptGap);
    Map<TableId, Suspended> suspended = suspended(reasons, joined.unsent());
    tell(suspended);
    last =
        new Prepared(
                generation,
                facts,
                standIns(generation, suspended),
                suspended,
                fingerprints,
                Map.of())
            .known(checkpoints.published());
    return new Result(last, joined.accepted());
  }

  /** Joins. A table that somebody has locked, and that is not published yet, waits by itself. */
  private Joining.Joined join(
      List<TableFacts> facts, Map<TableId, List<String>> reasons, boolean acceptGap) {
    while (true) {
      try {
        return joining.join(facts, reasons.keySet(), acceptGap);
      } catch (TablesLockedException e) {
        facts.removeIf(table -> e.reasons().containsKey(table.table()));
        if (facts.isEmpty()) {
          throw SourceException.of(List.copyOf(e.reasons().values()));
        }
        e.reasons().forEach((table, reason) -> reasons.put(table, List.of(reason)));
      }
    }
  }

  private Map<TableId, Suspended> suspended(
      Map<TableId, List<String>> reasons, Set<TableId> unsent) {
    Map<TableId, Suspended> suspended = new LinkedHashMap<>();
    reasons.forEach((table, all) -> {
      Suspended before = last.suspended().get(table);
      String reason = String.join("; ", all);
      Instant since =
          before != null && before.reason().equals(reason) ? before.since() : Instant.now();
      boolean sent = !unsent.contains(table);
      suspended.put(table, new Suspended(table, since, reason, sent, key(table)));
    });
    return suspended;
  }

  /** As last known, also by the process before. */
  private List<String> key(TableId table) {
    TableFacts facts = lastFacts.get(table);
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
  private List<TableFacts> standIns(Generation generation, Map<TableId, Suspended> suspended) {
    return generation.tables().stream()
        .filter(table -> suspended.containsKey(table.table()))
        .map(table -> {
          TableFacts known = lastFacts.get(table.table());
          return known == null ? unknown(table) : known;
        })
        .toList();
  }

  private static TableFacts unknown(CapturedTable table) {
    List<String> asked = List.copyOf(table.demanded());
    return new TableFacts(
        table.table(),
        0,
        asked.stream().map(name -> new TableFacts.Column(name, TEXT, false, false)).toList(),
        List.of(),
        TableFacts.ReplicaIdentity.FULL,
        asked,
        List.of());
  }

  private void tell(Map<TableId, Suspended> suspended) {
    for (Suspended one : suspended.values()) {
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
  boolean isStill(Connection connection, Prepared prepared) throws SQLException {
    if (!Fingerprints.read(connection, prepared.tables()).equals(prepared.fingerprints())) {
      return false;
    }
    if (prepared.suspended().isEmpty()) {
      return true;
    }
    SourceCheck.Checked checked = SourceCheck.lookAtTables(source, prepared.generation().tables());
    Set<TableId> still = new HashSet<>(checked.suspended().keySet());
    Set<TableId> waiting = new HashSet<>(prepared.suspended().keySet());
    waiting.removeAll(still);
    still.addAll(TableLocks.read(connection, waiting).keySet());
    return !checked.problems().isEmpty() || still.equals(prepared.suspended().keySet());
  }

  private Map<TableId, String> fingerprints(List<TableId> tables) {
    try (Connection connection = PostgresConnections.connect(source)) {
      return Fingerprints.read(connection, tables);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceCheck.connecting(source, e)));
    }
  }
}
