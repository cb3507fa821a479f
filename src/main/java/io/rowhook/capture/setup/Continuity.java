package io.rowhook.capture.setup;

import io.rowhook.capture.CheckpointReader;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.Position;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableMetadata;
import io.rowhook.capture.catalog.CatalogTable;
import io.rowhook.capture.catalog.PublicationState;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was seen of journal, slot and publication at one moment, and what follows from it; looked at
 * before each engine, and by {@code rowhook check}. Changes nothing.
 *
 * @param server which cluster it is
 * @param slot empty: there is none
 * @param before what the publication held when it was last seen whole; empty: never
 * @param present suspended tables that exist, with their OIDs
 * @param looked OIDs of the tables that were looked up in the publication
 * @param state of the publication; empty: there is none
 * @param drift what has left it
 * @param verdict whether anything may be missing
 */
public record Continuity(
    Optional<Epoch> epoch,
    PostgresConnections.Identity server,
    Optional<Slot> slot,
    Optional<PublishedTables> before,
    Map<TableId, Long> present,
    Set<Long> looked,
    Optional<PublicationState> state,
    PublicationDrift drift,
    ContinuityCheck.Verdict verdict) {

  /**
   * Looks.
   *
   * @param journal what is durable
   * @param tables that are to be captured
   * @param suspended that cannot be at present
   */
  public static Continuity look(
      SourceConfig source,
      Connection connection,
      CheckpointReader journal,
      List<TableMetadata> tables,
      Collection<TableId> suspended)
      throws SQLException {
    Optional<Epoch> epoch = journal.epoch();
    PostgresConnections.Identity server = PostgresConnections.identify(source);
    Optional<Slot> slot = Slot.read(connection, source.slot());
    Optional<PublishedTables> before = Checkpoints.published(journal);
    Map<TableId, Long> present = CatalogTable.oids(connection, suspended);
    Set<Long> looked = new HashSet<>(present.values());
    tables.forEach(table -> looked.add(table.oid()));
    before.ifPresent(known -> known.tables().values().forEach(table -> looked.add(table.oid())));
    Optional<PublicationState> state =
        PublicationState.read(connection, source.publication(), looked);
    PublicationDrift drift =
        PublicationDrift.since(source, before, state, tables, server.position());
    if (drift.lost() != null) {
      Set<TableId> kept = SuspendedTables.names(Set.copyOf(suspended), before, state);
      drift = drift.mendedBy(Publication.plan(connection, source, tables, kept).wanted());
    }
    ContinuityCheck.Verdict verdict =
        ContinuityCheck.judge(
            source,
            epoch.orElse(null),
            epoch.isPresent() ? journal.watermark() : Position.START,
            server,
            slot,
            Checkpoints.slotIntent(journal).orElse(null),
            switches(source, epoch, server),
            drift);
    return new Continuity(epoch, server, slot, before, present, looked, state, drift, verdict);
  }

  private static NavigableMap<Integer, Lsn> switches(
      SourceConfig source, Optional<Epoch> epoch, PostgresConnections.Identity server)
      throws SQLException {
    return epoch.isEmpty() || ClusterHistory.of(epoch.get()).timeline() == server.timeline()
        ? new TreeMap<>()
        : PostgresConnections.timelineHistory(source, server.timeline());
  }
}
