package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final int BUSY = 1_000; // ids from here on change all the time

  private static final String SHOP =
      """
      acknowledge: { status: [200], final: [422] }
      subscriptions:
        - { entity: Order, events: [Created, Updated, Deleted, Snapshot] }
        - { entity: Note, events: [Created] }
      pause: { failures: 10000 }
      """;

  /** What PostgreSQL says that an order is, as JSON. */
  private static final String TRUTH =
      """
      SELECT o.id, to_jsonb(o) || jsonb_build_object(
        'customer', (SELECT to_jsonb(c) FROM audited.customer c WHERE c.id = o.customer_id),
        'lines', coalesce((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.n)
          FROM audited.line l WHERE l.order_id = o.id), '[]'))
      FROM audited.sale o WHERE o.id < %d
      """
          .formatted(BUSY);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  /** What the receiver has of each order, by the newest that it took. */
  private final Map<Long, Kept> kept = new ConcurrentHashMap<>();

  private final Set<Long> refused = ConcurrentHashMap.newKeySet();
  @AutoClose private final Receiver receiver = new Receiver(this::answer);

  private Stage stage;
  private OperatedService service;

  private record Kept(long sequence, JsonNode data) {}

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
    stage.recipient("shop", "url: " + receiver.url("/shop") + "\n" + SHOP + more);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  private Answer answer(Receiver.Request request) throws IOException {
    JsonNode body = Json.MAPPER.readTree(request.body());
    long id = body.path("data").path("id").asLong();
    if (refused.contains(id)) {
      return Answer.of(422);
    }
    long sequence = Long.parseLong(request.header("Rowhook-Sequence"));
    boolean end = request.header("Rowhook-Entity-Event").equals("Deleted");
    Kept now = new Kept(sequence, end ? MissingNode.getInstance() : body.path("data"));
    kept.merge(id, now, (a, b) -> a.sequence() > b.sequence() ? a : b);
    return Answer.of(200);
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
          refused.add((long) id);
        }
        if (random.nextInt(3) > 0) {
          change(id, random);
        }
      }
      stage.awaitJournaled();
      awaitSettled();
      refused.clear();
    }

    Set<Long> differing = differing();
    JsonNode found = audit("shop", "Order", "--repair");
    assertThat(ids(found)).as("seed %d: %s", seed, found).isEqualTo(differing);
    assertThat(found.path("state").asText()).isEqualTo("done");

    int before = posts();
    service.shown("resync", "--list");
    Eventually.within(LIMIT, "it is mended", () -> differing().isEmpty());
    assertThat(posts() - before).isLessThanOrEqualTo(differing.size());
    Eventually.passes(
        LIMIT, "none differs", () -> assertThat(ids(audit("shop", "Order"))).isEmpty());
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
    Eventually.within(LIMIT, "all arrives", () -> differing().isEmpty());
    awaitSettled();
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
    assertThat(ids(audit("shop", "Order"))).isEmpty();

    source.execute(
        "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}');"
            + " UPDATE audited.sale SET total = total + 1 WHERE id = 3;"
            + " DELETE FROM audited.sale WHERE id IN (7, 8);"
            + " INSERT INTO audited.sale (id, status) VALUES (30, 'muted'); COMMIT",
        "UPDATE audited.customer SET name = 'other' WHERE id = 4",
        "UPDATE audited.sale SET status = status WHERE id = 11");
    stage.awaitJournaled();
    assertThat(ids(audit("shop", "Order"))).isEqualTo(differing()).contains(3L, 7L, 8L, 30L);
    audit("shop", "Order", "--repair");
    Eventually.within(LIMIT, "it is mended", () -> differing().isEmpty());
  }

  @Test
  void saysWhy() throws Exception {
    source.execute("INSERT INTO audited.sale (id) VALUES (1)");
    stage.start();
    source.execute("INSERT INTO audited.sale (id) VALUES (2), (3), (4), (5)");
    Eventually.within(LIMIT, "all arrive", () -> kept.size() == 4);
    refused.addAll(Set.of(2L, 3L, 4L));
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
        .containsPattern("1 +missing +older than the recipient")
        .containsPattern("2 +stale +its delivery ended failed")
        .containsPattern("3 +stale +a person discarded")
        .containsPattern("4 +superfluous +its delivery ended failed");

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
  }

  private String failed(long id) {
    for (JsonNode one : service.json("deliveries", "shop").path("deliveries")) {
      if (one.path("id").asText().equals(String.valueOf(id))) {
        return one.path("event").asText();
      }
    }
    throw new AssertionError("no delivery of " + id + ": " + service.json("deliveries", "shop"));
  }

  private JsonNode audit(String... arguments) {
    String[] all = new String[arguments.length + 5];
    all[0] = "audit";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--wait";
    all[arguments.length + 2] = "--limit";
    all[arguments.length + 3] = "1000";
    all[arguments.length + 4] = "--json";
    service.run(all);
    try {
      return Json.MAPPER.readTree(service.out()).path("audits").path(0);
    } catch (IOException e) {
      throw new AssertionError(service.out() + service.err(), e);
    }
  }

  private static Set<Long> ids(JsonNode audit) {
    Set<Long> ids = new TreeSet<>();
    for (JsonNode one : audit.path("differences")) {
      if (!one.path("kind").asText().equals("pending") || one.path("entityId").asLong() < BUSY) {
        ids.add(one.path("entityId").asLong());
      }
    }
    return ids;
  }

  private int posts() {
    return (int)
        receiver.requests().stream()
            .filter(request -> !request.text().contains("\"status\":\"busy\""))
            .count();
  }

  /** Those of which the receiver has not what PostgreSQL has. */
  private Set<Long> differing() throws SQLException, IOException {
    Map<Long, JsonNode> truth = new TreeMap<>();
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TRUTH)) {
      while (rows.next()) {
        truth.put(rows.getLong(1), Json.MAPPER.readTree(rows.getString(2)));
      }
    }
    Set<Long> all = new TreeSet<>();
    truth.forEach((id, now) -> {
      Kept has = kept.get(id);
      if (has == null || !same(now, has.data())) {
        all.add(id);
      }
    });
    kept.forEach((id, has) -> {
      if (id < BUSY && !truth.containsKey(id) && has.data().isObject()) {
        all.add(id);
      }
    });
    return all;
  }

  /** Times are written in two ways, and a customer that is not there is not told. */
  private static boolean same(JsonNode now, JsonNode has) {
    if (!has.isObject()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> one : now.properties()) {
      JsonNode other = Objects.requireNonNullElse(has.get(one.getKey()), NullNode.getInstance());
      boolean time = one.getKey().equals("at") && one.getValue().isTextual();
      boolean equal =
          time
              ? Instant.parse(one.getValue().asText().replace("+00:00", "Z"))
                  .equals(Instant.parse(other.asText()))
              : one.getValue().equals(other);
      if (!equal) {
        return false;
      }
    }
    return true;
  }

  /** All that the journal has now is settled, while more comes. */
  private void awaitSettled() {
    long head = stage.flow().journal().head();
    Eventually.within(
        LIMIT,
        () -> service.json("status").path("recipients").toString(),
        () -> {
          JsonNode status = service.json("status");
          JsonNode shop = status.path("recipients").path(0);
          return shop.path("waiting").asLong() == 0
              && status.path("head").asLong() - shop.path("ahead").asLong() >= head;
        });
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
      long id = BUSY + random.nextInt(50);
      source.execute(
          random.nextInt(10) == 0
              ? "DELETE FROM audited.sale WHERE id = " + id
              : ("INSERT INTO audited.sale (id, status) VALUES (%d, 'busy')"
                      + " ON CONFLICT (id) DO UPDATE SET total = coalesce(sale.total, 0) + 1")
                  .formatted(id));
    }
  }
}
