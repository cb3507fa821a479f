package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.change;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.TableId;
import io.rowhook.entity.Event;
import io.rowhook.testing.SpilledInMemory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every journal does, whatever keeps it. */
@ParameterizedClass
@MethodSource("journals")
class JournalContractTest {

  /** A kind of journal. */
  record Kind(String name, Opener opener) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Opens a journal, or opens it again. */
  interface Opener {
    Journal open(Path directory);
  }

  static Stream<Kind> journals() {
    return Stream.of(
        new Kind("SQLite", directory -> SqliteJournal.open(directory.resolve("journal.db"))));
  }

  private final Kind kind;
  @TempDir Path directory;
  Journal journal;

  JournalContractTest(Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    journal = kind.opener().open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() {
    journal.close();
    journal = kind.opener().open(directory);
  }

  private static List<String> ids(List<JournalEntry> entries) {
    return entries.stream().map(entry -> entry.event().entityId()).toList();
  }

  private List<String> all() {
    return ids(journal.read(0, Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void committedEventsAreReadInOrderAndWhole() throws InterruptedException {
    publish(journal, 200, "1", "2");
    publish(journal, 300, "3");

    assertThat(all()).containsExactly("1", "2", "3");
    JournalEntry second = journal.read(0, 3, 1_000_000).get(1);
    assertThat(second.event()).usingRecursiveComparison().isEqualTo(event("2", 200));
    assertThat(journal.head()).isEqualTo(journal.read(0, 3, 1_000_000).get(2).sequence());
    assertThat(journal.watermark()).isEqualTo(lsn(300));
    assertThat(journal.read(journal.head(), 10, 1_000)).isEmpty();
  }

  @Test
  void whatIsPublishedIsSeenOnlyAfterTheCommit() throws InterruptedException {
    List<List<String>> seen = new CopyOnWriteArrayList<>();
    journal.onPublished(() -> seen.add(all()));
    journal.publish(transaction(200), List.of(event("1", 200)), List.of());
    journal.publish(transaction(300), List.of(event("2", 300)), List.of());
    assertThat(all()).isEmpty();
    assertThat(journal.head()).isZero();
    assertThat(journal.watermark()).isEqualTo(lsn(100));

    journal.commit();

    assertThat(seen).containsExactly(List.of("1", "2"));
  }

  @Test
  void whoNoLongerListensIsCalledNoMore() throws InterruptedException {
    List<Long> heads = new CopyOnWriteArrayList<>();
    Runnable listener = () -> heads.add(journal.head());
    journal.onPublished(listener);
    publish(journal, 200, "a");
    journal.noLongerOnPublished(listener);
    publish(journal, 300, "b");
    assertThat(heads).hasSize(1);
  }

  @Test
  void aFailingListenerHurtsNobody() throws InterruptedException {
    List<Long> heads = new CopyOnWriteArrayList<>();
    journal.onPublished(() -> {
      throw new IllegalStateException("a fault planted by the test");
    });
    journal.onPublished(() -> heads.add(journal.head()));

    publish(journal, 200, "1");
    publish(journal, 300, "2");

    assertThat(heads).hasSize(2);
  }

  @Test
  void discardForgetsWhatWasPublishedAndWhatWasStaged() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("1", 200)), List.of());
    journal.stage(List.of(change("2", 1)), Samples::merge);
    journal.discard();
    journal.commit();
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));

    assertThat(all()).isEmpty();
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  @Test
  void aTransactionWithoutEventsMovesTheWatermark() throws InterruptedException {
    journal.publish(transaction(200), List.of(), List.of(Samples.rejected()));
    journal.commit();

    assertThat(journal.watermark()).isEqualTo(lsn(200));
    reopen();
    assertThat(journal.watermark()).isEqualTo(lsn(200));
  }

