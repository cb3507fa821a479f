package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.CoalescedEvent;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.EventReader;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Pause;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.Matchers;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.policy.CircuitBreaker;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of a recipient's backlog that is in memory, between the journal and the attempts: at
 * most so many deliveries and so many bytes, whatever waits in all, and no more than the {@link
 * MemoryBudget} of all recipients has room for. Everything that a {@link RecipientDispatcher}
 * records goes through here. Owned by the dispatcher's thread.
 */
public final class DeliveryBuffer {

  /** See {@link UnflushedWrites#MOST}. */
  public static final int UNFLUSHED = UnflushedWrites.MOST;

  private final DeliveryStore store;
  private final MemoryBudget budget;
  private final KeyedQueue queue;
  private final CursorTracker cursorTracker;
  private final JournalPager pager;
  private final Coalescer coalescer;
  private final UnflushedWrites writes;
  private final BufferRoom room;
  private final Matchers matchers;
  private final AcknowledgedRequests acknowledged;

  /**
   * Starts from the recorded cursor.
   *
   * @param together how many of one request there may be
   */
  public DeliveryBuffer(
      EventReader journal,
      DeliveryStore store,
      DeliveryMode processing,
      int together,
      MemoryBudget budget,
      Matchers matchers) {
    this.store = store;
    this.writes = new UnflushedWrites(store);
    this.budget = budget;
    this.queue = new KeyedQueue(processing, together, budget);
    this.room = new BufferRoom(queue, budget, processing);
    long cursor = store.cursor();
    long lastKnown = store.lastKnown();
    this.cursorTracker = new CursorTracker(cursor, lastKnown);
    this.acknowledged = new AcknowledgedRequests(store, Math.max(cursor, lastKnown));
    this.matchers = matchers;
    this.pager = new JournalPager(journal, store, this, cursorTracker, matchers);
    this.coalescer = new Coalescer(this, store, matchers);
  }

  /** Takes another number of jobs into account. */
  void resize(DeliveryMode processing) {
    room.resize(processing);
  }

  public KeyedQueue queue() {
    return queue;
  }

  CursorTracker cursor() {
    return cursorTracker;
  }

  /** Whether all wait for one, and not only those of one entity. */
  boolean inCommitOrder() {
    return queue.oneForAll();
  }

  /** How many more deliveries there is room for; always for one, if there is none. */
  int room() {
    return room.left();
  }

  /** The journal may have more than was read. */
  void published() {
    pager.changed();
  }

  /**
   * Whether another page should be read: half the window is empty, and the journal may have more.
   */
  public boolean wantsMore() {
    return !pager.caughtUp() && room.isHalfEmpty();
  }

