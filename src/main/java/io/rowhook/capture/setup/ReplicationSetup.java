package io.rowhook.capture.setup;

import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublicationRoutes;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.catalog.PublicationState;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.debezium.ReplayVerifier;
import io.rowhook.capture.monitor.PublicationWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings journal, publication and slot together before an engine starts: makes what is missing,
 * joins the journal's epoch or begins one, and stops where row changes may be missing.
 */
public final class ReplicationSetup {

  private static final Logger log = LoggerFactory.getLogger(ReplicationSetup.class);

  private final SourceConfig source;
  private final Checkpoints checkpoints;
  private final PublicationWatch watch;
  private final SlotProvision slots;
  private final Takeover takeover;

  /**
   * @param watch is told how the publication has to stay
   */
  public ReplicationSetup(
      SourceConfig source,
      Checkpoints checkpoints,
      CaptureListener listener,
      PublicationWatch watch) {
    this.source = source;
    this.checkpoints = checkpoints;
    this.slots = new SlotProvision(source, checkpoints, listener);
    this.watch = watch;
    this.takeover = new Takeover(source, checkpoints);
  }

  /** A standby that has seen this one read from the slot takes it over at the next join. */
  public void takesOverFrom(String holder) {
    takeover.from(holder);
  }

  /**
   * What came of it.
   *
   * @param accepted whether there was a gap, which was accepted
   * @param unsent suspended tables whose row changes the source does not send
   */
  record Joined(boolean accepted, Set<TableId> unsent) {}

