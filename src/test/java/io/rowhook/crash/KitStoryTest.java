package io.rowhook.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.Chaos;
import io.rowhook.admin.receive.SignatureVerifier;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.receivers.Kit;
import io.rowhook.receivers.KitReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rowhook sends to the receivers of the kit over a bad network, and both are killed in turn: no
 * effect twice, none missing, the newest state, no mark too early. Held against PostgreSQL's own
 * account of what was committed, and when. {@code -Dkit.seed=N} replays a seed, {@code
 * -Dkit.only=NODE} has one language alone: {@code mvn -Pslow test -Dtest=KitStoryTest
 * -Dkit.events=100000 -Dkit.kills=1000}.
 */
@Tag("slow")
@Tag("feature-74")
class KitStoryTest {

  private static final int EVENTS = Integer.getInteger("kit.events", 3_000);
  private static final int KILLS = Integer.getInteger("kit.kills", 30);
  private static final int REPEATED_PERCENT = 5;
  private static final int WRITERS = 3;
  private static final int ORDERS_EACH = 60;
  private static final int CHECKS = 10;
  private static final Duration STUCK_AFTER = Duration.ofMinutes(3);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  @TempDir Path directory;

  private final AtomicLong versions = new AtomicLong();
  private final AtomicLong begun = new AtomicLong(); // changes
  private final AtomicLong allowed = new AtomicLong(); // changes, as far as the kills have got
  private final Map<Kit, KitReceiver> receivers = new HashMap<>();
  private final Map<Kit, AtomicLong> requests = new ConcurrentHashMap<>();
  private final List<AutoCloseable> networks = new ArrayList<>();

