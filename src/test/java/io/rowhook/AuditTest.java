package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an audit finds is held against what the receiver has kept, and that against PostgreSQL's own
 * account of its rows.
 */
@Tag("feature-72")
class AuditTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int DRAWN = 60;

  private static final String SHOP =
      """
      acknowledge: { status: [200], final: [422] }
      subscriptions:
        - { entity: Order, events: [Created, Updated, Deleted, Snapshot] }
        - { entity: Note, events: [Created] }
      pause: { failures: 10000 }
      """;

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  @AutoClose private final AuditedShop shop = new AuditedShop(source);
  private Stage stage;
  private OperatedService service;

  @BeforeEach
  void set() {
    source.execute(
        "DROP SCHEMA IF EXISTS audited CASCADE",
        "CREATE SCHEMA audited",
        "CREATE TABLE audited.customer (id serial PRIMARY KEY, name text)",
        "CREATE TABLE audited.sale (id bigserial PRIMARY KEY, customer_id int, status text,"
            + " total numeric(12, 2), at timestamptz, notes jsonb)",
        "CREATE TABLE audited.line (order_id bigint, n int, qty numeric, PRIMARY KEY (order_id, n))",
        "CREATE TABLE audited.note (id int PRIMARY KEY, t text)",
        "INSERT INTO audited.customer SELECT n, 'C' || n FROM generate_series(1, 9) n",
        "ALTER TABLE audited.sale REPLICA IDENTITY FULL",
        "ALTER TABLE audited.line REPLICA IDENTITY FULL");
    stage = new Stage(source, directory).empty();
    stage.write(
        "connector-config/entities.yaml",
        """
        Order:
          table: audited.sale
          contains:
            lines: { table: audited.line, key: order_id, order-by: n }
          refers:
            customer: { table: audited.customer, key: customer_id }
        Note: { table: audited.note }
        """);
    shop("");
    service = new OperatedService(stage, source);
  }

  private void shop(String more) {
    stage.recipient("shop", "url: " + shop.url() + "\n" + SHOP + more);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void findsJustWhatDiffersAndMendsJustThat() throws Exception {
    long seed = Long.getLong("audit.seed", System.nanoTime());
    System.out.println("audit, seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int id = 1; id <= DRAWN / 4; id++) {
      source.execute(insert(id, random)); // older than the recipient
    }
    stage.start();
    AtomicBoolean over = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> write(random.split(), over));
    for (int round = 0; round < 4; round++) {
      for (int id = 1; id <= DRAWN; id++) {
        if (random.nextInt(4) == 0) {
          shop.refused().add((long) id);
        }
        if (random.nextInt(3) > 0) {
          change(id, random);
        }
      }
      stage.awaitJournaled();
      service.awaitSettled();
      shop.refused().clear();
    }

    Set<Long> differing = shop.differing();
    JsonNode found = service.audit("shop", "Order", "--repair");
    assertThat(ids(found)).as("seed %d: %s", seed, found).isEqualTo(differing);
    assertThat(found.path("state").asText()).isEqualTo("done");

    int before = shop.posts();
    service.shown("resync", "--list");
    Eventually.within(LIMIT, "it is mended", () -> shop.differing().isEmpty());
    assertThat(shop.posts() - before).isLessThanOrEqualTo(differing.size());
    Eventually.passes(
        LIMIT, "none differs", () -> assertThat(ids(service.audit("shop", "Order"))).isEmpty());
    over.set(true);
    writer.join();
  }

  @Test
  void whatWasRemovedFromTheJournalIsKnownAllTheSame() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    stage.start();
    for (int id = 1; id <= 20; id++) {
      source.execute(insert(id, random));
    }
    source.execute("DELETE FROM audited.sale WHERE id = 20");
    Eventually.within(LIMIT, "all arrives", () -> shop.differing().isEmpty());
    service.awaitSettled();
    Eventually.within(
        LIMIT,
        "all is removed",
        () -> {
          stage
              .flow()
              .journal()
              .housekeeping()
              .removeSettled(Instant.now().plusSeconds(60), Set.of("shop"), 1_000);
          return stage.flow().journal().read(0, 1, 1_000).isEmpty();
        });
    assertThat(ids(service.audit("shop", "Order"))).isEmpty();

    source.execute(
        "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}');"
            + " UPDATE audited.sale SET total = total + 1 WHERE id = 3;"
            + " DELETE FROM audited.sale WHERE id IN (7, 8);"
            + " INSERT INTO audited.sale (id, status) VALUES (30, 'muted'); COMMIT",
        "UPDATE audited.customer SET name = 'other' WHERE id = 4",
        "UPDATE audited.sale SET status = status WHERE id = 11");
    stage.awaitJournaled();
    assertThat(ids(service.audit("shop", "Order")))
        .isEqualTo(shop.differing())
        .contains(3L, 7L, 8L, 30L);
    service.audit("shop", "Order", "--repair");
    Eventually.within(LIMIT, "it is mended", () -> shop.differing().isEmpty());
  }

  @Test
  void saysWhy() throws Exception {
    source.execute("INSERT INTO audited.sale (id) VALUES (1)");
    stage.start();
    source.execute("INSERT INTO audited.sale (id) VALUES (2), (3), (4), (5)");
    Eventually.within(LIMIT, "all arrive", () -> shop.has().size() == 4);
    shop.refused().addAll(Set.of(2L, 3L, 4L));
    source.execute(
        "UPDATE audited.sale SET status = 'x' WHERE id IN (2, 3)",
        "DELETE FROM audited.sale WHERE id = 4");
    Eventually.within(
        LIMIT,
        "three fail",
        () ->
            service.json("deliveries", "shop", "--state", "failed").path("deliveries").size() == 3);
    service.shown("discard", "shop", failed(3), "--yes");

    assertThat(service.run("audit", "shop", "Order", "--wait")).isOne();
    assertThat(service.out())
        .contains("5 compared".replace('5', '4'), "4 differ: 1 missing, 2 stale, 1 superfluous")
        .containsPattern("1 +missing +never told: older than the recipient")
        .containsPattern("2 +stale +its delivery ended failed")
        .containsPattern("3 +stale +a person discarded")
        .containsPattern("4 +superfluous +its delivery ended failed");
    assertThat(stage.flow().journal().stateAudits().differing()).isEqualTo(Map.of("shop", 4L));

    stage.write("jslt-templates/shop/Order.jslt", "{ \"only\": .data.id, \"data\": .data }");
    Eventually.passes(
        LIMIT,
        "the template counts",
        () -> {
          service.run("audit", "shop", "Order", "--wait");
          assertThat(service.out()).containsPattern("5 +stale +sent by another attribute set");
        });
    assertThat(service.shown("audit", "--list")).contains("Order of shop", "differ");
    assertThat(service.run("audit", "shop", "Note")).isOne();
    assertThat(service.err()).contains("is not told of each state of Note", "Created and Updated");
    assertThat(service.run("audit", "shop", "Odrer")).isOne();
    assertThat(service.err()).contains("Odrer", "Order");
    assertThat(service.run("audit", "nobody")).isOne();
    assertThat(service.err()).contains("nobody");
    assertThat(service.shown("audit")).contains("Order of shop has begun", "not Note of shop");
    assertThat(service.run("audit", "shop", "--list")).isEqualTo(2);
    assertThat(service.err()).contains("--list, --show and --cancel", "go alone");
    assertThat(service.run("audit", "--show", "1", "--wait")).isOne();
    assertThat(service.out()).contains("4 differ");
    assertThat(service.run("audit", "--rate", "9999999", "shop")).isEqualTo(2);
    assertThat(service.err()).contains("from 1 to 1000000, got: 9999999");
    assertThat(service.shown("status"))
        .contains("shop: what has failed for good waits for a person");
  }

  @Test
  void whatIsOnlyWrittenOtherwiseIsTheSameAndWhoIsNotToldOfEndsMayKeepThem() throws Exception {
    stage.recipient(
        "shop",
        "url: "
            + shop.url()
            + "\nsubscriptions: [{ entity: Order, events: [Created, Updated] }]\n");
    stage.start();
    source.execute(
        "INSERT INTO audited.sale (id, notes) VALUES (1, '{\"a\": [1.0, 100]}'), (2, '7.50')",
        "INSERT INTO audited.line VALUES (1, 1, 7.0)");
    stage.awaitJournaled();
    service.awaitSettled();
    source.execute(
        "UPDATE audited.line SET qty = 7.000",
        "UPDATE audited.sale SET notes = '{\"a\": [1.00, 1e2]}' WHERE id = 1",
        "DELETE FROM audited.sale WHERE id = 2");
    stage.awaitJournaled();
    service.awaitSettled();
    JsonNode found = service.audit("shop", "Order");
    assertThat(found.path("differences")).as(found.toString()).isEmpty();
    assertThat(found.path("read").asInt()).isOne();
  }

  private String failed(long id) {
    for (JsonNode one : service.json("deliveries", "shop").path("deliveries")) {
      if (one.path("id").asText().equals(String.valueOf(id))) {
        return one.path("event").asText();
      }
    }
    throw new AssertionError("no delivery of " + id + ": " + service.json("deliveries", "shop"));
  }

  private static Set<Long> ids(JsonNode audit) {
    Set<Long> ids = new TreeSet<>();
    for (JsonNode one : audit.path("differences")) {
      if (!one.path("kind").asText().equals("pending")
          || one.path("entityId").asLong() < AuditedShop.BUSY) {
        ids.add(one.path("entityId").asLong());
      }
    }
    return ids;
  }

  private static String insert(long id, SplittableRandom random) {
    return ("INSERT INTO audited.sale VALUES (%1$d, %2$d, 'new', %3$d.50, now(), '{\"b\": 1.50, \"a\": [1]}');"
            + " INSERT INTO audited.line SELECT %1$d, n, n * 1.10 FROM generate_series(1, %4$d) n")
        .formatted(id, 1 + random.nextInt(9), random.nextInt(100), random.nextInt(4));
  }

  private static void change(long id, SplittableRandom random) {
    source.execute(
        switch (random.nextInt(6)) {
          case 0 -> "DELETE FROM audited.line WHERE order_id = " + id;
          case 1 -> "DELETE FROM audited.sale WHERE id = " + id;
          case 2 ->
              "INSERT INTO audited.line VALUES (%d, %d, 7) ON CONFLICT DO NOTHING"
                  .formatted(id, random.nextInt(20));
          case 3 ->
              "INSERT INTO audited.sale (id, status) VALUES (%d, 'again') ON CONFLICT DO NOTHING"
                  .formatted(id);
          default ->
              "UPDATE audited.sale SET total = %d, customer_id = %d WHERE id = %d"
                  .formatted(random.nextInt(1_000), random.nextInt(12), id);
        });
  }

  private static void write(SplittableRandom random, AtomicBoolean over) {
    while (!over.get()) {
      long id = (long) AuditedShop.BUSY + random.nextInt(50);
      source.execute(
          random.nextInt(10) == 0
              ? "DELETE FROM audited.sale WHERE id = " + id
              : ("INSERT INTO audited.sale (id, status) VALUES (%d, 'busy')"
                      + " ON CONFLICT (id) DO UPDATE SET total = coalesce(sale.total, 0) + 1")
                  .formatted(id));
      LockSupport.parkNanos(5_000_000);
    }
  }
}
