package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Failed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recipient without a file is forgotten in time; a file of its name begins anew then. */
class ForgetTest {

  @TempDir Path directory;
  SqliteJournal journal;
  DeliveryStore shop;
  DeliveryStore budget;
  List<JournalEntry> entries;

  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    budget = journal.deliveries("budget");
    shop = journal.deliveries("shop"); // the last one: its number would be given again
    entries = publish(journal, 200, "a", "b", "c", "d");
    for (DeliveryStore store : List.of(shop, budget)) {
      Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), new Failed("no use"), 0, 0);
      Samples.put(store, entries.get(1), new Blocked());
      store.skip(List.of(entries.get(2).sequence()), entries.get(3), null);
      store.advance(entries.get(1).sequence());
      store.flush();
    }
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private long rows(String table) throws InterruptedException {
    return journal.write(sql -> sql.number("SELECT count(*) FROM " + table));
  }

  private void assertThatShopBeginsAnewAndBudgetGoesOn() throws InterruptedException {
    assertThat(journal.queries().recipients()).containsExactly("budget");
    for (String table : List.of("delivery", "attempt", "skipped", "forgotten_recipient")) {
      long left = table.equals("delivery") ? 2 : table.equals("forgotten_recipient") ? 0 : 1;
      assertThat(rows(table)).as(table).isEqualTo(left);
    }
    assertThat(budget.open()).isEqualTo(1);
    DeliveryStore anew = journal.deliveries("shop");
    assertThat(anew.cursor()).isEqualTo(journal.head());
    assertThat(anew.lastKnown()).isZero();
    assertThat(anew.open()).isZero();
  }

  @Test
  void isForgottenAtOnceWhereAPersonSaysSo() throws Exception {
    journal.deliveryAdmin().forget("shop");
    assertThatShopBeginsAnewAndBudgetGoesOn();
    assertThatThrownBy(() -> journal.deliveryAdmin().forget("nobody"))
        .isInstanceOf(DeliveryAdminException.class)
        .hasMessage("the journal has no recipient 'nobody'");
  }

  @Test
  void isForgottenAfterTheRetentionAndNotBefore() throws Exception {
    Instant seen = Instant.now().plus(Duration.ofDays(1));
    journal.housekeeping().seen(Set.of("shop", "budget"), seen, seen);
    journal.housekeeping().forgetUnseenSince(seen);
    assertThat(journal.queries().recipients()).containsExactly("budget", "shop");

    Instant later = seen.plus(Duration.ofDays(30));
    journal.housekeeping().seen(Set.of("budget"), later, later);
    journal.housekeeping().forgetUnseenSince(seen.plusMillis(1));
    assertThatShopBeginsAnewAndBudgetGoesOn();
  }

  /** Its number is not given again while anything stands under it. */
  @Test
  void aCrashInBetweenLeavesNothingToTheNextOne() throws Exception {
    journal.write(sql -> {
      sql.script(
          "INSERT INTO forgotten_recipient SELECT id FROM recipient WHERE name = 'shop';"
              + " DELETE FROM recipient WHERE name = 'shop'");
      return true;
    });
    DeliveryStore anew = journal.deliveries("shop");
    assertThat(anew.lastKnown()).isZero();
    assertThat(anew.open()).isZero();
    journal.housekeeping().seen(Set.of("shop", "budget"), NOON, NOON);
    journal.housekeeping().forgetUnseenSince(NOON);
    assertThat(rows("forgotten_recipient")).isZero();
    assertThat(rows("delivery")).isEqualTo(2);
  }

  @Test
  void whatWasNeverAttemptedCanBeDiscarded() throws Exception {
    List<JournalEntry> more = publish(journal, 900, "e", "f", "g");
    DeliveryAdmin deliveryAdmin = journal.deliveryAdmin();
    deliveryAdmin.discard("shop", more.get(0).sequence());
    assertThat(shop.decided(0, journal.head())).contains(more.get(0).sequence());
    assertThatThrownBy(() -> deliveryAdmin.discard("shop", more.get(0).sequence()))
        .hasMessageContaining("is discarded already");

    DeliveryFilter filter = DeliveryFilter.ALL.between(more.get(0).sequence(), null);
    assertThat(deliveryAdmin.discardPending("shop", filter, _ -> true, false)).isEqualTo(2);
    assertThat(shop.decided(0, journal.head())).doesNotContain(more.get(1).sequence());
    long f = more.get(1).sequence();
    assertThat(
            deliveryAdmin.discardPending(
                "shop", filter, event -> event.id().equals(more.get(1).event().id()), true))
        .isEqualTo(1);
    assertThat(shop.decided(0, journal.head())).contains(f).doesNotContain(more.get(2).sequence());
    // What was attempted, skipped or put aside is not meant.
    assertThat(deliveryAdmin.discardPending("shop", DeliveryFilter.ALL, _ -> true, true))
        .isEqualTo(2);
    assertThat(budget.decided(0, journal.head())).hasSize(3);
    deliveryAdmin.redeliver("shop", f, NOON);
    assertThat(shop.requested(9)).hasSize(1);
  }
}
