package io.rowhook.webhook;

import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.EventReader;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.DeliveryMode.Parallel;
import io.rowhook.recipient.DeliveryMode.Sequential;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of a recipient's backlog that is in memory, between the journal and the attempts: at
 * most so many deliveries and so many bytes, whatever waits in all, and no more than the {@link
 * MemoryBudget} of all recipients has room for. Everything that a {@link Courier} records goes
 * through here. Owned by the dispatcher's thread.
 */
final class Window {

  /** Deliveries in memory: enough that a page from the journal is worth reading. */
  static final int SMALLEST = 256;

  /** With many jobs, so many for each, so that lanes that wait do not idle the others. */
  static final int FOR_EACH_JOB = 4;

  static final int LARGEST = 4096;

  /** Beyond so many bytes of events nothing more is read. */
  static final long BYTES = 16L << 20;

  /**
   * Outcomes not known to be durable: at most so many, and those in flight, are sent again after a
   * crash.
   */
  static final int UNFLUSHED = 500;

  /** The cursor is recorded when it is quiet, and at the latest every so many moves. */
  private static final int ADVANCE_EVERY = 256;

  private final DeliveryStore store;
  private final MemoryBudget budget;
  private final Lanes lanes;
  private final Progress progress;
  private final Pages pages;
  private final LatestOnly latestOnly;
  private final Matchers matchers;
  private int capacity;
  private int unflushed; // at most so many are not durable
  private boolean flushed;

  /** Starts from the recorded cursor. */
  Window(
      EventReader journal,
      DeliveryStore store,
      DeliveryMode processing,
      MemoryBudget budget,
      Matchers matchers) {
    this.store = store;
    this.budget = budget;
    this.lanes =
        new Lanes(
            switch (processing) {
              case Sequential _ -> true;
              case Parallel _ -> false;
            },
            budget);
    this.capacity = capacity(processing);
    long cursor = store.cursor();
    this.progress = new Progress(cursor, store.lastKnown());
    this.matchers = matchers;
    this.pages = new Pages(journal, store, this, progress, matchers);
    this.latestOnly = new LatestOnly(this, store, matchers);
  }

  static int capacity(DeliveryMode processing) {
    return Math.clamp((long) FOR_EACH_JOB * processing.jobs(), SMALLEST, LARGEST);
  }

  /** Takes another number of jobs into account. */
  void resize(DeliveryMode processing) {
    capacity = capacity(processing);
  }

  Lanes lanes() {
    return lanes;
  }

  Progress progress() {
    return progress;
  }

  /** Whether all wait for one, and not only those of one entity. */
  boolean inCommitOrder() {
    return lanes.oneForAll();
  }

  /** How many more deliveries there is room for; always for one, if there is none. */
  int room() {
    if (lanes.size() == 0) {
      return Math.clamp(budget.free() / MemoryBudget.DELIVERY_BYTES, 1, capacity);
    }
    if (isFull()) {
      return 0;
    }
    long more = (budget.free() - lanes.bytes()) / MemoryBudget.DELIVERY_BYTES;
    return Math.clamp(more, 0, Math.max(0, capacity - lanes.size()));
  }

  /** True if nothing more may be taken in, by the bytes. */
  private boolean isFull() {
    return lanes.size() > 0 && lanes.bytes() >= Math.min(BYTES, budget.free());
  }

  /** The journal may have more than was read. */
  void published() {
    pages.changed();
  }

  /**
   * Whether another page should be read: half the window is empty, and the journal may have more.
   */
  boolean hungry() {
    return !pages.caughtUp()
        && (lanes.size() == 0
            || (lanes.size() <= capacity / 2
                && lanes.bytes() < BYTES
                && lanes.bytes() <= budget.free() / 2));
  }

  /**
   * Reads a page.
   *
   * @param held whether an event must wait on disk, behind an earlier one of its entity
   */
  void fill(Predicate<JournalEntry> held) throws InterruptedException {
    int room = room();
    if (room == 0) {
      return; // others have filled up since it was hungry
    }
    long pageBytes = budget.takePage();
    try {
      int most = Math.min(room, MemoryBudget.eventsOf(pageBytes));
      for (JournalEntry entry : pages.next(most, pageBytes)) {
        Optional<Delivery> delivery = pages.owed(entry);
        if (delivery.isEmpty()) {
          progress.passed(entry.sequence());
        } else if (held.test(entry)) {
          put(delivery.get().to(DeliveryState::toBlocked));
          progress.passed(entry.sequence());
        } else if (isFull()) {
          return; // others have filled up meanwhile: the rest is read again
        } else {
          take(delivery.get());
        }
      }
    } finally {
      budget.release(pageBytes);
    }
  }

  /**
   * The oldest pending delivery of all, of an empty window: open on disk, or the next in the
   * journal. It is not in the window by that.
   */
  Optional<Delivery> oldest() throws InterruptedException {
    flush();
    Optional<Delivery> open = store.oldestOpen();
    Optional<Delivery> fresh = pages.oldest();
    pages.forgetRest();
    boolean isFresh =
        open.isEmpty() || fresh.filter(f -> f.sequence() < open.get().sequence()).isPresent();
    return isFresh ? fresh : open;
  }

