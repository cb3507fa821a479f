package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.journal.DeliverySearch.Found;
import io.rowhook.journal.DeliverySearch.Page;
import io.rowhook.journal.DeliverySearch.Query;
import io.rowhook.journal.DeliverySearch.State;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person finds any delivery. */
class DeliverySearchTest {

  @TempDir Path directory;
  SqliteJournal journal;
  DeliverySearch search;

  /** For the shop: a delivered, b failed, c waiting, d blocked, e ahead; for the budget all. */
  @BeforeEach
  void open() throws InterruptedException {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
    journal.begin(EPOCH, lsn(100), Map.of());
    DeliveryStore shop = journal.deliveries("shop");
    DeliveryStore budget = journal.deliveries("budget");
    List<JournalEntry> entries = new ArrayList<>(publish(journal, 200, "a", "b", "c"));
    entries.addAll(publish(journal, 60_000, "d", "e"));
    Samples.attempted(shop, entries.get(0), attempt(1, NOON, "set"), new Retrying(NOON), 0, 0);
    Samples.attempted(shop, entries.get(0), delivered(2), new Delivered(), 0, 0);
    Samples.attempted(shop, entries.get(0), delivered(1), new Delivered(), 1, 0);
    Samples.attempted(shop, entries.get(1), attempt(1, NOON, "set"), new Failed("used up"), 0, 0);
    Samples.attempted(shop, entries.get(2), attempt(1, NOON, "set"), new Retrying(NOON), 0, 0);
    Samples.put(shop, entries.get(3), new Blocked());
    for (JournalEntry entry : entries) {
      Samples.attempted(budget, entry, delivered(1), new Delivered(), 0, 0);
    }
    shop.flush();
    budget.flush();
    search = journal.search();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void whatWasSkippedIsFoundWhereItIsAskedFor() throws InterruptedException {
    List<JournalEntry> entries = publish(journal, 70_000, "f", "g");
    DeliveryStore shop = journal.deliveries("shop");
    shop.skip(List.of(entries.get(0).sequence()), entries.get(1), null);
    shop.flush();
    assertThat(found("shop", DeliveryFilter.ALL, State.SKIPPED)).containsExactly("shop f skipped");
    assertThat(found("shop", DeliveryFilter.ALL)).doesNotContain("shop f skipped");
    assertThat(search.find("shop", entries.get(0).sequence()))
        .hasValueSatisfying(skipped ->
            assertThat(skipped.reason())
                .isEqualTo("latest-only: " + entries.get(1).sequence() + " is newer"));
    DeliveryFilter ofEntity = DeliveryFilter.ALL.of("Article", "f");
    assertThat(found("shop", ofEntity, State.SKIPPED)).containsExactly("shop f skipped");
  }

  private static Attempt delivered(int number) {
    return new Attempt(
        number, NOON.plusSeconds(number), Duration.ZERO, "r", 200, null, null, "set", "b0d1");
  }

  private List<String> found(@Nullable String recipient, DeliveryFilter filter, State... states) {
    return words(
        search.find(
            new Query(
                recipient, filter, states.length == 0 ? State.ALL : Set.of(states), 100, null)));
  }

  private static List<String> words(Page page) {
    return page.found().stream()
        .map(found -> found.recipient() + " " + found.entityId() + " " + found.state())
        .toList();
  }

  @Test
  @Tag("feature-39")
  void byRecipientAndStateTheNewestFirst() {
    assertThat(found("shop", DeliveryFilter.ALL))
        .containsExactly("shop d blocked", "shop c waiting", "shop b failed", "shop a delivered");
    assertThat(found("shop", DeliveryFilter.ALL, State.FAILED)).containsExactly("shop b failed");
    assertThat(found("shop", DeliveryFilter.ALL, State.DELIVERED))
        .containsExactly("shop a delivered");
    assertThat(found("shop", DeliveryFilter.ALL, State.BLOCKED, State.WAITING))
        .containsExactly("shop d blocked", "shop c waiting");
    assertThat(found("nobody", DeliveryFilter.ALL)).isEmpty();
    assertThat(found(null, DeliveryFilter.ALL, State.DELIVERED)).hasSize(6);
  }

  @Test
  @Tag("feature-39")
  void byEntityTimeAndSequence() {
    assertThat(found(null, DeliveryFilter.ALL.of("Article", "a")))
        .containsExactly("shop a delivered", "budget a delivered");
    assertThat(found("shop", DeliveryFilter.ALL.of("Article", "b"), State.DELIVERED)).isEmpty();
    assertThat(found("shop", DeliveryFilter.ALL.of("Article", null))).hasSize(4);
    assertThat(found("shop", DeliveryFilter.ALL.of("Order", null))).isEmpty();
    assertThat(
            found("shop", new DeliveryFilter(null, null, NOON.plusSeconds(60), null, null, null)))
        .containsExactly("shop d blocked");
    assertThat(
            found("shop", new DeliveryFilter(null, null, null, NOON.plusSeconds(60), null, null)))
        .containsExactly("shop c waiting", "shop b failed", "shop a delivered");
    assertThat(found("shop", DeliveryFilter.ALL.between(2L, 3L)))
        .containsExactly("shop c waiting", "shop b failed");
  }

  @Test
  @Tag("feature-39")
  void pageByPage() {
    List<String> all = new ArrayList<>();
    @Nullable String before = null;
    int pages = 0;
    do {
      Page page = search.find(new Query(null, DeliveryFilter.ALL, State.ALL, 2, before));
      assertThat(page.found()).hasSizeLessThanOrEqualTo(2);
      all.addAll(words(page));
      before = page.next();
      pages++;
    } while (before != null);
    assertThat(pages).isEqualTo(5);
    assertThat(all).containsExactlyElementsOf(found(null, DeliveryFilter.ALL)).hasSize(9);
    assertThatThrownBy(() -> search.find(new Query(null, DeliveryFilter.ALL, State.ALL, 2, "x")))
        .hasMessage("not the next page of anything: 'x'");
  }

  @Test
  @Tag("feature-39")
  void whatBecameOfOne() {
    Found failed = search.find("shop", 2).orElseThrow();
    assertThat(failed.reason()).isEqualTo("used up");
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.attempts()).isEqualTo(1);
    assertThat(failed.lastAttempt()).isEqualTo(NOON);
    assertThat(failed.eventId()).isEqualTo("evt_b_200");
    Found twice = search.find("shop", 1).orElseThrow();
    assertThat(twice.attempts()).isEqualTo(3);
    assertThat(twice.redelivery()).isEqualTo(1);
    assertThat(twice.reason()).isNull();
    assertThat(search.find("shop", 3).orElseThrow().next()).isEqualTo(NOON);
    assertThat(search.find("shop", 5)).isEmpty();
    assertThat(search.find("nobody", 1)).isEmpty();
  }

  @Test
  @Tag("feature-39")
  void aPageOfWhatIsPendingLooksAtSoManyEventsOnly() throws InterruptedException {
    String[] ids = new String[5_500];
    Arrays.setAll(ids, n -> "p" + n);
    publish(journal, 70_000, ids);
    Set<String> wanted = Set.of("e", "p0", "p5499");
    Page first = pending(null, wanted, 2);
    assertThat(words(first)).containsExactly("shop p5499 pending");
    Page second = pending(first.next(), wanted, 2);
    assertThat(words(second)).containsExactly("shop p0 pending", "shop e pending");
    assertThat(second.next()).isNull();
    Page one = pending(first.next(), wanted, 1);
    assertThat(words(one)).containsExactly("shop p0 pending");
    assertThat(words(pending(one.next(), wanted, 1))).containsExactly("shop e pending");
  }

  private Page pending(@Nullable String before, Set<String> wanted, int limit) {
    return search.pending(
        new Query("shop", DeliveryFilter.ALL, State.ALL, limit, before),
        event -> wanted.contains(event.entityId()));
  }
}
