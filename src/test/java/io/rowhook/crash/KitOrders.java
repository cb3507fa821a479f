package io.rowhook.crash;

import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the kit's story writes: orders, and in the same transaction a line of what was done to one,
 * whose commit PostgreSQL dates. Any thread.
 */
final class KitOrders {

  /** Of each writer. */
  private static final int EACH = 60;

  private final SourceDatabase source;
  private final long most;
  private final AtomicLong versions = new AtomicLong();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong allowed = new AtomicLong();
  private final AtomicLong last = new AtomicLong(1_000_000); // order that is made alone

  /**
   * Makes the tables.
   *
   * @param source with {@code track_commit_timestamp}
   * @param most changes of all writers
   */
  KitOrders(SourceDatabase source, long most) {
    this.source = source;
    this.most = most;
    source.execute(Kind.tables().toArray(String[]::new));
    source.execute(
        "CREATE TABLE history (order_id bigint NOT NULL, event text NOT NULL, version bigint NOT"
            + " NULL)");
  }

  /** How many changes were begun. */
  long begun() {
    return begun.get();
  }

  /** How many changes may be made so far. */
  long allowed() {
    return allowed.get();
  }

  void allow(long changes) {
    allowed.set(changes);
  }

  /** Makes one order more, beside the writers'. */
  void one() {
    long version = versions.incrementAndGet();
    long made = last.incrementAndGet();
    source.execute(
        "WITH made AS (INSERT INTO sales.sales_order VALUES (%d, %d, 'made', 0))"
                .formatted(made, version)
            + " INSERT INTO history VALUES (%d, 'Created', %d)".formatted(made, version));
  }

  /** Changes orders of its own, one a transaction, until all writers have changed enough. */
  Void write(int writer, SplittableRandom random) throws Exception {
    int first = writer * EACH + 1;
    Map<Integer, Long> there = new HashMap<>(); // the version of each
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (mayChange()) {
        int order = first + random.nextInt(EACH);
        Long before = there.get(order);
        boolean gone = before != null && random.nextInt(15) == 0;
        long version = before != null && gone ? before : versions.incrementAndGet();
        String event = before == null ? "Created" : gone ? "Deleted" : "Updated";
        statement.execute(
            switch (event) {
              case "Created" ->
                  "INSERT INTO sales.sales_order VALUES (%d, %d, 'made', 0)"
                      .formatted(order, version);
              case "Deleted" -> "DELETE FROM sales.sales_order WHERE order_id = " + order;
              default ->
                  "UPDATE sales.sales_order SET version = %d WHERE order_id = %d"
                      .formatted(version, order);
            });
        statement.execute(
            "INSERT INTO history VALUES (%d, '%s', %d)".formatted(order, event, version));
        connection.commit();
        if (gone) {
          there.remove(order);
        } else {
          there.put(order, version);
        }
        Thread.sleep(random.nextInt(8));
      }
    }
    return null;
  }

  /** Whether there is one change more to be made; waits until as many are allowed. */
  private boolean mayChange() throws InterruptedException {
    long mine = begun.getAndIncrement();
    while (mine < most && mine >= allowed.get()) {
      Thread.sleep(5);
    }
    return mine < most;
  }

  /** What was committed up to then: {@code Order 7 Updated 123}, with its version. */
  Set<String> changes(Instant to) throws SQLException {
    Set<String> changes = new HashSet<>();
    try (Connection connection = source.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT order_id, event, version FROM history"
                    + " WHERE pg_xact_commit_timestamp(xmin) <= ?")) {
      statement.setObject(1, OffsetDateTime.ofInstant(to, ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          changes.add("Order %d %s %d".formatted(row.getLong(1), row.getString(2), row.getLong(3)));
        }
      }
    }
    return changes;
  }

  /** The versions of those that are there: {@code Order 7}. */
  Map<String, Long> now() throws SQLException {
    Map<String, Long> orders = new HashMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT order_id, version FROM sales.sales_order")) {
      while (row.next()) {
        orders.put("Order " + row.getLong(1), row.getLong(2));
      }
    }
    return orders;
  }
}
