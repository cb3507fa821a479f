package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.TableId;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalQueriesTest {

  @Test
  void peopleSeeHowFarARecipientIsAndWhatBecameOfADelivery(@TempDir Path directory)
      throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"))) {
      journal.begin(EPOCH, lsn(100), Map.of());
      DeliveryStore shop = journal.deliveries("shop");
      journal.deliveries("budget");
      List<JournalEntry> entries = publish(journal, 200, "0", "1", "2", "3", "4");
      Attempt first = attempt(1, NOON, "set");
      Attempt second = attempt(2, NOON.plusSeconds(5), "set");
      Samples.attempted(shop, entries.get(0), first, new Delivered(), 0, 0);
      Samples.attempted(shop, entries.get(1), first, new Retrying(NOON.plusSeconds(5)), 0, 0);
      Samples.attempted(shop, entries.get(1), second, new Failed("used up"), 0, 0);
      Samples.attempted(shop, entries.get(2), first, new Retrying(NOON), 0, 0);
      Samples.put(shop, entries.get(3), new Blocked());
      shop.advance(4);
      shop.flush();
      JournalQueries queries = journal.queries();

      assertThat(queries.standings())
          .containsExactly(
              new JournalQueries.Standing("budget", 0, 5, 0, 0, 0),
              new JournalQueries.Standing("shop", 4, 1, 1, 1, 1));
      assertThat(queries.deliveries("shop", JournalQueries.Exceptions.FAILED, 0, 10))
          .singleElement()
          .satisfies(failed -> assertThat(failed.state()).isEqualTo(new Failed("used up")));
      assertThat(queries.deliveries("shop", JournalQueries.Exceptions.FAILED, 2, 10)).isEmpty();
      assertThat(queries.deliveries("shop", JournalQueries.Exceptions.BLOCKED, 0, 10)).hasSize(1);
      assertThat(queries.deliveries("nobody", JournalQueries.Exceptions.BLOCKED, 0, 10)).isEmpty();
      assertThat(queries.attempts("shop", 2))
          .containsExactly(
              new JournalQueries.Logged(0, first, "waiting"),
              new JournalQueries.Logged(0, second, "failed"));
      assertThat(queries.oldestPending("shop").orElseThrow().sequence()).isEqualTo(3);
      assertThat(queries.oldestPending("budget").orElseThrow().sequence()).isEqualTo(1);
      assertThat(queries.oldestPending("nobody")).isEmpty();
    }
  }

  @Test
  void peopleSeeHowManyRowChangesWereRejectedAndWhy(@TempDir Path directory)
      throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(directory.resolve("journal.db"))) {
      journal.begin(EPOCH, lsn(100), Map.of());
      assertThat(journal.queries().rejected()).isEmpty();
      RejectedRow more =
          new RejectedRow(
              new TableId("public", "article"), "MORE", "{}", "250 more rows of this transaction");
      journal.publish(transaction(200), List.of(), List.of(Samples.rejected(), more));
      journal.commit();
      assertThat(journal.queries().rejected())
          .contains(
              new JournalQueries.Rejected(
                  251,
                  transaction(200).committedAt(),
                  "public.article",
                  "UPDATE",
                  "the key is null"));
    }
  }
}
