package io.rowhook.journal.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentEventCacheTest {

  private static List<JournalEntry> entries(long from, long through, int bytes) {
    List<JournalEntry> entries = new ArrayList<>();
    for (long sequence = from; sequence <= through; sequence++) {
      entries.add(new JournalEntry(sequence, Samples.event("" + sequence, 1, "x".repeat(bytes))));
    }
    return entries;
  }

  private static List<Long> read(RecentEventCache recentEvents, long after) {
    return recentEvents.read(after, 3, Long.MAX_VALUE).orElseThrow().stream()
        .map(JournalEntry::sequence)
        .toList();
  }

  @Test
  void itServesOnlyWhatItHasWithoutAGap() {
    RecentEventCache recentEvents = new RecentEventCache(10);
    recentEvents.add(entries(11, 15, 9), true, 15);
    recentEvents.add(entries(16, 16, 9), true, 16);

    assertThat(read(recentEvents, 10)).containsExactly(11L, 12L, 13L);
    assertThat(read(recentEvents, 14)).containsExactly(15L, 16L);
    assertThat(read(recentEvents, 16)).isEmpty();
    assertThat(recentEvents.read(9, 3, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void itForgetsTheOldestBeyondItsCount() {
    RecentEventCache recentEvents = new RecentEventCache(0);
    recentEvents.add(
        entries(1, RecentEventCache.MAX_ENTRIES + 5, 0), true, RecentEventCache.MAX_ENTRIES + 5);

    assertThat(recentEvents.read(4, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(recentEvents, 5)).containsExactly(6L, 7L, 8L);
  }

  @Test
  void itForgetsTheOldestBeyondItsBytes() {
    RecentEventCache recentEvents = new RecentEventCache(0);
    recentEvents.add(entries(1, 20, (int) RecentEventCache.MAX_BYTES / 8), true, 20);

    assertThat(recentEvents.read(12, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(recentEvents, 13)).containsExactly(14L, 15L, 16L);
  }

  @Test
  void aCommitThatIsTooLargeForItStartsItAnew() {
    RecentEventCache recentEvents = new RecentEventCache(0);
    recentEvents.add(entries(1, 5, 9), true, 5);
    recentEvents.add(entries(1_000, 1_001, 9), false, 1_001);

    assertThat(recentEvents.read(998, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(recentEvents, 999)).containsExactly(1_000L, 1_001L);
  }

  @Test
  void whatRetentionRemovedIsNotServed() {
    RecentEventCache recentEvents = new RecentEventCache(0);
    recentEvents.add(entries(1, 5, 9), true, 5);
    recentEvents.removeThrough(3);

    assertThat(recentEvents.read(2, 3, Long.MAX_VALUE)).isEmpty();
    assertThat(read(recentEvents, 3)).containsExactly(4L, 5L);
  }
}
