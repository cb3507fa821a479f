package io.rowhook.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TailTest {

  private static List<Entry> entries(long from, long through, int bytes) {
    List<Entry> entries = new ArrayList<>();
    for (long sequence = from; sequence <= through; sequence++) {
      entries.add(new Entry(sequence, Samples.event("" + sequence, 1, "x".repeat(bytes))));
    }
    return entries;
  }

  private static List<Long> read(Tail tail, long after) {
    return tail.read(after, 3, Long.MAX_VALUE).orElseThrow().stream().map(Entry::sequence).toList();
  }

  @Test
  void itServesOnlyWhatItHasWithoutAGap() {
    Tail tail = new Tail(10);
    tail.add(entries(11, 15, 9), true, 15);
    tail.add(entries(16, 16, 9), true, 16);

    assertThat(read(tail, 10)).containsExactly(11L, 12L, 13L);
    assertThat(read(tail, 14)).containsExactly(15L, 16L);
    assertThat(read(tail, 16)).isEmpty();
    assertThat(tail.read(9, 3, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void itForgetsTheOldestBeyondItsCount() {
    Tail tail = new Tail(0);
    tail.add(entries(1, Tail.MAX_ENTRIES + 5, 0), true, Tail.MAX_ENTRIES + 5);

    assertThat(tail.read(4, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(tail, 5)).containsExactly(6L, 7L, 8L);
  }

  @Test
  void itForgetsTheOldestBeyondItsBytes() {
    Tail tail = new Tail(0);
    tail.add(entries(1, 20, (int) Tail.MAX_BYTES / 8), true, 20);

    assertThat(tail.read(12, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(tail, 13)).containsExactly(14L, 15L, 16L);
  }

  @Test
  void aCommitThatIsTooLargeForItStartsItAnew() {
    Tail tail = new Tail(0);
    tail.add(entries(1, 5, 9), true, 5);
    tail.add(entries(1_000, 1_001, 9), false, 1_001);

    assertThat(tail.read(998, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(tail, 999)).containsExactly(1_000L, 1_001L);
  }

  @Test
  void whatRetentionRemovedIsNotServed() {
    Tail tail = new Tail(0);
    tail.add(entries(1, 5, 9), true, 5);
    tail.removeThrough(3);

    assertThat(tail.read(2, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(tail, 3)).containsExactly(4L, 5L);
  }
}
