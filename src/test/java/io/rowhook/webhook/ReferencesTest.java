package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.retry;
import static io.rowhook.webhook.ReferencesRig.shop;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.CircuitBreakerConfig;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.MemoryJournal;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code order: references}: nothing arrives before what it names, whatever fails and however long
 * anything takes. The receiver is the judge.
 */
@Tag("feature-73")
class ReferencesTest {

  private static final int EVENTS = 2_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final RetryPolicy RETRY = retry(5, 10, 20, 40, 80, 80, 80, 80);

  @TempDir Path directory;

  private static NamedLoad load(String test, long seed) {
    System.out.println("ReferencesTest." + test + " seed " + seed);
    return new NamedLoad(new Random(seed), EVENTS, 20, test.contains("Latest"));
  }

  /** Takes its time, and fails now and then. */
  private static Receiver.Behaviour judging(NamedLoad load, Random random, int failing) {
    return request -> {
      String id = request.header("Webhook-Id");
      load.arrived(id);
      int chance;
      synchronized (random) {
        chance = random.nextInt(100);
      }
      Thread.sleep(chance % 4);
      if (chance < failing) {
        return Answer.of(500);
      }
      load.ended(id);
      return Answer.of(200);
    };
  }

  @RepeatedTest(4)
  void keepsWhatIsNamedBeforeWhatNamesIt() {
    long seed = new Random().nextLong();
    NamedLoad load = load("keepsWhatIsNamedBeforeWhatNamesIt", seed);
    try (Receiver receiver = new Receiver(judging(load, new Random(seed), 10)).keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                new MemoryJournal(),
                shop(receiver, DeliveryOrder.references, RETRY, false))) {
      rig.publish();
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
      assertThat(load.settled()).isEqualTo(EVENTS);
      assertThat(receiver.mostAtOnce()).isGreaterThan(ReferencesRig.JOBS / 2);
    }
  }

  /** What the others prove is nothing that would be so anyway. */
  @Test
  void isNotKeptByTheOrderOfEachEntity() {
    long seed = new Random().nextLong();
    NamedLoad load = load("isNotKeptByTheOrderOfEachEntity", seed);
    try (Receiver receiver = new Receiver(judging(load, new Random(seed), 10)).keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load, new MemoryJournal(), shop(receiver, DeliveryOrder.entity, RETRY, false))) {
      rig.publish();
      rig.settled(LIMIT);
      assertThat(load.count()).isGreaterThan(10);
      System.out.println("without the rule " + load.count() + " came too early");
    }
  }

  @RepeatedTest(2)
  void keepsItWhereOnlyTheLatestIsWanted() {
    long seed = new Random().nextLong();
    NamedLoad load = load("keepsItWhereOnlyTheLatestIsWanted", seed);
    try (Receiver receiver = new Receiver(judging(load, new Random(seed), 10)).keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load, new MemoryJournal(), shop(receiver, DeliveryOrder.references, RETRY, true))) {
      rig.publish();
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
      assertThat(receiver.count()).isLessThan(EVENTS); // some were skipped, else it proves nothing
    }
  }

  @RepeatedTest(2)
  void keepsItOverKills() throws Exception {
    long seed = new Random().nextLong();
    NamedLoad load = load("keepsItOverKills", seed);
    try (Receiver receiver = new Receiver(judging(load, new Random(seed), 15)).keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                new MemoryJournal(),
                shop(receiver, DeliveryOrder.references, retry(20, 40, 80, 160, 160), false))) {
      rig.publish();
      for (int kill = 1; kill <= 5; kill++) {
        int some = EVENTS * kill / 8;
        Eventually.within(LIMIT, "some have arrived", () -> load.settled() >= some);
        rig.restart(() -> {
          throw new IllegalStateException("in memory");
        });
      }
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
      assertThat(load.settled()).isEqualTo(EVENTS);
    }
  }

  /** With the journal's file: many wait for a retry, and more for them, when it is stopped. */
  @RepeatedTest(2)
  void keepsItOverARestartWithWhatWaitsOnDisk() {
    long seed = new Random().nextLong();
    NamedLoad load = load("keepsItOverARestartWithWhatWaitsOnDisk", seed);
    Path file = directory.resolve("journal.db");
    AtomicBoolean broken = new AtomicBoolean(true);
    Random random = new Random(seed);
    Receiver.Behaviour well = judging(load, random, 10);
    try (Receiver receiver =
            new Receiver(
                    request -> {
                      if (broken.get()
                          && Integer.parseInt(request.header("Rowhook-Entity-Id")) % 5 == 0) {
                        load.arrived(request.header("Webhook-Id"));
                        return Answer.of(500);
                      }
                      return well.answer(request);
                    })
                .keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                SqliteJournal.open(file),
                shop(
                    receiver,
                    DeliveryOrder.references,
                    retry(200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
                    false))) {
      rig.publish();
      Eventually.within(
          LIMIT,
          "all else is settled",
          () -> rig.status().position() == rig.journal().head() && rig.status().window() == 0);
      long open = rig.journal().deliveries("shop").open();
      assertThat(open).isGreaterThan(100);
      rig.restart(() -> SqliteJournal.open(file));
      broken.set(false);
      rig.settled(LIMIT);
      System.out.println(open + " waited on disk");
      assertThat(load.violations()).isEmpty();
      assertThat(load.settled()).isEqualTo(EVENTS);
    }
  }

  /** With room for few: what waits for what is on disk leaves the memory. */
  @Test
  void goesOnWithOthersWhateverNamesAFailingOne() {
    long seed = new Random().nextLong();
    NamedLoad load = load("goesOnWithOthersWhateverNamesAFailingOne", seed);
    AtomicBoolean broken = new AtomicBoolean(true);
    Receiver.Behaviour well = judging(load, new Random(seed), 0);
    try (Receiver receiver =
            new Receiver(
                    request -> {
                      if (broken.get()
                          && request.header("Rowhook-Entity-Type").equals("Customer")
                          && Integer.parseInt(request.header("Rowhook-Entity-Id")) <= 10) {
                        return Answer.of(503);
                      }
                      return well.answer(request);
                    })
                .keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                SqliteJournal.open(directory.resolve("journal.db")),
                shop(
                    receiver,
                    DeliveryOrder.references,
                    retry(300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300, 300),
                    false))) {
      rig.budget = new MemoryBudget(64 << 10);
      rig.restart(() -> SqliteJournal.open(directory.resolve("journal.db")));
      rig.publish();
      Eventually.within(
          LIMIT, "all has been read", () -> rig.status().position() == rig.journal().head());
      broken.set(false);
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
      assertThat(load.settled()).isEqualTo(EVENTS);
    }
  }

  /** Paused by its failures, and tried with one delivery at a time, while it skips what is old. */
  @RepeatedTest(4)
  void keepsItOverPausesAlsoWhereOnlyTheLatestIsWanted(RepetitionInfo repetition) throws Exception {
    long seed = new Random().nextLong();
    boolean latest = repetition.getCurrentRepetition() % 2 == 0;
    String name = "keepsItOverPauses" + (latest ? "OfTheLatest" : "");
    NamedLoad load = load(name, seed);
    Receiver.Behaviour well = judging(load, new Random(seed), 5);
    long started = System.nanoTime();
    try (Receiver receiver =
            new Receiver(
                    request -> {
                      long at = Duration.ofNanos(System.nanoTime() - started).toMillis();
                      if (at < 4_000 && at / 300 % 2 == 1) { // down for a while, again and again
                        load.arrived(request.header("Webhook-Id"));
                        return Answer.of(503);
                      }
                      return well.answer(request);
                    })
                .keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                new MemoryJournal(),
                shop(
                    receiver,
                    DeliveryOrder.references,
                    retry(50, 100, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
                    latest,
                    new CircuitBreakerConfig(
                        10, Duration.ofSeconds(5), List.of(Duration.ofMillis(150)))))) {
      for (int some = 0; some < EVENTS; some += EVENTS / 10) {
        rig.publish(some, some + EVENTS / 10);
        Thread.sleep(300); // so that it is down with much, and with little
      }
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
    }
  }

  /** One request never has both; of one array, the receiver need not keep the order. */
  @Test
  void putsNothingIntoOneRequestWithWhatItNames() {
    long seed = new Random().nextLong();
    NamedLoad load = load("putsNothingIntoOneRequestWithWhatItNames", seed);
    Random random = new Random(seed);
    AtomicInteger most = new AtomicInteger();
    try (Receiver receiver =
            new Receiver(
                    request -> {
                      List<String> ids = BatchTest.ids(request);
                      most.accumulateAndGet(ids.size(), Math::max);
                      ids.forEach(load::arrived);
                      synchronized (random) {
                        if (random.nextInt(10) == 0) {
                          return Answer.of(500);
                        }
                      }
                      ids.forEach(load::ended);
                      return Answer.of(200);
                    })
                .keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                new MemoryJournal(),
                shop(receiver, DeliveryOrder.references, RETRY, false)
                    .with(BatchTest.options(new BatchConfig(20, Duration.ofMillis(1)))))) {
      rig.publish();
      rig.settled(LIMIT);
      assertThat(load.violations()).isEmpty();
      assertThat(load.settled()).isEqualTo(EVENTS);
      assertThat(most.get()).isGreaterThan(1);
    }
  }
}
