package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.crash.ResyncLedger.Latency;
import io.rowhook.crash.ResyncLedger.Percentiles;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.PropertiesFile;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One recipient is brought up to date with many orders while changes go on and a second recipient
 * is told of these, and Rowhook is killed again and again. {@code -Dresync.rows=1000000
 * -Dresync.kills=10 -Dresync.quiet=60} makes it the large one; {@code resync.changes} a second,
 * {@code resync.rate} and {@code resync.seed} besides.
 */
@Tag("slow")
@Tag("feature-23")
class ResyncStoryTest {

  private static final int ROWS = Integer.getInteger("resync.rows", 20_000);
  private static final int KILLS = Integer.getInteger("resync.kills", 2);
  private static final int CHANGES = Integer.getInteger("resync.changes", 500);
  private static final int RATE = Integer.getInteger("resync.rate", 1_000);
  private static final long SEED = Long.getLong("resync.seed", 7);

  /** How long the latency without a resync is measured, after as long a warm-up, and after it. */
  private static final Duration QUIET = Duration.ofSeconds(Integer.getInteger("resync.quiet", 5));

  private static final int WRITERS = 4;
  private static final int MOST_NEW = 2_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String YAML =
      """
      url: %s
      allow: { http: true, networks: [127.0.0.0/8] }
      subscriptions:
        - { entity: Order, events: [Created, Updated, Deleted%s] }
      """;

  @TempDir Path directory;

  private final ResyncLedger shop = new ResyncLedger("shop", ROWS + MOST_NEW);
  private final ResyncLedger live = new ResyncLedger("live", ROWS + MOST_NEW);
  private final AtomicInteger newest = new AtomicInteger(ROWS);
  private final AtomicInteger written = new AtomicInteger();
  private final List<Long> disturbed = new ArrayList<>(); // a kill, its engine's start, ...
  private volatile boolean enough;

