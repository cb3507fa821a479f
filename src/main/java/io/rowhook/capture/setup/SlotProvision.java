package io.rowhook.capture.setup;

import io.rowhook.capture.CaptureListener;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.SlotIntent;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Makes the replication slot that capture reads from, or takes the one that is there. */
final class SlotProvision {

  private final SourceConfig source;
  private final Checkpoints checkpoints;
  private final CaptureListener listener;

  SlotProvision(SourceConfig source, Checkpoints checkpoints, CaptureListener listener) {
    this.source = source;
    this.checkpoints = checkpoints;
    this.listener = listener;
  }

  /** Keeps the slot where the source can still send from it, and makes it anew where not. */
  Lsn usable(
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

  /**
   * Makes the slot, having noted that it is ours.
   *
   * @return from where it sends
   * @throws SourceException while transactions are open that began before it
   */
  Lsn create(Connection connection, PostgresConnections.Identity server) throws SQLException {
    checkpoints.intend(new SlotIntent(server.systemIdentifier(), source.slot()));
    listener.makingSlot();
    try {
      Lsn made = Slot.create(connection, source.slot());
      listener.madeSlot();
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
