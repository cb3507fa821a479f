package io.rowhook.capture.monitor;

import io.rowhook.capture.Completeness;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.debezium.EngineActivity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds up to when all commits of the source stand before which place in its log. The slot watch's
 * thread only.
 *
 * <p>The instant is that of the look before: a commit's time is taken some moments before its
 * record is in the log, and only the next look shows whether the publication was whole by then.
 */
final class CompletenessSampler {

  /** The clock first: what it shows as committed is in the log by then, written or not. */
  private static final String SAMPLE =
      """
      SELECT clock.now, pg_current_wal_insert_lsn(),
             current_setting('wal_block_size')::bigint,
             pg_size_bytes(current_setting('wal_segment_size'))
        FROM (SELECT clock_timestamp() AS now OFFSET 0) clock
      """;

  /** The log's pages begin with so many bytes, and its files with so many. */
  private static final int PAGE_HEADER = 24;

  private static final int FILE_HEADER = 40;

  private final PublicationWatch publication;
  private final SlotMonitor.Listener listener;
  private @Nullable Instant before;

  CompletenessSampler(PublicationWatch publication, SlotMonitor.Listener listener) {
    this.publication = publication;
    this.listener = listener;
  }

  /**
   * Looks whether all that is to be captured is, and tells the engine up to when.
   *
   * @param end where the log ended before
   */
  void look(Connection connection, Lsn end, EngineActivity engine) throws SQLException {
    Optional<Completeness> sample = sample(connection);
    boolean published = publication.look(connection, end);
    if (!published || !listener.isWhole()) {
      before = null;
    } else if (sample.isPresent()) {
      engine.complete(sample.get());
    }
    if (published) {
      listener.looked(connection);
    } else {
      listener.changed();
    }
  }

  /** Looks at clock and log; empty: for the first time, or the clock was set back. */
  private Optional<Completeness> sample(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SAMPLE)) {
      row.next();
      Instant now = row.getObject(1, OffsetDateTime.class).toInstant();
      Lsn end = end(Lsn.parse(row.getString(2)), row.getLong(3), row.getLong(4));
      Instant earlier = before;
      before = now;
      return earlier == null || earlier.isAfter(now)
          ? Optional.empty()
          : Optional.of(new Completeness(earlier, end));
    }
  }

  /**
   * Where the last record ended: what would be written next stands behind a page's header, which a
   * quiet log does not reach.
   */
  static Lsn end(Lsn next, long page, long file) {
    long inFile = Long.remainderUnsigned(next.value(), file);
    boolean first = inFile == FILE_HEADER;
    boolean other = inFile > page && inFile % page == PAGE_HEADER;
    return new Lsn(next.value() - (first ? FILE_HEADER : other ? PAGE_HEADER : 0));
  }
}