  /**
   * Joins the epoch of the journal, or begins one. Whether something is missing is judged before
   * whether we may mend it.
   *
   * @param tables that are to be captured
   * @param suspended that cannot be at present; they stay in the publication if they are
   * @param acceptGap begin a new epoch where something may be missing
   * @throws SourceException a gap, unless accepted; or the source does not let us
   * @throws TablesLockedException tables that are missing in the publication are locked
   */
  Joined join(List<TableMetadata> tables, Set<TableId> suspended, boolean acceptGap)
      throws TablesLockedException {
    try (Connection connection = PostgresConnections.connect(source)) {
      Continuity seen =
          Continuity.look(source, connection, checkpoints.reader(), tables, suspended);
      PostgresConnections.Identity server = seen.server();
      Optional<Slot> slot = seen.slot();
      Map<TableId, Long> present = new HashMap<>(seen.present());
      Optional<PublicationState> state = seen.state();
      PublicationDrift drift = seen.drift();
      ContinuityCheck.Verdict verdict = seen.verdict();
      boolean accepted = acceptGap || takeover.covers(verdict, drift);
      if (verdict instanceof ContinuityCheck.Verdict.Gap(String what, _) && !accepted) {
        throw SourceException.gap(what);
      }
      Publication.Plan plan =
          Publication.plan(
              connection, source, tables, SuspendedTables.names(suspended, seen.before(), state));
      if (!plan.problems().isEmpty()) {
        throw SourceException.of(plan.problems());
      }
      watch.expect(null);
      Publication.apply(connection, source, plan, tables);
      boolean unreadable = drift.unreadable();
      switch (verdict) {
        case ContinuityCheck.Verdict.GoOn() -> {}
        case ContinuityCheck.Verdict.FailedOver() -> failedOver(seen.epoch().orElseThrow(), server);
        case ContinuityCheck.Verdict.Begin() -> begin(server, slots.create(connection, server));
        case ContinuityCheck.Verdict.Adopt() -> {
          log.info("slot {} was made before and never read from: it is taken", source.slot());
          begin(server, slots.usable(connection, server, slot, unreadable));
        }
        case ContinuityCheck.Verdict.Gap(String what, _) -> {
          if (takeover.covers(verdict, drift)) {
            takeover.record(slot.orElseThrow());
          } else {
            log.warn("accepted: {}", what);
            checkpoints.acceptGap(what);
          }
          begin(server, slots.usable(connection, server, slot, unreadable));
        }
      }
      takeover.end();
      PublicationState made =
          plan.alters() || state.isEmpty()
              ? made(connection, seen.looked())
              : state.get(); // or what somebody alters now would be lost
      Map<TableId, PublishedTables.Table> known =
          SuspendedTables.known(seen.before(), suspended, made);
      for (TableMetadata table : tables) {
        PublicationState.Member member = made.tables().get(table.oid());
        PublicationRoutes routes = member == null ? PublicationRoutes.NONE : member.routes();
        known.put(
            table.table(),
            new PublishedTables.Table(table.oid(), routes, null, table.primaryKey()));
      }
      note(connection, new PublishedTables(made.oid(), server.position(), known), drift);
      Set<Long> watched = new HashSet<>(present.values());
      known.values().forEach(table -> watched.add(table.oid()));
      watch.expect(made.only(watched));
      present.values().removeIf(made::isWhole);
      return new Joined(
          verdict instanceof ContinuityCheck.Verdict.Gap, Set.copyOf(present.keySet()));
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  private PublicationState made(Connection connection, Set<Long> looked) throws SQLException {
    return PublicationState.read(connection, source.publication(), looked)
        .orElseThrow(() ->
            SourceException.of(
                List.of(
                    "%s: publication '%s' was dropped while it was looked at"
                        .formatted(source.place(), source.publication()))));
  }

  private void note(Connection connection, PublishedTables now, PublicationDrift drift)
      throws SQLException {
    List<MissedRange> missed =
        drift.missed().isEmpty()
            ? List.of()
            : drift.missed(PostgresConnections.position(connection));
    checkpoints.published(now, missed);
    checkpoints.joined();
    PublicationDrift.logMissed(source, missed);
  }

  /** The source cannot read its log with a publication that was not there when it was written. */
  public SourceException unreadable() {
    return SourceException.gap(
        "%s: publication '%s' was dropped and made anew, and the source cannot send what was written meanwhile, nor anything after it. Row changes committed after %s, the journal's end, may be missing. Start once with --accept-gap to go on in a new epoch, and resync what recipients must have"
            .formatted(source.place(), source.publication(), checkpoints.watermark()));
  }

  /**
   * Begins a new epoch: a gap that only the engine could find is accepted.
   *
   * @param unreadable whether what the slot holds cannot be read; else it begins where the slot is
   */
  public void accept(String what, boolean unreadable) {
    try (Connection connection = PostgresConnections.connect(source)) {
      log.warn("accepted: {}", what);
      checkpoints.acceptGap(what);
      Optional<Slot> slot = Slot.read(connection, source.slot());
      PostgresConnections.Identity server = PostgresConnections.identify(source);
      begin(server, slots.usable(connection, server, slot, unreadable));
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  /**
   * Makes the publication hold these tables, while an engine runs. What it takes out is not missed
   * from then on, even if this process ends before it joins again.
   *
   * @param suspended tables that stay in it, or out of it, where they are not among these, and that
   *     may be locked
   */
  public void publish(List<TableMetadata> tables, Set<TableId> suspended) {
    List<TableMetadata> free = new ArrayList<>(tables);
    while (true) {
      try {
        tryToPublish(free, suspended);
        return;
      } catch (TablesLockedException e) {
        if (!suspended.containsAll(e.reasons().keySet())
            || !free.removeIf(table -> e.reasons().containsKey(table.table()))) {
          throw SourceException.of(List.copyOf(e.reasons().values()));
        }
      } catch (SQLException e) {
        throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
      }
    }
  }

  private void tryToPublish(List<TableMetadata> tables, Set<TableId> suspended)
      throws SQLException, TablesLockedException {
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<PublishedTables> before = checkpoints.published();
      Set<Long> looked = new HashSet<>();
      before.ifPresent(known -> known.tables().values().forEach(table -> looked.add(table.oid())));
      Optional<PublicationState> state =
          PublicationState.read(connection, source.publication(), looked);
      Publication.Plan plan =
          Publication.plan(
              connection, source, tables, SuspendedTables.names(suspended, before, state));
      if (!plan.problems().isEmpty()) {
        throw SourceException.of(plan.problems());
      }
      Set<TableId> names = new HashSet<>(suspended);
      tables.forEach(table -> names.add(table.table()));
      before.ifPresent(known -> checkpoints.published(known.only(names), List.of()));
      try {
        Publication.apply(connection, source, plan, tables);
        if (before.isPresent() && state.isPresent() && plan.alters()) {
          PublishedTables kept = before.get().only(names);
          checkpoints.published(kept.follow(state.get(), made(connection, looked)), List.of());
        }
      } catch (SQLException | TablesLockedException e) {
        before.ifPresent(known -> checkpoints.published(known, List.of()));
        throw e;
      }
    }
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
  public ReplayVerifier confirm() {
    try (Connection connection = PostgresConnections.connect(source)) {
      Optional<Slot> slot = Slot.read(connection, source.slot());
      int timeline = PostgresConnections.timeline(connection);
      int joined = ClusterHistory.of(checkpoints.epoch().orElseThrow()).timeline();
      if (timeline != joined) {
        throw SourceException.of(
            List.of(
                "%s: the server at %s is another since the engine started (timeline %d, before it %d); it is looked at anew"
                    .formatted(source.place(), source.address(), timeline, joined)));
      }
      Position watermark = checkpoints.watermark();
      if (slot.isEmpty() || slot.get().confirmed().isAfter(watermark)) {
        throw SourceException.gap(
            "%s: replication slot '%s' was made anew or moved while the engine started: row changes committed after %s, the journal's end, may be missing. Start once with --accept-gap to go on in a new epoch, and resync what recipients must have"
                .formatted(source.place(), source.slot(), watermark));
      }
      return watermark.isAfter(slot.get().confirmed())
          ? ReplayVerifier.upTo(source, watermark, checkpoints.last())
          : ReplayVerifier.nothing(source);
    } catch (SQLException e) {
      throw SourceException.of(List.of(SourceValidator.connecting(source, e)));
    }
  }

  private void failedOver(Epoch epoch, PostgresConnections.Identity server) {
    ClusterHistory before = ClusterHistory.of(epoch);
    log.warn(
        "the source failed over from timeline {} to {}; nothing is missing",
        before.timeline(),
        server.timeline());
    checkpoints.begin(
        new Epoch(
            epoch.id(),
            new ClusterHistory(before.systemIdentifier(), server.timeline(), before.slot()).text(),
            epoch.startedAt()),
        checkpoints.watermark());
  }

  private void begin(PostgresConnections.Identity server, Lsn start) {
    byte[] id = new byte[8];
    ThreadLocalRandom.current().nextBytes(id);
    Epoch epoch =
        new Epoch(
            HexFormat.of().formatHex(id),
            new ClusterHistory(server.systemIdentifier(), server.timeline(), source.slot()).text(),
            Instant.now());
    checkpoints.begin(epoch, start);
    log.info("a new epoch {} begins at {}, slot {}", epoch.id(), start, source.slot());
  }
}
