package io.rowhook.journal;

import static io.rowhook.journal.Samples.EPOCH;
import static io.rowhook.journal.Samples.NOON;
import static io.rowhook.journal.Samples.event;
import static io.rowhook.journal.Samples.lsn;
import static io.rowhook.journal.Samples.publish;
import static io.rowhook.journal.Samples.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.TableId;
import io.rowhook.testing.SpilledInMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Epoch, watermark and notes in every journal: what is known after a restart, and dropped the
 * second time.
 */
@ParameterizedClass
@MethodSource("io.rowhook.journal.JournalKind#all")
class CheckpointContractTest {

  private final JournalKind kind;
  @TempDir Path directory;
  Journal journal;

  CheckpointContractTest(JournalKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void open() {
    journal = kind.open(directory);
    journal.begin(EPOCH, lsn(100), Map.of());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void reopen() {
    journal.close();
    journal = kind.open(directory);
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

    assertThat(JournalKind.ids(journal)).containsExactly("1", "2");
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
    assertThat(JournalKind.ids(journal)).containsExactly("1");
  }

  @Test
  void allOfItOutlivesTheProcess() throws InterruptedException {
    DeliveryStore store = journal.deliveries("shop");
    publish(journal, 200, "1", "2");
    store.advance(1);
    journal.keepAttributeSet("abc", "shop/order.jslt", "{}");
    reopen();

    assertThat(JournalKind.ids(journal)).containsExactly("1", "2");
    assertThat(journal.epoch()).contains(EPOCH);
    assertThat(journal.watermark()).isEqualTo(lsn(200));
    assertThat(journal.deliveries("shop").cursor()).isEqualTo(1);
    assertThat(journal.attributeSet("abc")).contains("{}");
    publish(journal, 300, "3");
    assertThat(JournalKind.ids(journal)).containsExactly("1", "2", "3");
  }

  @Test
  void nothingIsPublishedBeforeAnEpoch(@TempDir Path other) {
    try (Journal fresh = kind.open(other)) {
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
}
