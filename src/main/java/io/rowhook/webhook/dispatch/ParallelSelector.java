package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parallel processing: a failing delivery holds back its own entity, by {@code order: references}
 * also what names that, and nothing else. It, and what comes after it of that, leave the window for
 * the disk, so that the window holds what can be attempted, however large the backlog.
 *
 * <p>In good times the disk is never asked: {@link #mayHaveOpen} is false.
 */
final class ParallelSelector implements DeliverySelector {

  /**
   * What is in flight still stands as due on disk and hides what is due after it; while that is so,
   * it is looked up again after this.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  /** Read at once of what was blocked behind an entity: often the first is held by another. */
  private static final int RELEASED = 8;

  private final DeliveryBuffer buffer;
  private final DeliveryStore store;
  private final OnDisk onDisk;
  private final Set<String> toFollow = new LinkedHashSet<>(); // no more than settled in one batch

  /** What may go that was blocked behind these, after a sequence: see {@link OnDisk#behind}. */
  private final Map<String, Long> toRelease = new LinkedHashMap<>();

  private boolean mayHaveOpen; // something may be Retrying or Blocked on disk
  private boolean strays; // something may be Blocked behind nothing
  private boolean mustFlush;
  private boolean changed; // by someone else
  private long unread = Long.MAX_VALUE; // of strays the first that what comes before is not read
  private Instant nextCheck = Instant.MAX; // for what is due

  ParallelSelector(DeliveryBuffer buffer, DeliveryStore store) {
    this.buffer = buffer;
    this.store = store;
    this.onDisk = new OnDisk(buffer.queue().byReferences(), store);
    if (store.oldestOpen().isPresent()) {
      deliveriesChanged();
    }
  }

  @Override
  public void settled(Delivery delivery) {
    buffer.queue().settled(delivery);
    // Only behind what is an exception itself, or came in the place of one, can something be
    // Blocked.
    if (delivery.isStored() || delivery.coalesced() != null) {
      toFollow.add(delivery.entityKey());
      toRelease(delivery.entityKey());
      toRelease(Blocked.ALL);
    }
  }

  private void toRelease(String key) {
    if (onDisk.byReferences() && onDisk.mayHaveBehind(key)) {
      toRelease.put(key, 0L);
    }
  }

  @Override
  public void failed(Delivery delivery) throws InterruptedException {
    onDisk.add(delivery);
    block(buffer.queue().failed(delivery));
    mayHaveOpen = true;
    mustFlush = true;
  }

  @Override
  public void deliveriesChanged() {
    mayHaveOpen = true;
    strays = true;
    changed = true;
    nextCheck = Instant.MIN;
  }

  @Override
  public void refill(Instant now) throws InterruptedException {
    if (mustFlush || !toFollow.isEmpty()) {
      flush();
      lookWhenDue();
    }
    if (changed) {
      flush();
      onDisk.changed();
      changed = false;
    }
    for (String entityKey : toFollow) {
      if (!buffer.queue().hasLane(entityKey)) {
        Optional<Delivery> next =
            store.oldestOpen(entityKey).filter(delivery -> delivery.state() instanceof Blocked);
        if (next.isPresent()) {
          release(next.get());
        }
      }
    }
    toFollow.clear();
    releaseNamed();
    if (mayHaveOpen) {
      loadStrays();
      loadDue(now);
      forgetIfNothingIsOpen();
    }
    if (buffer.wantsMore()) {
      buffer.fill(this::blocked);
    }
  }

  @Override
  public boolean wantsMore() {
    return buffer.wantsMore()
        || buffer.cursor().position() >= unread
        || (!toRelease.isEmpty() && buffer.room() > 0);
  }

  @Override
  public Instant nextCheck() {
    return buffer.room() > 0 ? nextCheck : Instant.MAX;
  }

  private Optional<Blocked> blocked(JournalEntry entry) {
    Optional<Blocked> blocked = mayHaveOpen ? onDisk.blocked(entry) : Optional.empty();
    if (blocked.isPresent() && onDisk.byReferences()) {
      onDisk.put(entry, Optional.ofNullable(blocked.get().behind()));
      mustFlush = true; // what comes after it has to find it
    }
    return blocked;
  }

  private void block(List<Follower> followers) throws InterruptedException {
    buffer.block(followers);
    followers.forEach(onDisk::add);
  }

  private void flush() throws InterruptedException {
    buffer.flush();
    onDisk.flushed();
    mustFlush = false;
  }

  private void lookWhenDue() {
    Instant due = store.nextDue().orElse(Instant.MAX);
    if (due.isBefore(nextCheck)) {
      nextCheck = due;
    }
  }

  private void loadDue(Instant now) throws InterruptedException {
    int room = buffer.room();
    if (nextCheck.isAfter(now) || room == 0) {
      return;
    }
    flush();
    int most = room + buffer.queue().fromDisk();
    List<Delivery> due = store.due(now, most);
    load(due);
    if (due.size() == most) {
      nextCheck = now; // there may be more, as soon as there is room
    } else {
      Instant next = store.nextDue().orElse(Instant.MAX);
      nextCheck = next.isAfter(now) ? next : now.plus(LOOK_AGAIN);
    }
  }

  private void loadStrays() throws InterruptedException {
    if (buffer.cursor().position() >= unread) {
      unread = Long.MAX_VALUE;
      strays = true;
    }
    int room = buffer.room();
    if (!strays || room == 0) {
      return;
    }
    flush();
    int most = room + buffer.queue().fromDisk();
    List<Delivery> unheld =
        onDisk.byReferences() ? store.waitingBehindNone(most) : store.waitingNotBlocked(most);
    strays = !load(unheld) || unheld.size() == most;
  }

  /** Whether there was room for all of them: large events fill the window before it is full. */
  private boolean load(List<Delivery> deliveries) throws InterruptedException {
    for (Delivery delivery : deliveries) {
      if (buffer.room() == 0) {
        return false;
      }
      release(delivery);
    }
    return true;
  }

  /**
   * Takes in what was blocked behind entities of which something has been settled, as far as there
   * is room; the rest is remembered.
   */
  private void releaseNamed() throws InterruptedException {
    while (!toRelease.isEmpty() && buffer.room() > 0) {
      Map.Entry<String, Long> first = toRelease.entrySet().iterator().next();
      String key = first.getKey();
      int most = Math.min(buffer.room(), RELEASED);
      List<Delivery> waiting = store.waitingBehind(key, first.getValue(), most);
      toRelease.remove(key);
      for (Delivery delivery : waiting) {
        if (buffer.queue().contains(delivery.sequence())) {
          continue;
        }
        if (buffer.room() == 0) {
          toRelease.put(key, delivery.sequence() - 1);
          return;
        }
        if (onDisk.isFirst(delivery) ? !release(delivery, key) : !follow(delivery)) {
          waiting = List.of(); // nor do those behind it go
          break;
        }
      }
      if (waiting.size() == most) {
        toRelease.put(key, waiting.getLast().sequence());
      }
    }
  }

  /** From now on it waits for its own entity. */
  private boolean follow(Delivery delivery) throws InterruptedException {
    block(List.of(new Follower(delivery, null)));
    mustFlush = true;
    return true;
  }

  private void release(Delivery delivery) throws InterruptedException {
    release(delivery, null);
  }

  /**
   * Takes one in that stands on disk, unless what it names holds it; then it stands behind that.
   * One that comes after what is not read yet, as after a restart, waits until that is.
   *
   * @param from what it stands behind; null: something else
   * @return whether it does not stand there any more
   */
  private boolean release(Delivery delivery, @Nullable String from) throws InterruptedException {
    if (buffer.queue().contains(delivery.sequence())) {
      return true;
    }
    Optional<String> behind = onDisk.behind(delivery);
    if (behind.isPresent()) {
      if (behind.get().equals(from)) {
        return false;
      }
      block(List.of(new Follower(delivery, behind.get())));
      mustFlush = true;
    } else if (waitsForJournal(delivery)) {
      unread = Math.min(unread, delivery.sequence());
    } else {
      buffer.load(delivery);
    }
    return true;
  }

  private boolean waitsForJournal(Delivery delivery) {
    return onDisk.waits(delivery) && delivery.sequence() > buffer.cursor().position();
  }

  private void forgetIfNothingIsOpen() throws InterruptedException {
    if (buffer.queue().fromDisk() == 0 && store.oldestOpen().isEmpty()) {
      flush(); // what is queued could be an exception
      if (store.oldestOpen().isEmpty()) {
        mayHaveOpen = false;
        onDisk.emptied();
        strays = false;
        unread = Long.MAX_VALUE;
        nextCheck = Instant.MAX;
      }
    }
  }
}
