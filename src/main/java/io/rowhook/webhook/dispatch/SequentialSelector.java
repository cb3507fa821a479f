package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.DeliveryStore;
import java.time.Instant;
import java.util.Optional;

/**
 * Sequential processing: one delivery after another, in commit order, and what is open on disk
 * before what is new. While one waits for its retry nothing else is touched: later events stay in
 * the journal, unread or read again, and cost nothing on disk.
 */
final class SequentialSelector implements DeliverySelector {

  private final DeliveryBuffer buffer;
  private final DeliveryStore store;
  private boolean mayHaveOpen; // something may be Retrying or Blocked on disk
  private Instant nextCheck = Instant.MIN; // for what is on disk, if mayHaveOpen

  SequentialSelector(DeliveryBuffer buffer, DeliveryStore store) {
    this.buffer = buffer;
    this.store = store;
    this.mayHaveOpen = store.oldestOpen().isPresent();
  }

  @Override
  public void settled(Delivery delivery) {
    buffer.queue().settled(delivery);
    nextCheck = Instant.MIN;
  }

  @Override
  public void failed(Delivery delivery) {
    buffer.rewind(buffer.queue().failed(delivery).stream().map(Follower::delivery).toList());
    deliveriesChanged();
  }

  @Override
  public void deliveriesChanged() {
    mayHaveOpen = true;
    nextCheck = Instant.MIN;
  }

  @Override
  public void refill(Instant now) throws InterruptedException {
    if (mayHaveOpen) {
      buffer.rewind(buffer.queue().clearWaiting());
      if (buffer.queue().size() > 0 || nextCheck.isAfter(now)) {
        return;
      }
      buffer.flush();
      Optional<Delivery> oldest = store.oldestOpen();
      if (oldest.isPresent()) {
        if (oldest.get().state() instanceof Retrying(Instant at) && at.isAfter(now)) {
          nextCheck = at;
        } else {
          buffer.load(oldest.get());
        }
        return;
      }
      mayHaveOpen = false;
    }
    if (buffer.wantsMore()) {
      buffer.fill(_ -> Optional.empty());
    }
  }

  @Override
  public boolean wantsMore() {
    return !mayHaveOpen && buffer.wantsMore();
  }

  @Override
  public Instant nextCheck() {
    return mayHaveOpen && buffer.queue().size() == 0 ? nextCheck : Instant.MAX;
  }
}
