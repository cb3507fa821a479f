package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.journal.Acknowledgement.Digest;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is sent in place of earlier events is known in every journal: what it stands for, and
 * whether a recipient has its entity.
 */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class SkippingContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;
  DeliveryStore store;
  List<JournalEntry> entries;

  SkippingContractTest(JournalKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() throws InterruptedException {
    journal = kind.open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
    publish(journal, 200, "before");
    store = journal.deliveries("shop");
    entries = new ArrayList<>(publish(journal, 300, "a", "b"));
    entries.addAll(publish(journal, 400, "a", "c"));
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() throws InterruptedException {
    store.flush();
    journal.close();
    journal = kind.open(directory);
    store = journal.deliveries("shop");
  }

  private long sequence(int index) {
    return entries.get(index).sequence();
  }

  /** By what it was sent, and where that was nothing, by whether the journal has its beginning. */
  @Test
  void whetherARecipientHasAnEntity() throws InterruptedException {
    Event like = Samples.event("new", 500);
    Event created =
        new Event(
            like.id(),
            like.entityType(),
            like.entityId(),
            EventType.Created,
            like.committedAt(),
            like.position(),
            like.json());
    journal.publish(Samples.transaction(500), List.of(created), List.of());
    journal.commit();
    for (int end = 600; end < 1000; end += 100) {
      entries.addAll(publish(journal, end, "new", "a"));
    }
    assertThat(store.mayHave(entries.get(0))).as("nothing before it").isTrue();
    assertThat(store.mayHave(entries.get(5))).as("the beginning is not known").isTrue();
    assertThat(store.mayHave(entries.get(4))).as("created, never sent").isFalse();
    assertThat(store.mayHave(entries.get(6))).as("nor anything since").isFalse();
    Samples.attempted(store, entries.get(4), attempt(1, NOON, "set"), new Delivered(), 0, 0);
    store.flush();
    assertThat(store.mayHave(entries.get(6))).as("sent").isTrue();
    assertThat(store.mayHave(entries.get(4))).as("not before that").isFalse();
    CoalescedEvent deleted = new CoalescedEvent(EventType.Deleted, "{}".getBytes(UTF_8));
    store.skip(List.of(sequence(6)), entries.get(8), deleted);
    Samples.attempted(store, entries.get(8), attempt(1, NOON, "set"), new Delivered(), 0, 0);
    store.flush();
    assertThat(store.mayHave(entries.get(10))).as("sent that it is gone").isFalse();
  }

  @Test
  void whatIsSkippedIsNotedAndWhatIsSentInsteadStays() throws InterruptedException {
    entries.addAll(publish(journal, 500, "a"));
    entries.addAll(publish(journal, 600, "a"));
    Samples.put(store, entries.get(2), new Blocked());
    store.flush();
    JournalEntry first = entries.get(0);
    assertThat(store.later(first, 10, 1000))
        .extracting(superseding -> superseding.entry().sequence(), SupersedingEvent::onDisk)
        .containsExactly(
            tuple(sequence(2), true), tuple(sequence(4), false), tuple(sequence(5), false));
    assertThat(store.later(first, 2, 1000)).hasSize(2);
    assertThat(store.later(first, 10, 1)).hasSize(1);

    CoalescedEvent coalesced =
        new CoalescedEvent(EventType.Created, "{\"merged\":1}".getBytes(UTF_8));
    store.skip(List.of(sequence(0), sequence(2)), entries.get(4), coalesced);
    reopen();
    assertThat(store.decided(0, Long.MAX_VALUE))
        .containsExactlyInAnyOrder(sequence(0), sequence(2));
    assertThat(store.decided(sequence(0), sequence(1))).isEmpty();
    assertThat(store.lastKnown()).isEqualTo(sequence(4));
    assertThat(store.open()).isZero();
    assertThat(store.later(first, 10, 1000)).isEmpty(); // skipped is decided
    assertThat(store.later(entries.get(2), 10, 1000))
        .extracting(superseding -> new String(superseding.event().json(), UTF_8))
        .startsWith("{\"merged\":1}")
        .hasSize(2);
    assertThat(store.coalesced(sequence(4)))
        .hasValueSatisfying(found -> {
          assertThat(found.type()).isEqualTo(EventType.Created);
          assertThat(found.json()).isEqualTo(coalesced.json());
        });

    Samples.attempted(store, entries.get(4), attempt(1, NOON, "set"), Samples.waiting(10), 0, 0);
    reopen();
    assertThat(store.later(entries.get(2), 10, 1000)).isEmpty(); // attempted is, too
    assertThat(store.oldestOpen())
        .hasValueSatisfying(delivery ->
            assertThat(delivery.coalesced())
                .extracting(CoalescedEvent::json)
                .isEqualTo(coalesced.json()));
    assertThat(store.isOpen(sequence(4), 0)).isTrue();
    assertThat(store.isOpen(sequence(4), 1)).isFalse();
    Samples.attempted(store, entries.get(4), attempt(2, NOON, "set"), new Failed("why"), 0, 0);
    store.flush();
    assertThat(store.isOpen(sequence(4), 0)).isFalse();
  }

  /** Whoever has redelivered it meanwhile gets it. */
  @Test
  void whatAPersonHasDecidedOnIsNotSkipped() throws InterruptedException {
    Samples.attempted(store, entries.get(0), attempt(1, NOON, "set"), Samples.waiting(10), 1, 0);
    store.skip(List.of(sequence(0)), entries.get(2), null);
    store.flush();
    assertThat(store.isOpen(sequence(0), 1)).isTrue();
    assertThat(store.coalesced(sequence(2))).isEmpty();
  }

  /** It stays known over a start, and no longer than it is certain. */
  @Test
  void whatARecipientHasOfAnEntity() throws InterruptedException {
    String a = entries.get(0).event().entityKey();
    Digest digest = Digest.of(new byte[] {1, 0, -1});
    store.recordAttempt(delivered(0), attempt(1, NOON, "set"), digest);
    reopen();
    assertThat(store.acknowledged(a)).contains(new Acknowledgement(sequence(0), digest));
    assertThat(store.acknowledged(entries.get(1).event().entityKey())).isEmpty();

    store.unchanged(delivered(2), sequence(0));
    reopen();
    assertThat(store.decided(0, sequence(3))).contains(sequence(0), sequence(2));
    assertThat(store.acknowledged(a)).contains(new Acknowledgement(sequence(0), digest));

    store.recordAttempt(delivered(2), attempt(1, NOON, "set"), null);
    reopen();
    assertThat(store.acknowledged(a)).isEmpty();
  }

  private Delivery delivered(int index) {
    return new Delivery(entries.get(index), new Delivered(), "set", 0, null, 0, 0, null);
  }
}