  /** The oldest that was not taken in yet. */
  Optional<Delivery> oldestFresh() throws InterruptedException {
    return pages.oldest();
  }

  /** Takes one in that {@link #oldest} has found, or that stands on disk; not twice. */
  void load(Delivery delivery) {
    if (!delivery.isStored()) {
      take(delivery);
    } else if (!lanes.contains(delivery.sequence())) {
      lanes.add(delivery);
    }
  }

  private void take(Delivery fresh) {
    lanes.add(fresh);
    progress.took(fresh.sequence());
  }

  /**
   * Takes deliveries that may be attempted now, at most so many: merged over what their
   * subscription skips, and that durably.
   */
  List<Delivery> next(int most) throws InterruptedException {
    return latestOnly.next(most);
  }

  /** Whether {@link #next} has left something that may be attempted now. */
  boolean hasMore() {
    return latestOnly.hasMore();
  }

  /** Queues that others were skipped in favour of a newer one; what was read ahead is stale. */
  void skip(List<Long> skipped, JournalEntry newest, @Nullable CoalescedEvent coalesced)
      throws InterruptedException {
    store.skip(skipped, newest, coalesced);
    wrote();
    progress.knowsUpTo(newest.sequence());
    pages.stale();
  }

  /** Lets go of what a person has discarded, or redelivered anew, and that is not in flight. */
  void recheck() {
    lanes.dropIf(delivery ->
        delivery.isStored() && !store.isOpen(delivery.sequence(), delivery.redelivery()));
    progress.knowsUpTo(store.lastKnown());
    Set<Long> known = store.decided(progress.cursor(), progress.position());
    lanes.dropIf(delivery -> {
      boolean decided = !delivery.isStored() && known.contains(delivery.sequence());
      if (decided) {
        progress.settled(delivery.sequence());
      }
      return decided;
    });
    pages.stale();
  }

  /** Records one that {@link #oldest} has found, and that ends or is blocked without an attempt. */
  void end(Delivery delivery, UnaryOperator<DeliveryState> move) throws InterruptedException {
    put(delivery.to(move));
    if (!delivery.isStored()) {
      pages.pass();
    }
  }

  /** Queues what now pauses the recipient, or does not any more. */
  void change(Gate.Change change, Instant now) throws InterruptedException {
    switch (change) {
      case Gate.Change.None _ -> {}
      case Gate.Change.Held(Pause pause) -> {
        store.pause(pause);
        wrote();
      }
      case Gate.Change.Released _ -> {
        store.resume(now);
        wrote();
      }
    }
  }

  /** Queues what came of an attempt. */
  void record(Outcome outcome, Delivery after) throws InterruptedException {
    store.recordAttempt(after, outcome.attempt());
    wrote();
    if (!outcome.delivery().isStored()) {
      progress.settled(after.sequence());
    }
  }

  /** Puts followers of a failed one aside, on disk. */
  void putAside(List<Delivery> followers) throws InterruptedException {
    for (Delivery follower : followers) {
      if (!follower.isStored()) {
        put(follower.to(DeliveryState::toBlocked));
        progress.settled(follower.sequence());
      }
    }
  }

  /** Forgets what has left the lanes; it will be read again. */
  void rewind(List<Delivery> dropped) {
    for (Delivery delivery : dropped) {
      if (!delivery.isStored()) {
        progress.rewind(delivery.sequence());
        pages.changed();
      }
    }
  }

  /** Waits until all that was queued is durable, so that the delivery store can be read. */
  void flush() throws InterruptedException {
    if (unflushed > 0) {
      store.flush();
      unflushed = 0;
      flushed = true;
    }
  }

  /** Whether the delivery store has taken anything durably yet. */
  boolean hasFlushed() {
    return flushed;
  }

  /** Records the cursor, if it is time to. */
  void advance(boolean quiet) throws InterruptedException {
    if (progress.moves() >= ADVANCE_EVERY || (quiet && progress.moves() > 0)) {
      store.advance(progress.cursor());
      progress.told();
    }
  }

  /** Gives back what it has taken of the budget; it is not used any more. */
  void release() {
    lanes.clear();
  }

  /** Waits until everything, the cursor too, is durable. */
  void close() throws InterruptedException {
    matchers.end();
    store.advance(progress.cursor());
    store.flush();
    unflushed = 0;
  }

  private void put(Delivery delivery) throws InterruptedException {
    store.put(delivery);
    wrote();
  }

  private void wrote() throws InterruptedException {
    unflushed++;
    if (unflushed >= UNFLUSHED) {
      unflushed = store.queued(); // mostly less: the journal has gone on meanwhile
      flushed = true;
      if (unflushed >= UNFLUSHED) {
        flush();
      }
    }
  }
}
