package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.attempt;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.entity.EventType;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Retrying;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every journal finds of deliveries that are blocked behind what their events name. */
@Tag("feature-73")
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class BlockedBehindContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;
  DeliveryStore store;
  List<JournalEntry> entries;

  BlockedBehindContractTest(JournalKind kind) {
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

  private long sequence(int index) {
    return entries.get(index).sequence();
  }

  @Test
  void whatIsBlockedBehindAnotherEntityIsFoundByIt() throws InterruptedException {
    String a = entries.get(0).event().entityKey();
    String b = entries.get(1).event().entityKey();
    assertThat(store.holdsFrom(a)).isEmpty();
    Samples.attempted(store, entries.get(0), attempt(1, NOON, null), new Retrying(NOON), 0, 0);
    Samples.put(store, entries.get(1), new Blocked(a));
    Samples.put(store, entries.get(3), new Blocked(Blocked.ALL));
    store.flush();
    assertThat(store.holdsFrom(a)).hasValue(sequence(0));
    assertThat(store.openEntities(9))
        .containsExactlyInAnyOrder(a, b, entries.get(3).event().entityKey());
    assertThat(store.openEntities(2)).hasSize(2);
    List<Delivery> behind = store.waitingBehind(a, 0, 9);
    assertThat(Samples.sequences(behind)).containsExactly(sequence(1));
    assertThat(behind.getFirst().state()).isEqualTo(new Blocked(a));
    assertThat(store.waitingBehind(a, sequence(1), 9)).isEmpty();
    assertThat(store.waitingBehind(a, 0, 0)).isEmpty();
    assertThat(Samples.sequences(store.waitingBehind(Blocked.ALL, 0, 9)))
        .containsExactly(sequence(3));
    assertThat(store.waitingBehindNone(9)).isEmpty();

    Samples.attempted(store, entries.get(0), attempt(2, NOON, null), new Failed("so"), 0, 0);
    store.flush();
    assertThat(store.holdsFrom(a)).isEmpty();
    assertThat(Samples.sequences(store.waitingBehindNone(9))).containsExactly(sequence(1));

    Samples.put(store, entries.get(1), new Blocked());
    store.flush();
    assertThat(store.waitingBehind(a, 0, 9)).isEmpty();
    assertThat(store.oldestOpen(b).orElseThrow().state()).isEqualTo(new Blocked());
  }

  @Test
  void whatStandsForEarlierOnesHoldsAllThatNamesIt() throws InterruptedException {
    String a = entries.get(0).event().entityKey();
    store.skip(
        List.of(sequence(0)),
        entries.get(2),
        new CoalescedEvent(EventType.Updated, "{}".getBytes(StandardCharsets.UTF_8)));
    Samples.attempted(store, entries.get(2), attempt(1, NOON, null), new Retrying(NOON), 0, 0);
    Samples.put(store, entries.get(1), new Blocked(a));
    store.flush();
    assertThat(store.holdsFrom(a)).hasValue(0);
    assertThat(store.waitingBehindNone(9)).isEmpty();
  }
}
