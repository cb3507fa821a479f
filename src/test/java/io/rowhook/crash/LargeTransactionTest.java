package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One transaction of a million rows, Rowhook killed while it stages them and while it delivers: one
 * event an entity, once, in bounded memory. {@code -Dlarge.rows=N} for another size.
 */
@Tag("long")
class LargeTransactionTest {

  private static final int ROWS = Integer.getInteger("large.rows", 1_000_000);
  private static final long MOST_RESIDENT = 400L << 20;
  private static final Duration NOTHING_MOVES = Duration.ofMinutes(4);

  @TempDir Path directory;

  @Test
  void isDeliveredWholeOnceInBoundedMemory() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Counting shop = new Counting("Created")) {
      source.execute(Kind.tables().toArray(String[]::new));
      configure(source, shop.port());
      long peak;
      try (RowhookProcess first = start()) {
        first.awaitLine(Duration.ofMinutes(1), "Streaming");
        source.execute(
            "INSERT INTO sales.sales_order SELECT n, 1, 'Order/' || n || ' v1', 1"
                + " FROM generate_series(1, "
                + ROWS
                + ") n");
        await("rows are staged", this::staged, this::staged, ROWS / 3);
        peak = first.peakResidentBytes();
        first.kill();
      }
      assertThat(journaled("SELECT count(*) FROM event")).isZero();
      long begin = System.nanoTime();
      long published;
      long size;
      try (RowhookProcess second = start()) {
        await("the events are published", this::published, this::staged, ROWS);
        published = System.nanoTime() - begin;
        size = Child.journalBytes(directory);
        await("a tenth has arrived", shop::entities, shop::entities, ROWS / 10);
        peak = Math.max(peak, second.peakResidentBytes());
        second.kill();
      }
      try (RowhookProcess third = start()) {
        await("all have arrived", shop::entities, shop::entities, ROWS);
        peak = Math.max(peak, third.peakResidentBytes());
        assertThat(third.stop()).isZero();
      }
      System.out.printf(
          "%d rows in one transaction: published %d s and delivered %d s after the restart; peak of"
              + " resident memory %d MB; journal %d MB when published, %d MB at the end; %d"
              + " requests repeated%n",
          ROWS,
          Duration.ofNanos(published).toSeconds(),
          Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
          peak >> 20,
          size >> 20,
          Child.journalBytes(directory) >> 20,
          shop.repeats());
      assertThat(journaled("SELECT count(*) FROM event")).isEqualTo(ROWS);
      assertThat(journaled("SELECT count(DISTINCT id) FROM event")).isEqualTo(ROWS);
      assertThat(journaled("SELECT count(DISTINCT entity_id) FROM event")).isEqualTo(ROWS);
      assertThat(spill()).doesNotExist();
      assertThat(shop.wrong()).isZero();
      assertThat(shop.repeats()).isLessThan(ROWS / 100);
      assertThat(peak).isLessThan(MOST_RESIDENT);
    }
  }

  /**
   * Ten lines of each order, all changed at once: one Updated of each order, with all its lines.
   */
  @Test
  void ofPartsIsOneEventOfEachEntityInBoundedMemory() throws Exception {
    int orders = ROWS / 10;
    try (SourceDatabase source = SourceDatabase.start();
        Counting shop = new Counting("Updated")) {
      source.execute(
          "CREATE TABLE orders (id int PRIMARY KEY, note text)",
          "CREATE TABLE line (order_id int, no int, quantity int, PRIMARY KEY (order_id, no))",
          "ALTER TABLE orders REPLICA IDENTITY FULL",
          "ALTER TABLE line REPLICA IDENTITY FULL",
          "INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, %d) n"
              .formatted(orders),
          "INSERT INTO line SELECT n %% %d + 1, n / %d, 1 FROM generate_series(0, %d) n"
              .formatted(orders, orders, orders * 10 - 1),
          "ANALYZE");
      configure(source, shop.port());
      Files.writeString(
          directory.resolve("config/entities.yaml"),
          """
          Order:
            table: orders
            contains: { lines: { table: line, key: order_id, order-by: no } }
          """);
      long begin;
      long published;
      long peak;
      try (RowhookProcess process = start()) {
        process.awaitLine(Duration.ofMinutes(1), "Streaming");
        begin = System.nanoTime();
        source.execute("UPDATE line SET quantity = 2");
        await("the events are published", this::published, this::staged, orders);
        published = System.nanoTime() - begin;
        await("all have arrived", shop::entities, shop::entities, orders);
        peak = process.peakResidentBytes();
        assertThat(process.stop()).isZero();
      }
      System.out.printf(
          "%d lines of %d orders in one transaction: published %d s and delivered %d s after it"
              + " began; peak of resident memory %d MB; journal %d MB%n",
          orders * 10,
          orders,
          Duration.ofNanos(published).toSeconds(),
          Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
          peak >> 20,
          Child.journalBytes(directory) >> 20);
      assertThat(journaled("SELECT count(*) FROM event")).isEqualTo(orders);
      assertThat(journaled("SELECT count(DISTINCT entity_id) FROM event")).isEqualTo(orders);
      assertThat(
              journaled(
                  "SELECT count(*) FROM event WHERE json_array_length(body, '$.data.lines') = 10"
                      + " AND json_extract(body, '$.data.lines[9].quantity') = 2"
                      + " AND json_extract(body, '$.previous.lines[9].quantity') = 1"))
          .isEqualTo(orders);
      assertThat(shop.entities()).isEqualTo(orders);
      assertThat(shop.wrong()).isZero();
      assertThat(peak).isLessThan(MOST_RESIDENT);
    }
  }

  private RowhookProcess start() {
    return RowhookProcess.run(
            directory.resolve("config"), directory.resolve("templates"), Child.journal(directory))
        .heap("256m")
        .start();
  }

  private void configure(SourceDatabase source, int port) throws IOException {
    String shop =
        """
        url: http://127.0.0.1:%d/
        processing: parallel
        jobs: 16
        timeout: 30s
        allow: { http: true, networks: [127.0.0.0/8] }
        """
            .formatted(port);
    Child.settings(directory, source.connectorProperties(), Map.of("shop", shop));
  }

  /** Looks into the journal from outside, as any SQLite tool can. */
  private long journaled(String sql) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + Child.journal(directory));
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  private Path spill() {
    Path journal = Child.journal(directory);
    return journal.resolveSibling(journal.getFileName() + "-spill");
  }

  /** None while there is no such file, or while it is just being written. */
  private long staged() {
    if (!Files.exists(spill())) {
      return 0;
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:file:" + spill() + "?mode=ro");
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT coalesce(max(ordinal), 0) FROM change")) {
      return row.next() ? row.getLong(1) : 0;
    } catch (SQLException e) {
      return 0;
    }
  }

  private long published() {
    return journaled("SELECT max(head) FROM epoch");
  }

  /**
   * Waits as long as something moves.
   *
   * @param progress moves although the count does not yet
   */
  private static void await(String what, LongSupplier count, LongSupplier progress, long wanted)
      throws InterruptedException {
    long last = -1;
    long moved = System.nanoTime();
    while (true) {
      long now = count.getAsLong();
      if (now >= wanted) {
        return;
      }
      long moving = now + progress.getAsLong();
      if (moving != last) {
        last = moving;
        moved = System.nanoTime();
      }
      if (System.nanoTime() - moved > NOTHING_MOVES.toNanos()) {
        throw new AssertionError("nothing moves; " + what + ": " + now + " of " + wanted);
      }
      Thread.sleep(500);
    }
  }

  /** A recipient that remembers one bit of each order. */
  private static final class Counting implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final String expected;
    private final BitSet seen = new BitSet(ROWS + 1); // guarded by this, as are the others
    private long repeats;
    private long wrong;

    Counting(String expected) throws IOException {
      this.expected = expected;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", this::handle);
      server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
      try (exchange) {
        JsonNode event = JSON.readTree(exchange.getRequestBody().readAllBytes());
        count(event.path("entityId").asInt(), event.path("event").asText().equals(expected));
        exchange.sendResponseHeaders(200, -1);
      }
    }

    private synchronized void count(int id, boolean right) {
      if (!right || id < 1 || id > ROWS) {
        wrong++;
      } else if (seen.get(id)) {
        repeats++;
      } else {
        seen.set(id);
      }
    }

    int port() {
      return server.getAddress().getPort();
    }

    synchronized long entities() {
      return seen.cardinality();
    }

    synchronized long repeats() {
      return repeats;
    }

    synchronized long wrong() {
      return wrong;
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
