package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Deliveries in each state, for a person to do something to. */
final class SixDeliveries {

  static final Instant LATER = NOON.plusSeconds(3600);
  static final Retrying WAITING = new Retrying(NOON.plusSeconds(60));

  private SixDeliveries() {}

  /** Sequences 1 to 6: a delivered, b failed, a waiting, a blocked, c not wanted, d ahead. */
  static List<JournalEntry> toShop(Journal journal) throws InterruptedException {
    journal.begin(EPOCH, lsn(100), Map.of());
    DeliveryStore shop = journal.deliveries("shop");
    List<JournalEntry> entries = publish(journal, 200, "a", "b", "a2", "a2x", "c", "d");
    attempted(shop, entries.get(0), new Delivered());
    attempted(shop, entries.get(1), new Failed("all 2 attempts failed"));
    attempted(shop, entries.get(2), WAITING);
    Samples.put(shop, entries.get(3), new Blocked());
    shop.advance(5);
    shop.flush();
    return entries;
  }

  private static void attempted(DeliveryStore shop, JournalEntry entry, DeliveryState state)
      throws InterruptedException {
    Samples.attempted(shop, entry, attempt(1, NOON, "set-1"), state, 0, 0);
    shop.flush();
  }
}