  @Test
  void noEffectTwiceNoneMissingWhoeverIsKilled() throws Exception {
    long seed = Long.getLong("kit.seed", System.nanoTime());
    System.out.println("kit story, seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (SourceDatabase source = SourceDatabase.start(Map.of("track_commit_timestamp", "on"));
        Child child = new Child(directory);
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      source.execute(Kind.tables().toArray(String[]::new));
      source.execute(
          "CREATE TABLE history (order_id bigint NOT NULL, event text NOT NULL, version bigint NOT"
              + " NULL)");
      Map<String, String> files = new HashMap<>();
      for (Kit kit : Kit.here().toList()) {
        files.put(name(kit), recipient(kit, network(kit, source, random)));
      }
      Child.settings(directory, source.connectorProperties(), files);
      try {
        child.start();
        child.awaitStreaming(source);
        List<Future<?>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          int first = i * ORDERS_EACH + 1;
          SplittableRandom own = random.split();
          writing.add(writers.submit(() -> write(source, first, own)));
        }
        killInTurn(source, child, writing, random, seed);
        for (Future<?> one : writing) {
          one.get();
        }
        for (Kit kit : receivers.keySet()) {
          verify(kit, source, seed);
        }
      } finally {
        writers.shutdownNow();
        for (AutoCloseable one : networks) {
          one.close();
        }
        receivers.values().forEach(KitReceiver::close);
      }
    }
  }

  /** Starts a receiver, and what loses and repeats requests before it. Returns where to send to. */
  private String network(Kit kit, SourceDatabase source, SplittableRandom random) throws Exception {
    SourceDatabase own = source.another("shop_" + name(kit));
    KitReceiver receiver = new KitReceiver(kit, own, directory.resolve(name(kit)), SECRET);
    receivers.put(kit, receiver);
    receiver.start();
    AtomicLong count = requests.computeIfAbsent(kit, _ -> new AtomicLong());
    Chaos chaos = new Chaos(receiver.uri(), REPEATED_PERCENT, random.nextLong());
    TestReceiver before =
        new TestReceiver(
            TestReceiver.Settings.DEFAULT
                .withSignature(SignatureVerifier.standard(SECRET))
                .withHandedOn(chaos),
            _ -> count.incrementAndGet());
    networks.add(before);
    networks.add(chaos);
    return before.uri().toString();
  }

  /** Batches to Node. Delays so many that no delivery can end failed. */
  private static String recipient(Kit kit, String url) {
    return """
    url: %s
    authentication:
      hmac: { secret: "%s" }
    jobs: 6
    timeout: 20s
    retry: { delays: [50ms, 100ms%s%s], from: previous, jitter: 0.2 }
    pause: { failures: 10000, within: 1s }
    allow: { http: true, networks: [127.0.0.0/8] }
    %s
    """
        .formatted(
            url,
            SECRET,
            ", 200ms".repeat(10),
            ", 1s".repeat(60),
            kit == Kit.NODE_POSTGRES || kit == Kit.NODE_NPM ? "batch: { max: 8, wait: 20ms }" : "");
  }

  private void killInTurn(
      SourceDatabase source,
      Child child,
      List<Future<?>> writing,
      SplittableRandom random,
      long seed)
      throws Exception {
    List<Kit> kits = receivers.keySet().stream().sorted().toList();
    allowed.set(Math.max(1, EVENTS / (KILLS + 1)));
    for (int kill = 1; kill <= KILLS; kill++) {
      long some = (allowed.get() + begun.get()) / 2; // so that there are changes while it dies
      while (begun.get() < some && writing.stream().noneMatch(Future::isDone)) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(100));
      if (random.nextInt(3) == 0) {
        child.awaitStreaming(source);
        Thread.sleep(random.nextInt(500));
        child.kill("killed");
        child.start();
      } else {
        KitReceiver receiver = receivers.get(kits.get(random.nextInt(kits.size())));
        receiver.kill();
        receiver.start();
      }
      allowed.set((long) EVENTS * (kill + 1) / (KILLS + 1));
      if (kill % Math.max(1, KILLS / CHECKS) == 0) {
        for (Kit kit : kits) {
          holdsWhatItSays(kit, source, "seed " + seed + ", kill " + kill);
        }
        System.out.println("kill " + kill + ", " + begun + " changes");
      }
    }
    child.awaitStreaming(source);
    int killed = receivers.values().stream().mapToInt(KitReceiver::kills).sum();
    System.out.println("Rowhook: " + child.deaths() + "; receivers killed: " + killed);
  }

  /** Whether there is one change more to be made: waits for the next kill if not yet. */
  private boolean mayChange() throws InterruptedException {
    long mine = begun.getAndIncrement();
    while (mine < EVENTS && mine >= allowed.get()) {
      Thread.sleep(5);
    }
    return mine < EVENTS;
  }

  /** Changes orders of its own, one a transaction, until all have changed enough. */
  private Void write(SourceDatabase source, int first, SplittableRandom random) throws Exception {
    Map<Integer, Long> there = new HashMap<>(); // the version of each
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (mayChange()) {
        int order = first + random.nextInt(ORDERS_EACH);
        Long before = there.get(order);
        boolean gone = before != null && random.nextInt(15) == 0;
        long version = gone ? before : versions.incrementAndGet();
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

  /** What its mark says it has, it has. */
  private void holdsWhatItSays(Kit kit, SourceDatabase source, String when) throws Exception {
    Instant mark = receivers.get(kit).mark().map(Instant::parse).orElse(Instant.EPOCH);
    Set<String> lacks = changes(source, mark);
    lacks.removeAll(applied(kit).keySet());
    assertThat(lacks).as("%s: %s has not, and its mark is at %s", when, kit, mark).isEmpty();
  }

  private void verify(Kit kit, SourceDatabase source, long seed) throws Exception {
    KitReceiver receiver = receivers.get(kit);
    Set<String> changes = changes(source, Instant.parse("9999-01-01T00:00:00Z"));
    for (int now = receiver.count(); now < changes.size(); now = receiver.count()) {
      int had = now;
      Eventually.within(
          STUCK_AFTER,
          () -> "; %s has %d of %d".formatted(kit, had, changes.size()),
          () -> receiver.count() > had);
    }
    Map<String, Integer> applied = applied(kit);
    String what = "seed %d, %s".formatted(seed, kit);
    assertThat(applied.keySet()).as(what).isEqualTo(changes);
    assertThat(applied.values()).as(what).containsOnly(1);
    Map<String, Long> copy = new HashMap<>();
    for (Map.Entry<String, String> one : receiver.copy().entrySet()) {
      copy.put(one.getKey(), version(one.getValue()));
    }
    assertThat(copy).as(what).isEqualTo(orders(source));
    holdsWhatItSays(kit, source, what);
    assertThat(receiver.mark()).as(what).isPresent();
    System.out.printf(
        "%s: %d events in %d requests, killed %d times%n",
        kit, changes.size(), requests.get(kit).get(), receiver.kills());
  }

  /** How often it has applied which change. */
  private Map<String, Integer> applied(Kit kit) throws Exception {
    Map<String, Integer> applied = new HashMap<>();
    for (KitReceiver.Applied one : receivers.get(kit).history()) {
      applied.merge(
          "%s %s %d".formatted(one.entity(), one.event(), version(one.body())), 1, Integer::sum);
    }
    return applied;
  }

  private static long version(String body) throws IOException {
    JsonNode data = Json.MAPPER.readTree(body).path("data");
    return data.path("version").asLong(-1);
  }

  private static Set<String> changes(SourceDatabase source, Instant to) throws SQLException {
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

  private static Map<String, Long> orders(SourceDatabase source) throws SQLException {
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

  private static String name(Kit kit) {
    return kit.name().toLowerCase(Locale.ROOT).replace("_", "");
  }
}
