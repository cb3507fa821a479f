package io.rowhook.capture.lookup;

import io.rowhook.capture.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The moment that a snapshot of the source shows.
 *
 * @param at by the source's clock
 * @param end where the log ended
 */
public record SnapshotMoment(Instant at, TransactionSnapshot transactions, Lsn end) {

  /**
   * Where not all commits wait for the disk, what is shown may end where nothing is written yet.
   */
  private static final String MOMENT =
      """
      SELECT now(), pg_current_snapshot()::text,
             CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
                  ELSE pg_current_wal_flush_lsn() END
      """;

  /** Fixes the snapshot of a connection that has none: the first statement does. */
  static SnapshotMoment of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MOMENT)) {
      row.next();
      return new SnapshotMoment(
          row.getObject(1, OffsetDateTime.class).toInstant(),
          TransactionSnapshot.parse(row.getString(2)),
          Lsn.parse(row.getString(3)));
    }
  }
}
