package io.rowhook.journal.events;

import io.rowhook.journal.Journal;
import io.rowhook.journal.JournalEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The newest visible events in memory, so that recipients that are up to date never read the disk.
 * The writer's thread adds after each commit; any thread reads.
 *
 * <p>Bounded by bytes and by count. Everything in the journal after {@code floor} is in it.
 */
public final class RecentEventCache {

  static final long MAX_BYTES = 1L << 20;
  static final int MAX_ENTRIES = 1_024;

  /** About what an entry holds on the heap beside its body. */
  private static final int ENTRY_BYTES = 300;

  /** A ring: the oldest stands at {@code start}. */
  private final JournalEntry[] ring = new JournalEntry[MAX_ENTRIES];

  private int start;
  private int size;
  private long bytes;
  private long floor;

  /**
   * @param head the journal's newest sequence when it was opened
   */
  RecentEventCache(long head) {
    floor = head;
  }

  static long weight(JournalEntry entry) {
    return ENTRY_BYTES + entry.event().json().length + 2L * entry.event().entityId().length();
  }

  /**
   * Adds what one commit has made visible.
   *
   * @param newest its newest entries, in order; all of them, or as many as fit in here
   * @param complete whether that is all of them
   * @param head the journal's newest sequence now
   */
  synchronized void add(List<JournalEntry> newest, boolean complete, long head) {
    if (!complete) {
      clear(newest.isEmpty() ? head : newest.getFirst().sequence() - 1);
    }
    for (JournalEntry entry : newest) {
      while (size == MAX_ENTRIES || (size > 0 && bytes + weight(entry) > MAX_BYTES)) {
        dropOldest();
      }
      ring[(start + size) % MAX_ENTRIES] = entry;
      size++;
      bytes += weight(entry);
    }
  }

  /** Retention has removed events up to here from the journal. */
  public synchronized void removeThrough(long sequence) {
    while (size > 0 && at(0).sequence() <= sequence) {
      dropOldest();
    }
  }

  /**
   * Entries after a sequence as {@link Journal#read} gives them; empty if the disk has to be read.
   */
  public synchronized Optional<List<JournalEntry>> read(long after, int limit, long maxBytes) {
    if (after < floor) {
      return Optional.empty();
    }
    List<JournalEntry> found = new ArrayList<>();
    long taken = 0;
    for (int i = firstAfter(after); i < size && found.size() < limit; i++) {
      JournalEntry entry = at(i);
      taken += entry.event().json().length;
      if (taken > maxBytes && !found.isEmpty()) {
        break;
      }
      found.add(entry);
    }
    return Optional.of(found);
  }

  private int firstAfter(long sequence) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).sequence() > sequence) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private JournalEntry at(int index) {
    return ring[(start + index) % MAX_ENTRIES];
  }

  @SuppressWarnings("NullAway") // a free slot must not keep an event alive
  private void dropOldest() {
    JournalEntry oldest = at(0);
    ring[start] = null;
    start = (start + 1) % MAX_ENTRIES;
    size--;
    bytes -= weight(oldest);
    floor = oldest.sequence();
  }

  private void clear(long newFloor) {
    while (size > 0) {
      dropOldest();
    }
    floor = newFloor;
  }
}
