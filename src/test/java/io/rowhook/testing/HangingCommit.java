package io.rowhook.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A commit that no synchronous standby confirms: it is in the log, and invisible to all other
 * sessions until {@link #letGo}.
 */
public final class HangingCommit implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String WAITING = " FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

  private final SourceDatabase source;
  private final Connection session;
  private final CompletableFuture<Void> done;
  private final long id;

  /** Runs the statements in one transaction and returns once its commit hangs. */
  public HangingCommit(SourceDatabase source, String... sql) throws SQLException {
    this.source = source;
    source.set("synchronous_standby_names", "nobody");
    Eventually.within(
        SOON,
        "a standby is waited for",
        () -> "nobody".equals(source.query("SHOW synchronous_standby_names")));
    session = source.connect();
    session.setAutoCommit(false);
    try (Statement statement = session.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
      try (var row = statement.executeQuery("SELECT pg_current_xact_id()")) {
        row.next();
        id = row.getLong(1) & 0xFFFF_FFFFL;
      }
    }
    done = CompletableFuture.runAsync(this::commit, Thread::startVirtualThread);
    Eventually.within(
        SOON, "the commit hangs", () -> "1".equals(source.query("SELECT count(*)" + WAITING)));
  }

  private void commit() {
    try {
      session.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of the transaction, as the log has it. */
  public long id() {
    return id;
  }

  /** Ends the wait; the transaction is visible when this returns. */
  public void letGo() {
    source.query("SELECT count(pg_cancel_backend(pid))" + WAITING);
    done.join();
  }

  /** Ends the wait, and no commit hangs any more. */
  @Override
  public void close() throws SQLException {
    letGo();
    session.close();
    source.set("synchronous_standby_names", "");
    Eventually.within(
        SOON,
        "no standby is waited for",
        () -> "".equals(source.query("SHOW synchronous_standby_names")));
  }
}
