package io.rowhook.webhook;

import io.rowhook.journal.JournalEntry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all recipients' buffers may fill together, whatever their number: deliveries that
 * wait, events that they wait for, attempts in flight. One for the process. Any thread; never
 * waits.
 *
 * <p>Each buffer may hold as much as is free at that moment (the dynamic threshold of switches with
 * shared memory): one alone gets half of the budget, two a third each, a thousand a thousandth
 * each. So whoever has filled its part leaves as much for the next one, and none waits for another.
 * Each may always hold one delivery and make one attempt, beyond the budget too.
 *
 * <p>An event that several buffers hold is one object and is counted once.
 */
public final class MemoryBudget {

  /** A delivery in a buffer, without its event: its place in queues and maps. */
  public static final long DELIVERY_BYTES = 400;

  /** An attempt in flight, without its event: connection, headers and the thread's stack. */
  private static final long ATTEMPT_BYTES = 16 << 10;

  /** What an attempt makes of its event: the parsed tree, the body, and what is sent. */
  private static final long COPIES = 4;

  /** An event, beside its JSON. */
  private static final long EVENT_BYTES = 300;

  private static final long SMALLEST_PAGE = 16 << 10;
  private static final long LARGEST_PAGE = 4 << 20;

  /** A page takes at most this part of what is free, since many may be read at once. */
  private static final int PAGE_PART = 8;

  private static final int HEAP_PART = 4;

  private final long total;
  private final AtomicLong used = new AtomicLong();
  private final ConcurrentHashMap<Long, Held> events = new ConcurrentHashMap<>(); // by sequence

  private record Held(JournalEntry entry, int buffers) {}

  /**
   * Creates a budget.
   *
   * @param total bytes
   */
  public MemoryBudget(long total) {
    this.total = total;
  }

  /** Returns a quarter of the largest heap that this process may have. */
  public static MemoryBudget ofHeap() {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / HEAP_PART);
  }

  /**
   * Returns how many bytes are free: how much each buffer may hold now. At most 0 if there are
   * none.
   */
  public long free() {
    return total - used.get();
  }

  /** Returns how many bytes are taken. */
  long used() {
    return used.get();
  }

  public void take(long bytes) {
    used.addAndGet(bytes);
  }

  public void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Takes part in holding an event. Returns the object that all who hold it share. */
  public JournalEntry share(JournalEntry entry) {
    Held held =
        events.compute(
            entry.sequence(),
            (_, now) -> now == null ? new Held(entry, 1) : new Held(now.entry, now.buffers + 1));
    if (held.buffers == 1) {
      take(bytes(entry));
    }
    return held.entry;
  }

  /** Ends what {@link #share} began. */
  public void unshare(JournalEntry entry) {
    Held left =
        events.compute(
            entry.sequence(),
            (_, now) ->
                now == null || now.buffers == 1 ? null : new Held(now.entry, now.buffers - 1));
    if (left == null) {
      release(bytes(entry));
    }
  }

  private static long bytes(JournalEntry entry) {
    return EVENT_BYTES + entry.event().json().length;
  }

  /** Returns what an attempt takes whose event has so many bytes. */
  public static long attemptBytes(long event) {
    return ATTEMPT_BYTES + COPIES * event;
  }

  /** Takes what the next page of the journal may weigh; to be released once it is taken in. */
  public long takePage() {
    long bytes = Math.clamp(free() / PAGE_PART, SMALLEST_PAGE, LARGEST_PAGE);
    take(bytes);
    return bytes;
  }

  /** Returns how many events a page of so many bytes may have. */
  public static int eventsOf(long page) {
    return (int) (page / EVENT_BYTES);
  }
}
