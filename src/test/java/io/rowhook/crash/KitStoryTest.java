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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
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
  private static final int CHECKS = 10;
  private static final Duration STUCK_AFTER = Duration.ofMinutes(3);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  @TempDir Path directory;

  private final List<Shop> shops = new ArrayList<>();

  /** A receiver of the kit, with the bad network before it. */
  private record Shop(
      Kit kit, KitReceiver receiver, Chaos chaos, TestReceiver network, AtomicLong requests) {

    String yaml() {
      return KitStoryTest.yaml(kit, network.uri().toString());
    }

    void close() {
      network.close();
      chaos.close();
      receiver.close();
    }
  }

  @Test
  void noEffectTwiceNoneMissingWhoeverIsKilled() throws Exception {
    long seed = Long.getLong("kit.seed", System.nanoTime());
    System.out.println("kit story, seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (SourceDatabase source = SourceDatabase.start(Map.of("track_commit_timestamp", "on"));
        Child child = new Child(directory);
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      KitOrders orders = new KitOrders(source, EVENTS);
      Map<String, String> files = new HashMap<>();
      for (Kit kit : Kit.here().toList()) {
        Shop shop = start(kit, source, random);
        shops.add(shop);
        files.put(name(kit), shop.yaml());
      }
      Child.settings(directory, source.connectorProperties(), files);
      try {
        child.start();
        child.awaitStreaming(source);
        List<Future<?>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          int writer = i;
          SplittableRandom own = random.split();
          writing.add(writers.submit(() -> orders.write(writer, own)));
        }
        killInTurn(source, orders, child, writing, random, seed);
        for (Future<?> one : writing) {
          one.get();
        }
        changeUntilAllAreTold(orders);
        for (Shop shop : shops) {
          verify(shop, orders, seed);
        }
      } finally {
        writers.shutdownNow();
        shops.forEach(Shop::close);
      }
    }
  }

  private Shop start(Kit kit, SourceDatabase source, SplittableRandom random) throws Exception {
    SourceDatabase own = source.another("shop_" + name(kit));
    KitReceiver receiver = new KitReceiver(kit, own, directory.resolve(name(kit)), SECRET);
    receiver.start();
    AtomicLong requests = new AtomicLong();
    Chaos chaos = new Chaos(receiver.uri(), REPEATED_PERCENT, random.nextLong());
    TestReceiver network =
        new TestReceiver(
            TestReceiver.Settings.DEFAULT
                .withSignature(SignatureVerifier.standard(SECRET))
                .withHandedOn(chaos),
            _ -> requests.incrementAndGet());
    return new Shop(kit, receiver, chaos, network, requests);
  }

  /** Batches to Node. Delays so many that no delivery can end failed. */
  private static String yaml(Kit kit, String url) {
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
      KitOrders orders,
      Child child,
      List<Future<?>> writing,
      SplittableRandom random,
      long seed)
      throws Exception {
    orders.allow(Math.max(1, EVENTS / (KILLS + 1)));
    for (int kill = 1; kill <= KILLS; kill++) {
      long some =
          (orders.allowed() + orders.begun()) / 2; // so that there are changes while it dies
      while (orders.begun() < some && writing.stream().noneMatch(Future::isDone)) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(100));
      if (random.nextInt(3) == 0) {
        child.awaitStreaming(source);
        Thread.sleep(random.nextInt(500));
        child.kill("killed");
        child.start();
      } else {
        KitReceiver receiver = shops.get(random.nextInt(shops.size())).receiver();
        receiver.kill();
        receiver.start();
      }
      orders.allow((long) EVENTS * (kill + 1) / (KILLS + 1));
      if (kill % Math.max(1, KILLS / CHECKS) == 0) {
        for (Shop shop : shops) {
          holdsWhatItSays(shop, orders, "seed " + seed + ", kill " + kill);
        }
        System.out.println("kill " + kill + ", " + orders.begun() + " changes");
      }
    }
    child.awaitStreaming(source);
    int killed = shops.stream().mapToInt(shop -> shop.receiver().kills()).sum();
    System.out.println("Rowhook: " + child.deaths() + "; receivers killed: " + killed);
  }

  /** The mark comes with what is sent; makes orders of its own for that. */
  private void changeUntilAllAreTold(KitOrders orders) {
    Eventually.within(
        STUCK_AFTER,
        "each receiver has a mark",
        () -> {
          orders.one();
          Thread.sleep(500);
          for (Shop shop : shops) {
            if (shop.receiver().mark().isEmpty()) {
              return false;
            }
          }
          return true;
        });
  }

  /** What its mark says it has, it has. */
  private void holdsWhatItSays(Shop shop, KitOrders orders, String when) throws Exception {
    Instant mark = shop.receiver().mark().map(Instant::parse).orElse(Instant.EPOCH);
    Set<String> lacks = orders.changes(mark);
    lacks.removeAll(applied(shop).keySet());
    assertThat(lacks).as("%s: %s has not, and its mark is at %s", when, shop.kit(), mark).isEmpty();
  }

  private void verify(Shop shop, KitOrders orders, long seed) throws Exception {
    Kit kit = shop.kit();
    KitReceiver receiver = shop.receiver();
    Set<String> changes = orders.changes(Instant.parse("9999-01-01T00:00:00Z"));
    for (int now = receiver.events(); now < changes.size(); now = receiver.events()) {
      int had = now;
      Eventually.within(
          STUCK_AFTER,
          () -> "; %s has %d of %d".formatted(kit, had, changes.size()),
          () -> receiver.events() > had);
    }
    Map<String, Integer> applied = applied(shop);
    String what = "seed %d, %s".formatted(seed, kit);
    Set<String> missing = new HashSet<>(changes);
    missing.removeAll(applied.keySet());
    assertThat(missing).as("%s: not applied", what).isEmpty();
    Map<String, Integer> tooOften = new HashMap<>(applied);
    changes.forEach(change -> tooOften.remove(change, 1));
    assertThat(tooOften).as("%s: applied so often", what).isEmpty();
    Map<String, Long> copy = new HashMap<>();
    for (Map.Entry<String, String> one : receiver.copy().entrySet()) {
      copy.put(one.getKey(), version(one.getValue()));
    }
    assertThat(copy).as(what).isEqualTo(orders.now());
    holdsWhatItSays(shop, orders, what);
    assertThat(receiver.mark()).as(what).isPresent();
    System.out.printf(
        "%s: %d events in %d requests, killed %d times%n",
        kit, changes.size(), shop.requests().get(), receiver.kills());
  }

  /** How often it has applied which change. */
  private Map<String, Integer> applied(Shop shop) throws Exception {
    Map<String, Integer> applied = new HashMap<>();
    for (KitReceiver.Applied one : shop.receiver().history()) {
      applied.merge(
          "%s %s %d".formatted(one.entity(), one.event(), version(one.body())), 1, Integer::sum);
    }
    return applied;
  }

  private static long version(String body) throws IOException {
    JsonNode data = Json.MAPPER.readTree(body).path("data");
    return data.path("version").asLong(-1);
  }

  private static String name(Kit kit) {
    return kit.name().toLowerCase(Locale.ROOT).replace("_", "");
  }
}
