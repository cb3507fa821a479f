package io.rowhook.capture.monitor;

import io.rowhook.capture.CaptureTimeouts;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.EngineActivity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a small logical message through the source's log when nothing else came through the engine
 * for a while, and when the slot is behind while only other tables change. It comes back as BEGIN
 * and END, becomes a watermark, is marked; so the slot still moves only behind the journal, and
 * whoever sees it come knows that all of the way is open. Debezium's own means would let the slot
 * overtake the journal. The slot watch's thread only.
 */
final class Heartbeat {

  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

  /** One that has not come for so long is sent once more. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final SourceConfig source;
  private final CaptureTimeouts timeouts;

  private Lsn sentTo = Lsn.ZERO;
  private Instant sentAt = Instant.EPOCH;
  private boolean refused;
  private long endsBefore;

  Heartbeat(SourceConfig source, CaptureTimeouts timeouts) {
    this.source = source;
    this.timeouts = timeouts;
  }

  /** Looks whether one is needed, and sends it. */
  void look(Connection connection, Slot slot, EngineActivity engine) {
    long ends = engine.ends();
    boolean behind =
        ends == endsBefore && slot.current().minus(slot.confirmed()) > timeouts.heartbeatBytes();
    endsBefore = ends;
    boolean quiet = engine.silence().compareTo(timeouts.heartbeat()) >= 0;
    boolean awaited =
        sentTo.isAfter(slot.confirmed()) && Instant.now().isBefore(sentAt.plus(AGAIN));
    if ((behind || quiet) && !awaited) {
      send(connection);
    }
    engine.mute(refused);
  }

  private void send(Connection connection) {
    // transactional: only then does pgoutput send a BEGIN and a COMMIT around it
    String sql = "SELECT pg_logical_emit_message(true, '" + SourceConfig.MESSAGE_PREFIX + "', '')";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      sentTo = Lsn.parse(row.getString(1));
      sentAt = Instant.now();
      refused = false;
    } catch (SQLException e) {
      if (!refused) {
        refused = true;
        log.warn(
            "no heartbeat can be sent through the source, so the slot cannot be moved while only other tables change, and the source keeps its log: {}. Run GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text, boolean) TO \"{}\"; (without the last boolean before PostgreSQL 17)",
            e.getMessage(),
            source.user());
      }
    }
  }
}
