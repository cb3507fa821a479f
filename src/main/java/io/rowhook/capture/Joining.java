package io.rowhook.capture;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings journal, publication and slot together before an engine starts: makes what is missing,
 * joins the journal's epoch or begins one, and stops where row changes may be missing.
 */
final class Joining {

  private static final Logger log = LoggerFactory.getLogger(Joining.class);

  private final Source source;
  private final History history;
  private final Observer observer;
  private final PublicationWatch watch;

  /**
   * @param watch is told how the publication has to stay
   */
  Joining(Source source, History history, Observer observer, PublicationWatch watch) {
    this.source = source;
    this.history = history;
    this.observer = observer;
    this.watch = watch;
  }

  /**
   * Joins the epoch of the journal, or begins one. Whether something is missing is judged before
   * whether we may mend it.
   *
   * @param tables that are to be captured
   * @param suspended that cannot be at present; they stay in the publication if they are
   * @param acceptGap begin a new epoch where something may be missing
   * @return whether there was a gap, which was accepted
   * @throws SourceException a gap, unless accepted; or the source does not let us
   * @throws TablesLockedException tables that are missing in the publication are locked
   */
  boolean join(List<TableFacts> tables, Set<TableId> suspended, boolean acceptGap)
      throws TablesLockedException {
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<Epoch> epoch = history.epoch();
      PostgresConnections.Identity server = PostgresConnections.identify(source);
      Optional<Slot> slot = Slot.read(connection, source.slot());
      Optional<PublishedTables> before = history.published();
      Map<TableId, Long> oids = oids(before, tables, suspended);
      List<Long> looked = new ArrayList<>(oids.values());
      before.ifPresent(known -> looked.addAll(known.tables().values()));
      Optional<PublicationState> state =
          PublicationState.read(connection, source.publication(), looked);
      Membership membership = Membership.since(source, before, state, tables, server.position());
      EpochRule.Verdict verdict =
          EpochRule.judge(
              source,
              epoch.orElse(null),
              epoch.isPresent() ? history.watermark() : Lsn.ZERO,
              server,
              slot,
              history.slotIntent().orElse(null),
              switches(epoch, server),
              membership);
      if (verdict instanceof EpochRule.Verdict.Gap(String what) && !acceptGap) {
        throw SourceException.gap(what);
      }
      Publication.Plan plan =
          Publication.plan(connection, source, tables, names(suspended, oids, state));
      if (!plan.problems().isEmpty()) {
        throw SourceException.of(plan.problems());
      }
      watch.expect(null);
      Publication.apply(connection, source, plan, tables);
      boolean unreadable = membership.unreadable();
      switch (verdict) {
        case EpochRule.Verdict.GoOn() -> {}
        case EpochRule.Verdict.FailedOver() -> failedOver(epoch.orElseThrow(), server);
        case EpochRule.Verdict.Begin() -> begin(server, create(connection, server));
        case EpochRule.Verdict.Adopt() -> {
          log.info("slot {} was made before and never read from: it is taken", source.slot());
          begin(server, usable(connection, server, slot, unreadable));
        }
        case EpochRule.Verdict.Gap(String what) -> {
          log.warn("accepted: {}", what);
          begin(server, usable(connection, server, slot, unreadable));
        }
      }
      note(connection, server.position(), oids, membership);
      return verdict instanceof EpochRule.Verdict.Gap;
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceCheck.connecting(source, e)));
    }
  }

  /** From here on the publication has to stay as it is. */
  private void note(
      Connection connection, Lsn position, Map<TableId, Long> oids, Membership membership)
      throws SQLException {
    PublicationState made =
        PublicationState.read(connection, source.publication(), oids.values())
            .orElseThrow(() ->
                SourceException.of(
                    List.of(
                        "%s: publication '%s' was dropped while it was looked at"
                            .formatted(source.place(), source.publication()))));
    membership.tell(source);
    history.published(new PublishedTables(made.oid(), position, oids), membership.missed());
    watch.expect(made);
  }

  /** Those of suspended tables are as they were last known. */
  private static Map<TableId, Long> oids(
      Optional<PublishedTables> before, List<TableFacts> tables, Set<TableId> suspended) {
    Map<TableId, Long> oids = new LinkedHashMap<>();
    before.ifPresent(known -> {
      oids.putAll(known.tables());
      oids.keySet().retainAll(suspended);
    });
    tables.forEach(table -> oids.put(table.table(), table.oid()));
    return oids;
  }

  /** What suspended tables are called, and were. */
  private static Set<TableId> names(
      Set<TableId> suspended, Map<TableId, Long> oids, Optional<PublicationState> state) {
    Set<TableId> names = new HashSet<>(suspended);
    for (TableId table : suspended) {
      Long oid = oids.get(table);
      PublicationState.Member member =
          oid == null ? null : state.map(known -> known.tables().get(oid)).orElse(null);
      if (member != null) {
        names.add(member.name());
      }
    }
    return names;
  }

  /** The source cannot read its log with a publication that was not there when it was written. */
  SourceException unreadable() {
    return SourceException.gap(
        "%s: publication '%s' was dropped and made anew, and the source cannot send what was written meanwhile, nor anything after it. Row changes committed after %s, the journal's end, may be missing. Start once with --accept-gap to go on in a new epoch, and resync what recipients must have"
            .formatted(source.place(), source.publication(), history.watermark()));
  }

  /**
   * Begins a new epoch: a gap that only the engine could find is accepted.
   *
   * @param unreadable whether what the slot holds cannot be read; else it begins where the slot is
   */
  void accept(String what, boolean unreadable) {
    try (Connection connection = PostgresConnections.connect(source)) {
      log.warn("accepted: {}", what);
      Optional<Slot> slot = Slot.read(connection, source.slot());
      PostgresConnections.Identity server = PostgresConnections.identify(source);
      begin(server, usable(connection, server, slot, unreadable));
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceCheck.connecting(source, e)));
    }
  }

  /**
   * Makes the publication hold these tables, while an engine runs. What it takes out is not missed
   * from then on, even if this process ends before it joins again.
   */
  void publish(List<TableFacts> tables) {
    try (Connection connection = PostgresConnections.connect(source)) {
      Publication.Plan plan = Publication.plan(connection, source, tables);
      if (!plan.problems().isEmpty()) {
        throw SourceException.of(plan.problems());
      }
      Optional<PublishedTables> before = history.published();
      before.ifPresent(known -> history.published(known.only(names(tables)), List.of()));
      try {
        Publication.apply(connection, source, plan, tables);
      } catch (SQLException | TablesLockedException e) {
        before.ifPresent(known -> history.published(known, List.of()));
        throw e;
      }
    } catch (TablesLockedException e) {
      throw SourceException.of(List.copyOf(e.reasons().values()));
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceCheck.connecting(source, e)));
    }
  }

  private static Set<TableId> names(List<TableFacts> tables) {
    return tables.stream().map(TableFacts::table).collect(Collectors.toSet());
  }

  /**
   * Looks again once the engine streams and before anything of it is used: had the slot vanished
   * since {@link #join}, the engine would have made a new one in silence. Nothing has been marked
   * by then, so a slot after the watermark is not ours any more. And had the address moved to a
   * promoted standby meanwhile, the journal would go on in a timeline that it does not know of.
   *
   * @return what the source must send again before anything new
   * @throws SourceException a gap; or not one, and the source has to be joined again
   */
  SentAgain confirm() {
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<Slot> slot = Slot.read(connection, source.slot());
      int timeline = PostgresConnections.timeline(connection);
      int joined = history.epoch().orElseThrow().timeline();
      if (timeline != joined) {
        throw SourceException.of(
            List.of(
                "%s: the server at %s is another since the engine started (timeline %d, before it %d); it is looked at anew"
                    .formatted(source.place(), source.address(), timeline, joined)));
      }
      Lsn watermark = history.watermark();
      if (slot.isEmpty() || slot.get().confirmed().isAfter(watermark)) {
        throw SourceException.gap(
            "%s: replication slot '%s' was made anew or moved while the engine started: row changes committed after %s, the journal's end, may be missing. Start once with --accept-gap to go on in a new epoch, and resync what recipients must have"
                .formatted(source.place(), source.slot(), watermark));
      }
      return watermark.isAfter(slot.get().confirmed())
          ? SentAgain.upTo(source, watermark, history.last())
          : SentAgain.nothing(source);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceCheck.connecting(source, e)));
    }
  }

  private NavigableMap<Integer, Lsn> switches(
      Optional<Epoch> epoch, PostgresConnections.Identity server) throws SQLException {
    return epoch.isEmpty() || epoch.get().timeline() == server.timeline()
        ? new TreeMap<>()
        : PostgresConnections.timelineHistory(source, server.timeline());
  }

  private void failedOver(Epoch epoch, PostgresConnections.Identity server) {
    log.warn(
        "the source failed over from timeline {} to {}; nothing is missing",
        epoch.timeline(),
        server.timeline());
    history.begin(
        new Epoch(
            epoch.id(),
            epoch.systemIdentifier(),
            server.timeline(),
            epoch.slot(),
            epoch.startedAt()),
        history.watermark());
  }

  private void begin(PostgresConnections.Identity server, Lsn start) {
    byte[] id = new byte[8];
    ThreadLocalRandom.current().nextBytes(id);
    Epoch epoch =
        new Epoch(
            HexFormat.of().formatHex(id),
            server.systemIdentifier(),
            server.timeline(),
            source.slot(),
            Instant.now());
    history.begin(epoch, start);
    log.info("a new epoch {} begins at {}, slot {}", epoch.id(), start, source.slot());
  }

  /** Keeps the slot where the source can still send from it, and makes it anew where not. */
  private Lsn usable(
      Connection connection,
      PostgresConnections.Identity server,
      Optional<Slot> slot,
      boolean unreadable)
      throws SQLException {
    if (slot.isPresent() && !slot.get().lost() && !unreadable) {
      return slot.get().confirmed();
    }
    if (slot.isPresent()) {
      Slot.drop(connection, source.slot());
    }
    return create(connection, server);
  }

  private Lsn create(Connection connection, PostgresConnections.Identity server)
      throws SQLException {
    history.intend(new SlotIntent(server.systemIdentifier(), source.slot()));
    observer.makingSlot();
    try {
      Lsn made = Slot.create(connection, source.slot());
      observer.madeSlot();
      return made;
    } catch (SQLException e) {
      if ("57014".equals(e.getSQLState())) { // query_canceled
        throw SourceException.of(
            List.of(
                "%s: replication slot '%s' cannot be made while transactions are open that began before it. Find them by SELECT pid, xact_start, state FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start;"
                    .formatted(source.place(), source.slot())));
      }
      throw e;
    }
  }
}
