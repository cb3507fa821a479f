package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Parallel processing: a failing delivery holds back its own entity and nothing else. It, and what
 * comes after it of that entity, leave the window for the disk, so that the window holds what can
 * be attempted, however large the backlog.
 *
 * <p>In good times the disk is never asked: {@link #mayHaveOpen} is false.
 */
final class ParallelSelector implements DeliverySelector {

  /**
   * What is in flight still stands as due on disk and hides what is due after it; while that is so,
   * it is looked up again after this.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private final DeliveryBuffer buffer;
  private final DeliveryStore store;
  private final Set<String> toFollow = new LinkedHashSet<>(); // no more than settled in one batch
  private boolean mayHaveOpen; // something may be Retrying or Blocked on disk
  private boolean strays; // something may be Blocked behind nothing
  private boolean mustFlush;
  private Instant nextCheck = Instant.MAX; // for what is due

  ParallelSelector(DeliveryBuffer buffer, DeliveryStore store) {
    this.buffer = buffer;
    this.store = store;
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
    }
  }

  @Override
  public void failed(Delivery delivery) throws InterruptedException {
    buffer.block(buffer.queue().failed(delivery));
    mayHaveOpen = true;
    mustFlush = true;
  }

  @Override
  public void deliveriesChanged() {
    mayHaveOpen = true;
    strays = true;
    nextCheck = Instant.MIN;
  }

  @Override
  public void refill(Instant now) throws InterruptedException {
    if (mustFlush || !toFollow.isEmpty()) {
      buffer.flush();
      mustFlush = false;
      lookWhenDue();
    }
    for (String entityKey : toFollow) {
      if (!buffer.queue().hasLane(entityKey)) {
        store
            .oldestOpen(entityKey)
            .filter(delivery -> delivery.state() instanceof Blocked)
            .ifPresent(buffer::load);
      }
    }
    toFollow.clear();
    if (mayHaveOpen) {
      loadStrays();
      loadDue(now);
      forgetIfNothingIsOpen();
    }
    if (buffer.wantsMore()) {
      buffer.fill(this::held);
    }
  }

  @Override
  public boolean wantsMore() {
    return buffer.wantsMore();
  }

  @Override
  public Instant nextCheck() {
    return buffer.room() > 0 ? nextCheck : Instant.MAX;
  }

  private boolean held(JournalEntry entry) {
    return mayHaveOpen && store.oldestOpen(entry.event().entityKey()).isPresent();
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
    buffer.flush();
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
    int room = buffer.room();
    if (!strays || room == 0) {
      return;
    }
    buffer.flush();
    int most = room + buffer.queue().fromDisk();
    List<Delivery> unheld = store.waitingNotBlocked(most);
    strays = !load(unheld) || unheld.size() == most;
  }

  /** Whether there was room for all of them: large events fill the window before it is full. */
  private boolean load(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      if (buffer.room() == 0) {
        return false;
      }
      buffer.load(delivery);
    }
    return true;
  }

  private void forgetIfNothingIsOpen() throws InterruptedException {
    if (buffer.queue().fromDisk() == 0 && store.oldestOpen().isEmpty()) {
      buffer.flush(); // what is queued could be an exception
      if (store.oldestOpen().isEmpty()) {
        mayHaveOpen = false;
        strays = false;
        nextCheck = Instant.MAX;
      }
    }
  }
}