  /**
   * Reads a page.
   *
   * @param blocked how an event must wait on disk; empty: it need not
   */
  public void fill(Function<JournalEntry, Optional<Blocked>> blocked) throws InterruptedException {
    int left = room();
    if (left == 0) {
      return; // others have filled up since it was hungry
    }
    long pageBytes = budget.takePage();
    try {
      int most = Math.min(left, MemoryBudget.eventsOf(pageBytes));
      for (JournalEntry entry : pager.next(most, pageBytes)) {
        Optional<Delivery> delivery = pager.toSend(entry);
        if (delivery.isEmpty()) {
          cursorTracker.advance(entry.sequence());
          continue;
        }
        Optional<Blocked> waits = blocked.apply(entry);
        if (waits.isPresent()) {
          put(delivery.get().to(state -> state.toBlocked(waits.get().behind())));
          cursorTracker.advance(entry.sequence());
        } else if (room.isFull()) {
          return; // others have filled up meanwhile: the rest is read again
        } else {
          take(delivery.get());
        }
      }
      pager.taken();
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
    Optional<Delivery> fresh = pager.oldest();
    pager.forgetRest();
    boolean isFresh =
        open.isEmpty() || fresh.filter(f -> f.sequence() < open.get().sequence()).isPresent();
    return isFresh ? fresh : open;
  }

  /** The oldest that was not taken in yet. */
  Optional<Delivery> oldestFresh() throws InterruptedException {
    return pager.oldest();
  }

  /** Takes one in that {@link #oldest} has found, or that stands on disk; not twice. */
  void load(Delivery delivery) {
    if (!delivery.isStored()) {
      take(delivery);
    } else if (!queue.contains(delivery.sequence())) {
      queue.add(delivery);
    }
  }

  private void take(Delivery fresh) {
    queue.add(fresh);
    cursorTracker.buffered(fresh.sequence());
  }

  /**
   * Takes deliveries that may be attempted now, at most so many: merged over what their
   * subscription skips, and that durably.
   */
  List<Delivery> next(int most) throws InterruptedException {
    return coalescer.next(most);
  }

  /** Whether {@link #next} has left something that may be attempted now. */
  boolean hasMore() {
    return coalescer.hasMore();
  }

  /** Queues that others were skipped in favour of a newer one; what was read ahead is stale. */
  void skip(List<Long> skipped, JournalEntry newest, @Nullable CoalescedEvent coalesced)
      throws InterruptedException {
    store.skip(skipped, newest, coalesced);
    writes.wrote();
    cursorTracker.decidedUpTo(newest.sequence());
    pager.stale();
  }

  /** Lets go of what a person has discarded, or redelivered anew, and that is not in flight. */
  void dropStale() {
    queue.dropIf(delivery ->
        delivery.isStored() && !store.isOpen(delivery.sequence(), delivery.redelivery()));
    cursorTracker.decidedUpTo(store.lastKnown());
    Set<Long> known = store.decided(cursorTracker.cursor(), cursorTracker.position());
    queue.dropIf(delivery -> {
      boolean decided = !delivery.isStored() && known.contains(delivery.sequence());
      if (decided) {
        cursorTracker.settled(delivery.sequence());
      }
      return decided;
    });
    pager.stale();
  }

  /** Records one that {@link #oldest} has found, and that ends or is blocked without an attempt. */
  void finish(Delivery delivery, UnaryOperator<DeliveryState> move) throws InterruptedException {
    put(delivery.to(move));
    if (!delivery.isStored()) {
      pager.pass();
    }
  }

  /** Queues what now pauses the recipient, or does not any more. */
  void change(CircuitBreaker.Change change, Instant now) throws InterruptedException {
    switch (change) {
      case CircuitBreaker.Change.None _ -> {}
      case CircuitBreaker.Change.Held(Pause pause) -> {
        store.pause(pause);
        writes.wrote();
      }
      case CircuitBreaker.Change.Released _ -> {
        store.resume(now);
        writes.wrote();
      }
    }
  }

  /** What the recipient acknowledged last of a delivery's entity; null: that is not known. */
  @Nullable Acknowledgement acknowledged(Delivery delivery) {
    return acknowledged.of(delivery.entityKey());
  }

  /** Queues that one is not sent, since the recipient has it already. */
  void unchanged(Delivery delivery, long same) throws InterruptedException {
    store.unchanged(delivery, same);
    writes.wrote();
    if (!delivery.isStored()) {
      cursorTracker.settled(delivery.sequence());
    }
  }

  /** Queues what came of an attempt; and what the recipient has, if only that is not sent. */
  void record(AttemptOutcome outcome, Delivery after, boolean onlyDifferent)
      throws InterruptedException {
    acknowledged.record(after, outcome, onlyDifferent);
    writes.wrote();
    if (!outcome.delivery().isStored()) {
      cursorTracker.settled(after.sequence());
    }
  }

  /** Puts what follows one that is open aside, on disk; of what stands there notes behind what. */
  void block(List<Follower> followers) throws InterruptedException {
    for (Follower follower : followers) {
      Delivery delivery = follower.delivery();
      if (!delivery.isStored() || delivery.state() instanceof Blocked) {
        put(delivery.to(state -> state.toBlocked(follower.behind())));
      }
      if (!delivery.isStored()) {
        cursorTracker.settled(delivery.sequence());
      }
    }
  }

  /** Forgets what has left the lanes; it will be read again. */
  void rewind(Collection<Delivery> dropped) {
    for (Delivery delivery : dropped) {
      if (!delivery.isStored()) {
        cursorTracker.rewind(delivery.sequence());
        pager.changed();
      }
    }
  }

  /** Waits until all that was queued is durable, so that the delivery store can be read. */
  void flush() throws InterruptedException {
    writes.flush();
  }

  /** Whether the delivery store has taken anything durably yet. */
  boolean hasFlushed() {
    return writes.flushed();
  }

  /** Records the cursor, if it is time to. */
  void advance(boolean quiet) throws InterruptedException {
    if (cursorTracker.isToBeRecorded(quiet)) {
      store.advance(cursorTracker.cursor());
      cursorTracker.recorded();
    }
  }

  /** Gives back what it has taken of the budget; it is not used any more. */
  public void release() {
    queue.clear();
  }

  /** Waits until everything, the cursor too, is durable. */
  void close() throws InterruptedException {
    matchers.end();
    store.advance(cursorTracker.cursor());
    store.flush();
  }

  private void put(Delivery delivery) throws InterruptedException {
    store.put(delivery);
    writes.wrote();
  }
}
