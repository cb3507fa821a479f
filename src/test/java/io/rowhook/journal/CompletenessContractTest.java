package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.MissedRange;
import io.rowhook.capture.RejectedRow;
import io.rowhook.capture.TableId;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.sqlite.TimeColumns;
import io.rowhook.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Up to when a recipient has everything, in every journal: what moves it and what holds it back.
 */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
@Tag("feature-71")
class CompletenessContractTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final JournalKind kind;
  @TempDir Path directory;
  private SqliteJournal journal;
  private DeliveryStore store;

  CompletenessContractTest(JournalKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    journal = (SqliteJournal) kind.open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
    store = journal.deliveries("shop");
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void itIsTheLastInstantOfWhichAllIsSettled() throws Exception {
    assertThat(journal.completeTo("nobody")).isEmpty();
    assertThat(journal.completeTo("shop")).isEmpty();
    complete(100);
    awaitMark(100);
    long first = publish(journal, 200, "a").getFirst().sequence();
    complete(200);
    stillComplete(300); // nor here, until something is
    long second = publish(journal, 400, "b").getFirst().sequence();
    complete(400);
    assertMark(100);
    settle(first);
    awaitMark(300);
    settle(second);
    awaitMark(400);
    journal.complete(
        NOON.plusMillis(
            500)); // nothing was published: not written, where the journal is a file alone
    awaitMark(500);
  }

  @Test
  void itIsKnownAfterARestart() throws Exception {
    publish(journal, 200, "a");
    complete(200);
    long last = publish(journal, 300, "b").getFirst().sequence();
    complete(300);
    settle(last - 1);
    awaitMark(200);
    journal.close();
    journal = (SqliteJournal) kind.open(directory);
    store = journal.deliveries("shop");
    awaitMark(200);
    settle(last);
    awaitMark(300);
  }

  @Test
  void aFailedOneHoldsItUntilItIsDeliveredOrLetGo() throws Exception {
    List<JournalEntry> entries = publish(journal, 200, "a");
    complete(100); // it is of the head as it is
    List<JournalEntry> later = publish(journal, 300, "b");
    complete(300);
    Samples.attempted(
        store, entries.getFirst(), attempt(1, NOON, "set"), new Failed("answered 503"), 0, 0);
    settle(later.getFirst().sequence());
    Thread.sleep(500);
    assertThat(journal.completeTo("shop")).isEmpty();
    Samples.attempted(store, entries.getFirst(), attempt(2, NOON, "set"), new Delivered(), 0, 0);
    awaitMark(300);
  }

  @Test
  void whatWasSkippedForANewerOneWaitsForThat() throws Exception {
    List<JournalEntry> entries = publish(journal, 200, "a");
    complete(200);
    entries.addAll(publish(journal, 300, "b"));
    complete(300);
    entries.addAll(publish(journal, 400, "a"));
    complete(400);
    store.skip(List.of(entries.get(0).sequence()), entries.get(2), null);
    settle(entries.get(1).sequence());
    Thread.sleep(500);
    assertThat(journal.completeTo("shop")).isEmpty();
    settle(entries.get(2).sequence());
    awaitMark(400);
  }

  @Test
  void whatTheLimitLetGoHoldsItUntilAPersonAccepts() throws Exception {
    complete(100);
    awaitMark(100);
    List<JournalEntry> entries = publish(journal, 200, "a");
    complete(200);
    Samples.put(store, entries.getFirst(), new Failed(Failed.BACKLOG_LIMIT + ": too much"));
    settle(entries.getFirst().sequence());
    List<JournalEntry> later = publish(journal, 300, "b");
    complete(300);
    settle(later.getFirst().sequence());
    journal
        .deliveryAdmin()
        .discard("shop", DeliveryFilter.ALL, EnumSet.of(JournalQueries.Exceptions.FAILED), true);
    Thread.sleep(500);
    assertMark(100); // its event may be removed by retention, and the delivery with it
    assertThat(journal.completeness().of("shop").orElseThrow().lacksFrom())
        .contains(entries.getFirst().sequence());
    assertThat(journal.completeness().accept("shop")).isTrue();
    assertThat(journal.completeness().accept("shop")).isFalse();
    awaitMark(300);
  }

  @Test
  void aRowThatMakesNoEventHoldsItForAll() throws Exception {
    complete(100);
    awaitMark(100);
    journal.publish(
        Samples.transaction(200),
        List.of(),
        List.of(new RejectedRow(TableId.parse("public.article"), "INSERT", "{}", "too odd")));
    journal.commit();
    heldUntilAccepted("public.article (INSERT)");
  }

  @Test
  void aRangeThatMayBeMissingHoldsItForAll() throws Exception {
    complete(100);
    awaitMark(100);
    journal.record(
        Map.of(),
        List.of(
            new MissedRange(
                NOON, TableId.parse("public.article"), lsn(100), lsn(200), "it was suspended")));
    heldUntilAccepted("it was suspended");
  }

  private void heldUntilAccepted(String why) throws Exception {
    complete(200);
    complete(300);
    Thread.sleep(500);
    assertMark(100);
    assertThat(journal.completeness().missing().orElseThrow()).contains(why);
    assertThat(journal.completeness().accept()).isTrue();
    assertThat(journal.completeness().accept()).isFalse();
    assertThat(journal.completeness().missing()).isEmpty();
    complete(400);
    awaitMark(400);
  }

  /** Old ones are one for each minute; which of them a recipient has got to is not forgotten. */
  @Test
  void oldOnesAreThinnedOut() throws Exception {
    for (int i = 0; i < 30; i++) { // ten seconds each
      publish(journal, 10_000L * (i + 1), "a");
      complete(10_000L * (i + 1));
    }
    journal.completeness().thin(NOON.plus(Duration.ofMinutes(2)));
    assertThat(points()).isEqualTo(30);
    journal.completeness().thin(NOON.plus(Duration.ofHours(1)));
    assertThat(points()).isBetween(5L, 7L);
    journal.completeness().thin(NOON.plus(Duration.ofDays(3)));
    assertThat(points()).isBetween(1L, 2L);
  }

  private long points() throws InterruptedException {
    return journal.write(sql -> sql.number("SELECT count(*) FROM completeness"));
  }

  /** Where nothing was published since. */
  private void stillComplete(long millis) throws InterruptedException {
    if (journal.sharing().isShared()) {
      complete(millis);
    } else {
      journal.complete(NOON.plusMillis(millis));
    }
  }

  private void complete(long millis) throws InterruptedException {
    Instant at = NOON.plusMillis(millis);
    journal.complete(at);
    Eventually.within(
        LIMIT,
        "it is noted, or refused",
        () ->
            journal.completeness().missing().isPresent()
                || journal.write(sql ->
                    sql.number(
                            "SELECT count(*) FROM completeness WHERE committed_to = ?",
                            TimeColumns.micros(at))
                        > 0));
  }

  private void settle(long sequence) throws InterruptedException {
    store.advance(sequence);
    store.flush();
  }

  private void assertMark(long millis) {
    assertThat(journal.completeTo("shop")).isEqualTo(Optional.of(NOON.plusMillis(millis)));
  }

  private void awaitMark(long millis) {
    Eventually.passes(LIMIT, "complete to " + millis, () -> assertMark(millis));
  }
}
