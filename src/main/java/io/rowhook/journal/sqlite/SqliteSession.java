package io.rowhook.journal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection and its prepared statements; used by one thread, which is that of its owner.
 *
 * <p>Statements are kept by their text, so every text is a constant. Values are {@code Long},
 * {@code Integer}, {@code String}, {@code byte[]} or null.
 *
 * <p>Transactions are begun and ended here, by statements: the driver's own {@code commit()} begins
 * the next transaction at once and so would hold SQLite's write lock for ever.
 */
public final class SqliteSession implements AutoCloseable {

  /** Makes something of the current row. */
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Of a value, in bytes. */
  private static final int LARGE = 64 << 10;

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  /**
   * @param connection not in a transaction
   */
  SqliteSession(Connection connection) throws SQLException {
    this.connection = connection;
    // Without this the driver tries to begin and commit around each statement. It opens a
    // transaction, which is ended at once: from here on only begin() does.
    connection.setAutoCommit(false);
    script("COMMIT");
  }

  /**
   * Takes SQLite's write lock at once, so that a transaction does not fail half way for want of it.
   */
  public void begin() throws SQLException {
    script("BEGIN IMMEDIATE");
  }

  public void commit() throws SQLException {
    script("COMMIT");
  }

  /** Ends a failed transaction, whether SQLite has rolled it back by itself already or not. */
  public void rollback() {
    forgetStatements(); // the driver finalizes those that fail
    try {
      script("ROLLBACK");
    } catch (SQLException e) {
      // "no transaction is active": SQLite rolls back by itself when the disk is full
    }
  }

  /** Runs statements that have no parameters, each to its end. */
  public void script(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** Runs a statement; the number of rows it changed. */
  public int update(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = bind(sql, values);
    int changed = statement.executeUpdate();
    if (Arrays.stream(values).anyMatch(SqliteSession::isLarge)) {
      statement.clearParameters(); // the driver would keep them until the statement's next use
    }
    return changed;
  }

  private static boolean isLarge(@Nullable Object value) {
    return value instanceof byte[] bytes && bytes.length > LARGE;
  }

  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    List<T> found = new ArrayList<>();
    each(sql, result -> found.add(row.of(result)), values);
    return found;
  }

  public <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (ResultSet result = bind(sql, values).executeQuery()) {
      return result.next() ? Optional.of(row.of(result)) : Optional.empty();
    }
  }

  /** The first column of the first row, as a number; 0 where there is none. */
  public long number(String sql, @Nullable Object... values) throws SQLException {
    return first(sql, row -> row.getLong(1), values).orElse(0L);
  }

  /** Goes through the rows one by one as long as {@code row} answers true. */
  public void each(String sql, Row<Boolean> row, @Nullable Object... values) throws SQLException {
    try (ResultSet result = bind(sql, values).executeQuery()) {
      while (result.next() && row.of(result)) {
        // all is done in the condition
      }
    }
  }

  private PreparedStatement bind(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  /** After a failure: the driver has finalized the statement that failed. */
  void forgetStatements() {
    for (PreparedStatement statement : prepared.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        // it is gone already, which is what was wanted
      }
    }
    prepared.clear();
  }

  @Override
  public void close() throws SQLException {
    forgetStatements();
    connection.close();
  }
}
