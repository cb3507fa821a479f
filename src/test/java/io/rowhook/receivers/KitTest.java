package io.rowhook.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.NpmPackages;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each kit's receiver has made of events that come twice, late, in batches and out of order
 * while it is killed: no effect twice, none missing, no older state, no mark too early. {@code
 * -Dkit.seed=N} replays a seed; {@code -Dkit.events} and {@code -Dkit.kills} say how many. Against
 * Rowhook itself: {@code KitStoryTest}.
 */
@Tag("feature-74")
class KitTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final int EVENTS = Integer.getInteger("kit.events", 2_000);
  private static final int KILLS = Integer.getInteger("kit.kills", 4);
  private static final int WORKERS = 4;

  @AutoClose private static final SourceDatabase server = SourceDatabase.start();

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> noEffectTwiceNoneMissingNoOlderState() {
    return Kit.here().map(kit -> DynamicTest.dynamicTest(kit.name(), () -> story(kit)));
  }

  @Test
  @Tag("npm")
  void theSameWithThePackageThatNodeUses() throws Exception {
    NpmPackages.install();
    story(Kit.NODE_NPM);
  }

  private void story(Kit kit) throws Exception {
    long seed = Long.getLong("kit.seed", System.nanoTime());
    System.out.println("kit " + kit + ", seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    SourceDatabase own = server.another("story_" + kit.name().toLowerCase(Locale.ROOT));
    try (KitReceiver receiver = new KitReceiver(kit, own, directory.resolve(kit.name()), SECRET);
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      UnreliableSender sender = new UnreliableSender(new KitRequests(receiver.uri(), SECRET));
      receiver.start();
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        int worker = i;
        SplittableRandom its = random.split();
        work.add(
            workers.submit(() -> {
              sender.work(worker, EVENTS, its);
              return null;
            }));
      }
      try {
        for (int kill = 1; kill <= KILLS; kill++) {
          long next = (long) EVENTS * kill / (KILLS + 1) + random.nextInt(20);
          while (sender.account().events() < next && work.stream().noneMatch(Future::isDone)) {
            Thread.sleep(1);
          }
          receiver.kill();
          holdsWhatItSays(receiver, sender, seed);
          receiver.start();
        }
        for (Future<?> one : work) {
          one.get(Duration.ofMinutes(10).toMillis(), TimeUnit.MILLISECONDS);
        }
      } finally {
        workers.shutdownNow(); // or who has failed is waited for, and sends for ever
      }
      sender.sendLast();
      verify(receiver, sender, seed);
      System.out.printf(
          "  %d events, %d requests repeated, %d kills%n",
          sender.account().events(), sender.repeated(), receiver.kills());
    }
  }

  private static void holdsWhatItSays(KitReceiver receiver, UnreliableSender sender, long seed)
      throws SQLException {
    Instant mark = receiver.mark().map(Instant::parse).orElse(Instant.EPOCH);
    Map<String, Integer> had = counts(receiver);
    Map<String, Integer> lacks = sender.account().effects(mark);
    lacks.keySet().removeAll(had.keySet());
    assertThat(lacks).as("seed %d: not applied, and the mark is at %s", seed, mark).isEmpty();
  }

  private static void verify(KitReceiver receiver, UnreliableSender sender, long seed)
      throws SQLException {
    UnreliableSender.Account account = sender.account();
    Map<String, Integer> expected = account.effects(Instant.MAX);
    Map<String, Integer> had = counts(receiver);
    Map<String, String> wrong = new HashMap<>();
    Stream.concat(expected.keySet().stream(), had.keySet().stream())
        .filter(id -> !had.getOrDefault(id, 0).equals(expected.getOrDefault(id, 0)))
        .forEach(id -> wrong.put(id, had.get(id) + " times, not " + expected.get(id)));
    String what = "seed " + seed + "; the receiver has said: " + receiver.output();
    assertThat(wrong).as(what).isEmpty();
    assertThat(receiver.copy()).as(what).isEqualTo(account.copy());
    assertThat(receiver.rowsKept()).as(what).isEqualTo(account.entities());
    assertThat(receiver.mark().map(Instant::parse)).as(what).contains(account.completeBeforeLast());
  }

  private static Map<String, Integer> counts(KitReceiver receiver) throws SQLException {
    Map<String, Integer> counts = new HashMap<>();
    receiver.history().forEach(one -> counts.merge(one.eventId(), 1, Integer::sum));
    return counts;
  }
}
