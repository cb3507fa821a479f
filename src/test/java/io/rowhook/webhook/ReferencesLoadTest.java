package io.rowhook.webhook;

import static io.rowhook.webhook.Outbound.retry;
import static io.rowhook.webhook.ReferencesRig.shop;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.DeliveryOrder;
import io.rowhook.testing.Receiver;
import io.rowhook.testing.Receiver.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code order: references} costs: the rate with it and without it, over the journal's file.
 * Time is printed, never asserted on. {@code -Dreferences.events=} says how many events.
 */
@Tag("slow")
class ReferencesLoadTest {

  private static final int EVENTS = Integer.getInteger("references.events", 100_000);
  private static final int CUSTOMERS = 2_000;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  @Tag("feature-73")
  void keepsItAtARateNearThatWithoutIt() {
    long seed = new Random().nextLong();
    System.out.println("ReferencesLoadTest seed " + seed);
    run(seed, DeliveryOrder.entity, 0, "warm-up"); // classes, and the file's pages
    for (int failing : new int[] {0, 10}) {
      double without = run(seed, DeliveryOrder.entity, failing, "entity");
      double with = run(seed, DeliveryOrder.references, failing, "references");
      System.out.printf(
          "%d events, %d jobs, %d of 1,000 requests fail: %.0f deliveries/s by entity, %.0f by"
              + " references: %.0f %%%n",
          EVENTS, ReferencesRig.JOBS, failing, without, with, 100 * with / without);
    }
  }

  /** Returns deliveries a second. */
  private double run(long seed, DeliveryOrder order, int failing, String name) {
    NamedLoad load = new NamedLoad(new Random(seed), EVENTS, CUSTOMERS, false);
    Random random = new Random(seed);
    try (Receiver receiver =
            new Receiver(
                    request -> {
                      String id = request.header("Webhook-Id");
                      load.arrived(id);
                      if (failing > 0) {
                        synchronized (random) {
                          if (random.nextInt(1_000) < failing) {
                            return Answer.of(503);
                          }
                        }
                      }
                      load.ended(id);
                      return Answer.of(200);
                    })
                .keepingNothing();
        ReferencesRig rig =
            new ReferencesRig(
                load,
                SqliteJournal.open(directory.resolve(name + failing + ".db")),
                shop(receiver, order, retry(50, 100, 200, 400, 400, 400), false))) {
      long started = System.nanoTime();
      rig.publish();
      rig.settled(LIMIT);
      double seconds = (System.nanoTime() - started) / 1e9;
      assertThat(load.settled()).isEqualTo(EVENTS);
      System.out.printf("%s: %d came too early, %.1f s%n", name, load.count(), seconds);
      if (order == DeliveryOrder.references) {
        assertThat(load.violations()).isEmpty();
      }
      return EVENTS / seconds;
    }
  }
}