  @Test
  void aTransactionAtOrBelowTheWatermarkIsDropped() throws InterruptedException {
    publish(journal, 200, "1");
    publish(journal, 300, "2");

    publish(journal, 200, "1");
    publish(journal, 300, "2");
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));

    assertThat(all()).containsExactly("1", "2");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  @Test
  void positionsAreUnsigned() throws InterruptedException {
    Position high = Position.parse("FFFFFFFF/00000001");
    journal.begin(new Epoch("epoch-2", "{}", NOON), Position.parse("7FFFFFFF/FFFFFFFF"), Map.of());
    publish(journal, high.stored(), "1");
    reopen();

    assertThat(journal.watermark()).isEqualTo(high);
    assertThat(journal.read(0, 1, 1_000).getFirst().event().position()).isEqualTo(high);
    assertThat(all()).containsExactly("1");
  }

  @Test
  void allOfItOutlivesTheProcess() throws InterruptedException {
    DeliveryStore store = journal.deliveries("shop");
    publish(journal, 200, "1", "2");
    store.advance(1);
    journal.keepAttributeSet("abc", "shop/order.jslt", "{}");
    reopen();

    assertThat(all()).containsExactly("1", "2");
    assertThat(journal.epoch()).contains(EPOCH);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.deliveries("shop").cursor()).isEqualTo(1);
    assertThat(journal.attributeSet("abc")).contains("{}");
    publish(journal, 300, "3");
    assertThat(all()).containsExactly("1", "2", "3");
  }

  @Test
  void aReadIsBoundedByCountAndBytesButGivesAtLeastOne() throws InterruptedException {
    String json = "{\"text\":\"" + "x".repeat(1_000) + "\"}";
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      events.add(event("" + i, 200, json));
    }
    journal.publish(transaction(200), events, List.of());
    journal.commit();

    for (String from : List.of("memory", "disk")) {
      assertThat(ids(journal.read(0, 3, 1_000_000))).as(from).containsExactly("0", "1", "2");
      assertThat(ids(journal.read(1, 100, 2_500))).as(from).containsExactly("1", "2");
      assertThat(ids(journal.read(2, 100, 1))).as(from).containsExactly("2");
      // an empty page would say that there are no more
      assertThatIllegalArgumentException().as(from).isThrownBy(() -> journal.read(0, 0, 1_000));
      reopen();
    }
  }

  @Test
  void anEventIsFoundByItsId() throws InterruptedException {
    String hashed = "evt_0123456789abcdef0123456789abcdef";
    Event event =
        new Event(
            hashed,
            "Order",
            "{\"a\":1}",
            io.rowhook.entity.EventType.Deleted,
            NOON,
            lsn(200),
            "{}".getBytes(StandardCharsets.UTF_8));
    journal.publish(transaction(200), List.of(event), List.of());
    journal.commit();

    assertThat(journal.find(hashed).orElseThrow().event())
        .usingRecursiveComparison()
        .isEqualTo(event);
    assertThat(journal.find("evt_none")).isEmpty();
  }

  @Test
  void twoEventsOfOneIdAreRefusedAndNothingOfTheCommitIsSeen() throws InterruptedException {
    publish(journal, 200, "1");
    journal.publish(transaction(300), List.of(event("2", 300), event("1", 200)), List.of());

    assertThatThrownBy(journal::commit)
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("event.id");
    reopen();
    assertThat(all()).containsExactly("1");
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    publish(journal, 300, "3");
    assertThat(all()).containsExactly("1", "3");
  }

  @Test
  void nothingIsPublishedBeforeAnEpoch(@TempDir Path other) {
    try (Journal fresh = kind.opener().open(other)) {
      assertThat(fresh.epoch()).isEmpty();
      assertThat(fresh.watermark()).isEqualTo(Position.START);
      fresh.publish(transaction(200), List.of(), List.of());
      assertThatThrownBy(fresh::commit)
          .isInstanceOf(JournalException.class)
          .hasMessageEndingWith("events were published before an epoch was begun");
    }
  }

  @Test
  void aNewEpochStartsItsOwnWatermarkAndTheSequenceGoesOn() throws InterruptedException {
    publish(journal, 5_000, "1");
    long before = journal.head();
    Epoch second = new Epoch("epoch-2", "{}", NOON);
    journal.begin(second, lsn(50), Map.of());

    assertThat(journal.epoch()).contains(second);
    assertThat(journal.watermark()).isEqualTo(lsn(50));
    assertThat(journal.head()).isEqualTo(before);
    assertThat(publish(journal, 60, "2").getFirst().sequence()).isGreaterThan(before);
    reopen();
    assertThat(journal.epoch()).contains(second);
    assertThat(journal.watermark()).isEqualTo(lsn(60));
  }

  @Test
  void theSameEpochOnlyRecordsItsHistory() throws InterruptedException {
    publish(journal, 200, "1");
    journal.begin(new Epoch("epoch-1", "other", NOON.plusSeconds(9)), lsn(7), Map.of());

    Epoch joined = new Epoch("epoch-1", "other", NOON);
    assertThat(journal.epoch()).contains(joined);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    reopen();
    assertThat(journal.epoch()).contains(joined);
  }

  @Test
  void notesAreKeptUntilTheyAreReplacedOrRemoved() throws InterruptedException {
    MissedRange missed =
        new MissedRange(NOON, new TableId("public", "article"), lsn(1), lsn(2), "why");
    journal.record(Map.of("a", "1", "b", "2"), List.of());
    journal.record(Map.of("b", "3", "c", "4"), List.of(missed));
    journal.begin(EPOCH, lsn(7), Map.of("a", "", "d", "5"));
    for (int run = 0; run < 2; run++) {
      assertThat(journal.note("a")).isEmpty();
      assertThat(journal.note("b")).contains("3");
      assertThat(journal.note("c")).contains("4");
      assertThat(journal.note("d")).contains("5");
      assertThat(journal.missed(9)).containsExactly(missed);
      assertThat(journal.watermark()).isEqualTo(lsn(100));
      reopen();
    }
  }

  @Test
  void stagedChangesAreMergedInOrderOfFirstTouch() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("0", 200)), List.of());
    journal.stage(List.of(change("a", 1), change("b", 1), change("a", 2)), Samples::merge);
    journal.stage(List.of(change("c", 1), change("b", 9)), Samples::merge);
    assertThat(all()).isEmpty();

    SpilledInMemory.publish(
        journal,
        transaction(300),
        c ->
            c.entityId().equals("c")
                ? null
                : event(c.entityId(), 300, Objects.requireNonNull(c.after()).toString()));

    assertThat(all()).containsExactly("0", "a", "b");
    assertThat(
            journal.read(1, 5, 1_000).stream()
                .map(e -> new String(e.event().json(), StandardCharsets.UTF_8)))
        .containsExactly("{\"id\":\"a\",\"stock\":2}", "{\"id\":\"b\",\"stock\":9}");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
    SpilledInMemory.publish(journal, transaction(400), c -> event(c.entityId(), 400));
    assertThat(all()).as("it is empty again").containsExactly("0", "a", "b");
  }

  @Test
  void whatCannotBeMadeAnEventLeavesNothingHalfPublished() throws InterruptedException {
    journal.stage(List.of(change("a", 1), change("b", 1)), Samples::merge);
    assertThatThrownBy(() ->
            SpilledInMemory.publish(
                journal,
                transaction(300),
                c -> {
                  if (c.entityId().equals("b")) {
                    throw new IllegalStateException("a fault planted by the test");
                  }
                  return event(c.entityId(), 300);
                }))
        .isInstanceOf(IllegalStateException.class);

    reopen();
    assertThat(all()).isEmpty();
    assertThat(journal.watermark()).isEqualTo(lsn(100));
  }

  @Test
  void whatIsAppendedIsSeenByNobodyBeforeItIsPublished() throws InterruptedException {
    journal.publish(transaction(200), List.of(event("0", 200)), List.of());
    journal.stage(List.of(change("a", 1), change("b", 1)), Samples::merge);
    journal.append(transaction(300), List.of(event("a", 300)));
    journal.append(transaction(300), List.of(event("b", 300)));
    journal.deliveries("another"); // what was queued before is written by then

    assertThat(all()).containsExactly("0");
    assertThat(journal.head()).isEqualTo(1);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.find(event("a", 300).id())).isEmpty();
    assertThat(journal.lastBefore(java.time.Instant.MAX.minusSeconds(1))).isEqualTo(1);

    journal.publishStaged(transaction(300), List.of());
    assertThat(all()).containsExactly("0", "a", "b");
    assertThat(journal.watermark()).isEqualTo(lsn(300));
  }

  /** Else capture would read the transaction again for ever. */
  @Test
  void twoEventsOfOneIdAreOneAndTheJournalGoesOn() throws InterruptedException {
    Event event = event("a", 200);
    journal.publish(transaction(200), List.of(event, event("b", 200), event), List.of());
    journal.commit();

    assertThat(all()).containsExactly("a", "b");
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    publish(journal, 300, "c");
    assertThat(all()).containsExactly("a", "b", "c");
  }

  @Test
  void whatWasAppendedAndNeverPublishedIsGone() throws InterruptedException {
    journal.stage(List.of(change("a", 1)), Samples::merge);
    journal.append(transaction(300), List.of(event("a", 300), event("b", 300)));
    journal.discard();
    publish(journal, 300, "a");
    journal.stage(List.of(change("c", 1)), Samples::merge);
    journal.append(transaction(400), List.of(event("c", 400), event("d", 400)));
    reopen();

    assertThat(all()).containsExactly("a");
    publish(journal, 400, "c", "e");
    assertThat(all()).containsExactly("a", "c", "e");
    assertThat(journal.head()).isEqualTo(3);
  }

  @Test
  void whatWasStagedDoesNotOutliveTheProcess() throws InterruptedException {
    journal.stage(List.of(change("a", 1)), Samples::merge);
    reopen();
    SpilledInMemory.publish(journal, transaction(300), c -> event(c.entityId(), 300));

    assertThat(all()).isEmpty();
  }

  @Test
  void aReaderThatFollowsTheHeadMissesNothing() throws InterruptedException {
    List<Long> followed = new ArrayList<>();
    Semaphore published = new Semaphore(0);
    journal.onPublished(published::release);
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              long after = 0;
              while (true) {
                for (JournalEntry entry : journal.read(after, 700, 1 << 20)) {
                  after = entry.sequence();
                  followed.add(after);
                }
                if (followed.size() >= 20_000) {
                  return;
                }
                published.acquireUninterruptibly();
              }
            });
    for (int commit = 0; commit < 200; commit++) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        events.add(event(commit + "-" + i, 1_000 + commit));
      }
      journal.publish(transaction(1_000 + commit), events, List.of());
      journal.commit();
    }

    assertThat(reader.join(Duration.ofSeconds(20)))
        .as("read %d, head %d", followed.size(), journal.head())
        .isTrue();
    assertThat(followed).hasSize(20_000).isSorted().doesNotHaveDuplicates();
  }
}
