package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary rows, many of which make one entity, in the launcher's heap of 256 MB. */
@Tag("slow")
final class LargeEntitiesTest {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void aTransactionOfEntitiesOfManyRowsGoesThrough() {
    source.execute(
        "CREATE TABLE a (id int PRIMARY KEY, v text)",
        "ALTER TABLE a ALTER v SET STORAGE EXTERNAL",
        "CREATE TABLE b (id int PRIMARY KEY, v text)",
        "CREATE TABLE bl (id int PRIMARY KEY, bid int, v text)",
        "CREATE INDEX ON bl (bid)",
        "CREATE TABLE r (id int PRIMARY KEY, v text)",
        "CREATE TABLE br (id int PRIMARY KEY, rid int, v text)",
        "ALTER TABLE a REPLICA IDENTITY FULL",
        "ALTER TABLE b REPLICA IDENTITY FULL",
        "ALTER TABLE bl REPLICA IDENTITY FULL",
        "ALTER TABLE br REPLICA IDENTITY FULL");
    try (Counter shop = new Counter();
        Stage stage = new Stage(source, directory).empty()) {
      stage.write(
          "connector-config/entities.yaml",
          """
          A: { table: a }
          B: { table: b, contains: { l: { table: bl, key: bid } } }
          Br: { table: br, refers: { r: { table: r, key: rid } } }
          """);
      stage.recipient("shop", "url: http://127.0.0.1:%d/\ntimeout: 60s".formatted(shop.port()));
      RowhookProcess.Setup setup =
          RowhookProcess.run(
                  stage.options().config(), stage.options().templates(), stage.journalFile())
              .heap("256m");
      stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
      try (RowhookProcess process = setup.start()) {
        process.awaitLine(LIMIT, "Streaming from slot");
        source.execute(
            "INSERT INTO a SELECT g, repeat('x', 9000000) FROM generate_series(1, 10) g",
            "INSERT INTO r VALUES (1, repeat('y', 50000000))",
            "INSERT INTO br SELECT g, 1, 'br' FROM generate_series(1, 3) g",
            "BEGIN; INSERT INTO b SELECT g, 'b' FROM generate_series(1, 50) g;"
                + " INSERT INTO bl SELECT g, 1 + g % 50, repeat('q', 100000) FROM generate_series(1, 3000) g;"
                + " COMMIT",
            "UPDATE bl SET v = 'w' || v WHERE id % 2 = 0");
        awaitAll(shop, process, 10 + 3 + 50 + 25);
        for (int id = 1; id <= 50; id++) {
          assertThat(shop.sizes.get("B Created " + id)).isGreaterThan(6_000_000);
        }
        shop.sizes.clear();

        source.execute("UPDATE b SET v = 'c'"); // small, but 300 MB are read for it
        awaitAll(shop, process, 50);
        shop.sizes.clear();

        source.execute(
            "INSERT INTO r VALUES (2, repeat('y', 200000000))",
            "INSERT INTO br VALUES (10, 2, 'names what no heap can hold')",
            "BEGIN; INSERT INTO b VALUES (100, 'of too much');"
                + " INSERT INTO bl SELECT 10000 + g, 100, repeat('q', 100000) FROM generate_series(1, 3000) g;"
                + " COMMIT",
            "INSERT INTO a VALUES (100, 'the last')");
        awaitAll(shop, process, 2);
        assertThat(shop.sizes).containsKeys("Br Created 10", "A Created 100");
        assertThat(process.output())
            .contains("what one transaction did to it holds more than 41 MB");
      }
    }
  }

  private static void awaitAll(Counter shop, RowhookProcess process, int count) {
    Eventually.within(
        LIMIT,
        () -> count + " webhooks, there are " + shop.sizes.keySet() + process.output(),
        () -> shop.sizes.size() >= count || !process.isAlive());
    assertThat(process.isAlive()).as(process.output()).isTrue();
    assertThat(shop.sizes).hasSize(count);
    assertThat(process.output()).doesNotContain("capture failed").doesNotContain("OutOfMemory");
  }

  /** A receiver that keeps how large each body was, and not the body. */
  private static final class Counter implements AutoCloseable {

    final Map<String, Integer> sizes = new ConcurrentHashMap<>();
    private final HttpServer server;

    Counter() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", this::take);
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    private void take(HttpExchange exchange) throws IOException {
      byte[] buffer = new byte[64 << 10];
      int size = 0;
      for (int read = 0; read >= 0; read = exchange.getRequestBody().read(buffer)) {
        size += read;
      }
      sizes.put(
          "%s %s %s"
              .formatted(
                  exchange.getRequestHeaders().getFirst("Rowhook-Entity-Type"),
                  exchange.getRequestHeaders().getFirst("Rowhook-Entity-Event"),
                  exchange.getRequestHeaders().getFirst("Rowhook-Entity-Id")),
          size);
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
