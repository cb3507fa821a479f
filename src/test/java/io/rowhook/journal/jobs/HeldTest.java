package io.rowhook.journal.jobs;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Held;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.journal.tables.KeptDao;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipients have of each entity is the same, whatever of the journal is removed. */
@Tag("feature-72")
class HeldTest {

  private static final Instant LATER = NOON.plus(Duration.ofDays(10));
  private static final Set<String> ALL = Set.of("shop", "ledger");
  private static final List<String> IDS = List.of("1", "2", "3");

  @TempDir Path directory;

  private SqliteJournal journal;
  private DeliveryStore shop;
  private DeliveryStore ledger;
  private long end = 200;

  @BeforeEach
  void open() {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    shop = journal.deliveries("shop");
    ledger = journal.deliveries("ledger");
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private JournalEntry publish(String id, EventType type, int stock) throws InterruptedException {
    long before = journal.head();
    end += 10;
    String json = "{\"id\":\"e%d\",\"data\":{\"id\":%s,\"stock\":%d}}".formatted(end, id, stock);
    Event event =
        new Event(
            "evt_" + end,
            "Article",
            id,
            type,
            NOON.plusMillis(end),
            lsn(end),
            json.getBytes(StandardCharsets.UTF_8));
    journal.publish(transaction(end), List.of(event), List.of());
    journal.commit();
    return journal.read(before, 1, Long.MAX_VALUE).getFirst();
  }

  private static void delivered(DeliveryStore store, JournalEntry entry, int redelivery)
      throws InterruptedException {
    Samples.attempted(store, entry, attempt(1, NOON, "set"), new Delivered(), redelivery, 0);
  }

  private Map<String, Held> held(String recipient) {
    return journal.stateAudits().held(recipient, "Article", IDS).orElseThrow();
  }

  private long sequence(String id) {
    return Objects.requireNonNull(held("shop").get(id)).sequence();
  }

  private List<String> there() {
    return journal.stateAudits().there("shop", "Article", "", 10).orElseThrow().there();
  }

  private int remove() throws InterruptedException {
    shop.advance(journal.head());
    ledger.advance(journal.head());
    shop.flush();
    ledger.flush();
    return journal.housekeeping().removeSettled(LATER, ALL, 10_000);
  }

  @Test
  void isTheSameWhateverIsRemoved() throws InterruptedException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    List<JournalEntry> failed = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String id = IDS.get(random.nextInt(3));
      EventType type = random.nextInt(4) == 0 ? EventType.Deleted : EventType.Updated;
      JournalEntry entry = publish(id, type, random.nextInt(5));
      switch (random.nextInt(5)) {
        case 0 -> {
          Samples.attempted(shop, entry, attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
          failed.add(entry);
        }
        case 1 -> {} // its subscriptions do not want it
        default -> delivered(shop, entry, 0);
      }
      if (!failed.isEmpty() && random.nextInt(10) == 0) {
        delivered(shop, failed.remove(random.nextInt(failed.size())), 1);
      }
      if (random.nextInt(8) == 0) {
        shop.flush();
        Map<String, Held> before = held("shop");
        List<String> thereBefore = there();
        remove();
        assertThat(present(held("shop"))).as("seed %d", seed).isEqualTo(present(before));
        assertThat(there()).containsExactlyInAnyOrderElementsOf(thereBefore);
      }
    }
  }

  /** Of one that is gone there is nothing left, not even since when. */
  private static Map<String, Held> present(Map<String, Held> held) {
    held.values().removeIf(one -> !one.there());
    return held;
  }

  @Test
  void whatIsNotSentSinceItIsTheSameCountsAsSent() throws InterruptedException {
    JournalEntry first = publish("1", EventType.Created, 1);
    delivered(shop, first, 0);
    JournalEntry same = publish("1", EventType.Updated, 2);
    shop.unchanged(Delivery.pending(same, null, null), first.sequence());
    shop.flush();
    assertThat(sequence("1")).isEqualTo(same.sequence());
    remove();
    assertThat(sequence("1")).isEqualTo(same.sequence());
  }

  @Test
  void anEventGoesOnlyOnceWhoeverServesItsRecipientsHasKeptIt() throws InterruptedException {
    JournalEntry older = publish("1", EventType.Created, 1);
    JournalEntry newer = publish("1", EventType.Updated, 2);
    JournalEntry gone = publish("2", EventType.Deleted, 2);
    JournalEntry unsent = publish("3", EventType.Updated, 2);
    for (JournalEntry entry : List.of(older, newer, gone)) {
      delivered(shop, entry, 0);
    }
    shop.flush();
    long number = journal.write(sql -> sql.number("SELECT id FROM recipient WHERE name = 'shop'"));
    assertThat(isKept(number, older)).as("a newer one says more").isTrue();
    assertThat(isKept(number, newer)).isFalse();
    assertThat(isKept(number, gone)).as("nothing is left of it").isTrue();
    assertThat(isKept(number, unsent)).isTrue();
    journal.write(sql -> {
      KeptDao.keep(sql, List.of(number), newer.sequence());
      KeptDao.keep(sql, List.of(number), older.sequence());
      return true;
    });
    assertThat(isKept(number, newer)).isTrue();
    assertThat(sequence("1")).isEqualTo(newer.sequence());
  }

  private boolean isKept(long recipient, JournalEntry entry) throws InterruptedException {
    return journal.write(sql -> KeptDao.isKept(sql, recipient, entry.sequence()));
  }

  @Test
  void goesWithTheRecipientAndWithTheEntity() throws Exception {
    delivered(shop, publish("1", EventType.Created, 1), 0);
    delivered(shop, publish("2", EventType.Created, 1), 0);
    remove();
    assertThat(there()).containsExactlyInAnyOrder("1", "2");
    journal.write(sql -> {
      KeptDao.erase(sql, "Article", "1");
      return true;
    });
    assertThat(there()).containsExactly("2");
    journal.deliveryAdmin().forget("shop");
    long left = journal.write(sql -> sql.number("SELECT count(*) FROM held"));
    assertThat(left).isZero();
  }
}