  @Test
  void eachOrderComesOnceOrNewerWhateverIsKilled() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Receiver shopsServer = new Receiver(shop::receive).keepingNothing();
        Receiver livesServer = new Receiver(live::receive).keepingNothing()) {
      tables(source);
      settings(source, shopsServer, livesServer);
      RowhookProcess process = start();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int part = i;
        writers.add(Thread.ofPlatform().start(() -> write(source, part)));
      }
      TimeUnit.NANOSECONDS.sleep(QUIET.toNanos());
      long quietFrom = System.currentTimeMillis();
      TimeUnit.NANOSECONDS.sleep(QUIET.toNanos());
      long from = System.currentTimeMillis();
      try (RowhookProcess command =
          RowhookProcess.command("resync")
              .with("shop", "Order", "--rate", RATE + "/s")
              .with("--journal", journal().toString())
              .start()) {
        assertThat(command.exitCode(PATIENCE)).as(command.output()).isZero();
      }
      process = killed(process);
      RowhookProcess last = process;
      Eventually.within(
          PATIENCE.plusSeconds(2L * ROWS / RATE),
          "it is done",
          () -> progress(last, "state").equals("done"));
      long to = System.currentTimeMillis();
      TimeUnit.NANOSECONDS.sleep(QUIET.toNanos());
      long until = System.currentTimeMillis();
      enough = true;
      for (Thread writer : writers) {
        writer.join();
      }
      Map<Integer, Integer> orders = orders(source);
      Eventually.within(
          PATIENCE,
          "all has arrived",
          () ->
              shop.differences(orders, true).isEmpty()
                  && live.differences(orders, false).isEmpty());
      report(quietFrom, from, to, until);
      assertThat(last.stop()).isIn(0, 143);
      last.close();
      assertThat(shop.faults()).isEmpty();
      assertThat(live.faults()).isEmpty();
      assertThat(live.snapshots()).isZero();
      assertThat(shop.snapshots()).isLessThanOrEqualTo(newest.get());
    }
  }

  /** Kills it at random moments of the resync, and starts it again. */
  private RowhookProcess killed(RowhookProcess first) throws Exception {
    Random random = new Random(SEED);
    RowhookProcess process = first;
    int[] moments = random.ints(KILLS, ROWS / 50, ROWS - ROWS / 20).sorted().toArray();
    for (int moment : moments) {
      RowhookProcess running = process;
      Eventually.within(
          PATIENCE.plusSeconds(2L * ROWS / RATE),
          "it has read " + moment,
          () -> Integer.parseInt(progress(running, "read")) >= moment);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
      disturbed.add(System.currentTimeMillis());
      process.kill();
      process.close();
      process = start();
      disturbed.add(System.currentTimeMillis());
    }
    return process;
  }

  private RowhookProcess start() {
    RowhookProcess process =
        RowhookProcess.run(directory.resolve("config"), directory.resolve("templates"), journal())
            .start();
    process.awaitLine(PATIENCE, "Streaming");
    return process;
  }

  private Path journal() {
    return directory.resolve("journal.db");
  }

  private String progress(RowhookProcess process, String column) {
    if (!process.isAlive()) {
      throw new IllegalStateException(process.output());
    }
    String url = "jdbc:sqlite:file:" + journal() + "?mode=ro";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT " + column + " FROM resync")) {
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void tables(SourceDatabase source) {
    source.execute(
        "CREATE TABLE sales_order (order_id int PRIMARY KEY, customer text, total int NOT NULL)",
        "CREATE TABLE order_line (order_id int REFERENCES sales_order ON DELETE CASCADE, line_no int,"
            + " article text, quantity int NOT NULL, PRIMARY KEY (order_id, line_no))",
        "ALTER TABLE sales_order REPLICA IDENTITY FULL",
        "ALTER TABLE order_line REPLICA IDENTITY FULL",
        "INSERT INTO sales_order SELECT n, 'Customer ' || n, 0 FROM generate_series(1, "
            + ROWS
            + ") n",
        "INSERT INTO order_line SELECT n, 1, 'Article ' || n, 0 FROM generate_series(1, "
            + ROWS
            + ") n",
        "ANALYZE");
  }

  private void settings(SourceDatabase source, Receiver shopsServer, Receiver livesServer)
      throws IOException {
    Path config = directory.resolve("config");
    Path recipients = Files.createDirectories(config.resolve("recipients"));
    Files.createDirectories(directory.resolve("templates"));
    PropertiesFile.write(config.resolve("source.properties"), source.connectorProperties());
    Files.writeString(
        config.resolve("entities.yaml"),
        """
        Order:
          table: public.sales_order
          contains:
            lines: { table: public.order_line, key: order_id, order-by: line_no }
        """);
    Files.writeString(
        recipients.resolve("shop.yaml"), YAML.formatted(shopsServer.url("/"), ", Snapshot"));
    Files.writeString(recipients.resolve("live.yaml"), YAML.formatted(livesServer.url("/"), ""));
  }

  /** Orders of its own: raises a total and the quantity of the line, deletes some, makes some. */
  private void write(SourceDatabase source, int part) {
    Random random = new Random(SEED * WRITERS + part);
    long pause = TimeUnit.SECONDS.toNanos(WRITERS) / CHANGES;
    try (Connection connection = source.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "WITH o AS (UPDATE sales_order SET total = total + 1 WHERE order_id = ? RETURNING"
                    + " order_id) UPDATE order_line l SET quantity = quantity + 1 FROM o WHERE"
                    + " l.order_id = o.order_id");
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM sales_order WHERE order_id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "WITH o AS (INSERT INTO sales_order VALUES (?, 'New', 0) RETURNING order_id) INSERT"
                    + " INTO order_line SELECT order_id, 1, 'New', 0 FROM o")) {
      long next = System.nanoTime();
      while (!enough) {
        int dice = random.nextInt(100);
        PreparedStatement one = dice < 94 ? update : dice < 97 ? delete : insert;
        one.setInt(
            1,
            one.equals(insert)
                ? newest.incrementAndGet()
                : 1 + random.nextInt(ROWS / WRITERS) * WRITERS + part);
        one.executeUpdate();
        written.incrementAndGet();
        next += pause;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<Integer, Integer> orders(SourceDatabase source) throws SQLException {
    Map<Integer, Integer> orders = new HashMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT order_id, total FROM sales_order")) {
      while (rows.next()) {
        orders.put(rows.getInt(1), rows.getInt(2));
      }
    }
    return orders;
  }

  private void report(long quietFrom, long from, long to, long until) {
    double seconds = (to - from) / 1e3;
    System.out.printf(
        "%,d rows at most %,d a second, %d kills, seed %d: %,d Snapshots in %.0f s, %,.0f rows/s,"
            + " kills included; %,d changes, %.0f a second meanwhile; %,d requests came twice%n",
        ROWS,
        RATE,
        KILLS,
        SEED,
        shop.snapshots(),
        seconds,
        ROWS / seconds,
        written.get(),
        written.get() * 1e3 / (until - quietFrom + QUIET.toMillis()),
        shop.again() + live.again());
    for (ResyncLedger one : List.of(live, shop)) {
      Percentiles without =
          one.latency(latency -> latency.atMillis() >= quietFrom && latency.atMillis() < from);
      Percentiles after =
          one.latency(latency -> latency.atMillis() >= to && latency.atMillis() < until);
      Percentiles with =
          one.latency(
              latency -> latency.atMillis() >= from && latency.atMillis() < to && isCalm(latency));
      System.out.printf(
          "%s, commit to receipt: before the resync %s; after it %s; meanwhile, from %d s after each"
              + " start on, %s: p99 is %.1f times that before, %.1f times that after%n",
          one.equals(live) ? "the other recipient" : "the same recipient",
          without,
          after,
          QUIET.toSeconds(),
          with,
          with.p99() / without.p99(),
          with.p99() / after.p99());
    }
    System.out.printf(
        "load average %.1f on %d processors%n",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Not between a kill and the time when the next process is warm. */
  private boolean isCalm(Latency latency) {
    for (int i = 0; i < disturbed.size(); i += 2) {
      if (latency.atMillis() >= disturbed.get(i)
          && latency.atMillis() < disturbed.get(i + 1) + QUIET.toMillis()) {
        return false;
      }
    }
    return true;
  }
}
