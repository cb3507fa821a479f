package io.rowhook.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the source by key, beside the log: for what the log does not carry. Their values
 * are just those that the log would give.
 *
 * <p>Holds one connection, opened when it is first needed and kept; a broken one is replaced once
 * for each reading. Any thread; one reading at a time.
 */
public final class SourceRows implements RowLookup, AutoCloseable {

  /**
   * What is kept in memory of one reading; bytes of text. More is {@link TooMuch}, so that whoever
   * asks for many keys can ask for fewer at once.
   */
  static final long MAX_BYTES = 16L << 20;

  /** Rows that come from the server at once. */
  private static final int FETCH = 1_000;

  private static final String SESSION =
      """
      SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET bytea_output = 'hex';
      SET extra_float_digits = 1; SET lc_monetary = 'C'; SET xmloption = 'content';
      SET statement_timeout = '60s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '120s'
      """;

  private final Source source;
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder queries = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  // guarded by lock
  private @Nullable Connection open;
  private final Map<TableId, TableColumns> tables = new HashMap<>();
  private TypeCatalog types = new TypeCatalog(Map::of);
  private boolean closed;

  /** Opens nothing yet. */
  public SourceRows(Source source) {
    this.source = source;
  }

  @Override
  public <T> T read(boolean limited, Reading<T> reading) {
    lock.lock();
    long begin = System.nanoTime();
    try {
      try {
        return attempt(limited, reading);
      } catch (SQLException first) {
        forget(); // an idle connection may have died long ago, a column may have changed its type
        return attempt(limited, reading);
      }
    } catch (SQLException e) {
      forget();
      throw SourceException.of(
          List.of("reading rows back from the source: " + SourceCheck.connecting(source, e)));
    } finally {
      nanos.add(System.nanoTime() - begin);
      lock.unlock();
    }
  }

  private <T> T attempt(boolean limited, Reading<T> reading) throws SQLException {
    Connection connection = connection();
    boolean good = false;
    try {
      T result = reading.of(new Read(connection, limited));
      connection.commit();
      good = true;
      return result;
    } catch (TooMuch e) {
      connection.rollback();
      good = true;
      throw e;
    } finally {
      if (!good) {
        forget();
      }
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (open == null) {
      Connection opened = Postgres.connect(source, Map.of("binaryTransfer", "false"));
      open = opened;
      try (Statement statement = opened.createStatement()) {
        statement.execute(SESSION);
      }
      opened.setReadOnly(true);
      opened.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      opened.setAutoCommit(false);
      types = new TypeCatalog(() -> TypeCatalog.load(opened));
    }
    return open;
  }

  private void forget() {
    tables.clear();
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // it is given up in any case
      }
      open = null;
    }
  }

  /**
   * What was read so far.
   *
   * @param statements how many
   * @param rows how many
   * @param time spent in it, in all
   */
  public record Counts(long statements, long rows, Duration time) {}

  /** What was read so far. Any thread. */
  public Counts counts() {
    return new Counts(queries.sum(), rows.sum(), Duration.ofNanos(nanos.sum()));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      forget();
    } finally {
      lock.unlock();
    }
  }

  /** One reading; under the lock. */
  private final class Read implements Snapshot {
    private final Connection connection;
    private final boolean limited;
    private final Instant at;
    private long bytes;

    /** The first statement fixes the snapshot. */
    Read(Connection connection, boolean limited) throws SQLException {
      this.connection = connection;
      this.limited = limited;
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT now()")) {
        row.next();
        at = row.getObject(1, OffsetDateTime.class).toInstant();
      }
    }

    @Override
    public Instant at() {
      return at;
    }

    @Override
    public Map<RowKey, List<ObjectNode>> rows(Query query, Collection<RowKey> keys)
        throws SQLException {
      Map<RowKey, List<ObjectNode>> found = new LinkedHashMap<>();
      if (keys.isEmpty()) {
        return found;
      }
      queries.increment();
      List<RowKey> asked = List.copyOf(keys);
      LookupStatement lookup =
          new LookupStatement(
              query,
              columns(query.table()),
              query.asked() == null ? null : columns(query.asked().table()));
      try (PreparedStatement statement = connection.prepareStatement(lookup.sql())) {
        for (int i = 0; i < lookup.width(); i++) {
          statement.setArray(i + 1, connection.createArrayOf("text", lookup.argument(asked, i)));
        }
        statement.setFetchSize(limited ? FETCH : 0);
        try (ResultSet result = statement.executeQuery()) {
          take(lookup, asked, query.table(), new RowResultReader(types, result), found);
        }
      }
      return found;
    }

    private void take(
        LookupStatement lookup,
        List<RowKey> asked,
        TableId table,
        RowResultReader result,
        Map<RowKey, List<ObjectNode>> found)
        throws SQLException {
      while (result.next()) {
        ObjectNode row = result.row();
        bytes += result.bytes();
        if (limited && bytes > MAX_BYTES) {
          throw new TooMuch(table, MAX_BYTES);
        }
        rows.increment();
        lookup.take(row, asked, found);
      }
    }

    private TableColumns columns(TableId table) throws SQLException {
      TableColumns known = tables.get(table);
      if (known == null) {
        known = TableColumns.read(connection, table);
        tables.put(table, known);
      }
      return known;
    }
  }
}
