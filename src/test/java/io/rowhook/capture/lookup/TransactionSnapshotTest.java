package io.rowhook.capture.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TransactionSnapshotTest {

  private static final long EPOCH = 1L << 32;

  @Test
  void itShowsWhatWasOverWhenItWasTaken() {
    TransactionSnapshot snapshot = TransactionSnapshot.parse("10:20:10,14,15");
    assertThat(snapshot).isEqualTo(new TransactionSnapshot(10, 20, Set.of(10L, 14L, 15L)));
    assertThat(snapshot.shows(9)).isTrue();
    assertThat(snapshot.shows(10)).isFalse();
    assertThat(snapshot.shows(11)).isTrue();
    assertThat(snapshot.shows(15)).isFalse();
    assertThat(snapshot.shows(19)).isTrue();
    assertThat(snapshot.shows(20)).isFalse();
    assertThat(TransactionSnapshot.parse("20:20:").shows(19)).isTrue();
  }

  /** The log has the lower 32 bits only. */
  @Test
  void idsOfTheLogAreOfTheEpochNearestToTheSnapshot() {
    long base = 7 * EPOCH;
    TransactionSnapshot snapshot =
        TransactionSnapshot.parse("%d:%d:%d".formatted(base + 10, base + 20, base + 10));
    assertThat(snapshot.widen(15)).isEqualTo(base + 15);
    assertThat(snapshot.shows(9)).isTrue();
    assertThat(snapshot.shows(10)).isFalse();
    assertThat(snapshot.shows(20)).isFalse();
    // from before the counter has come round
    assertThat(snapshot.widen(EPOCH - 5)).isEqualTo(base - 5);
    assertThat(snapshot.shows(EPOCH - 5)).isTrue();
  }

  /** The snapshot is from before the counter has come round, the transaction from after. */
  @Test
  void anIdMayBeOfTheNextEpoch() {
    long base = 3 * EPOCH - 4;
    TransactionSnapshot snapshot = TransactionSnapshot.parse("%d:%d:".formatted(base, base));
    assertThat(snapshot.widen(3)).isEqualTo(3 * EPOCH + 3);
    assertThat(snapshot.shows(3)).isFalse();
    assertThat(snapshot.shows(EPOCH - 5)).isTrue();
    assertThat(snapshot.shows(EPOCH - 4)).isFalse();
  }

  @Test
  void inTheFirstEpochNothingIsBeforeTheBeginning() {
    TransactionSnapshot snapshot = TransactionSnapshot.parse("750:760:");
    assertThat(snapshot.widen(3)).isEqualTo(3);
    assertThat(snapshot.shows(3)).isTrue();
    assertThat(snapshot.shows(759)).isTrue();
    assertThat(snapshot.shows(760)).isFalse();
  }

  @Test
  void whatIsNoSnapshotIsRefused() {
    assertThatThrownBy(() -> TransactionSnapshot.parse("10:20"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
