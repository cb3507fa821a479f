package io.rowhook.webhook;

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
final class InSequence implements Order {

  private final Window window;
  private final DeliveryStore store;
  private boolean mayOwe; // something may be Retrying or Blocked on disk
  private Instant nextCheck = Instant.MIN; // for what is on disk, if mayOwe

  InSequence(Window window, DeliveryStore store) {
    this.window = window;
    this.store = store;
    this.mayOwe = store.oldestOpen().isPresent();
  }

  @Override
  public void settled(Delivery delivery) {
    window.lanes().settled(delivery);
    nextCheck = Instant.MIN;
  }

  @Override
  public void failed(Delivery delivery) {
    window.rewind(window.lanes().failed(delivery));
    ledgerChanged();
  }

  @Override
  public void ledgerChanged() {
    mayOwe = true;
    nextCheck = Instant.MIN;
  }

  @Override
  public void pull(Instant now) throws InterruptedException {
    if (mayOwe) {
      window.rewind(window.lanes().clearWaiting());
      if (window.lanes().size() > 0 || nextCheck.isAfter(now)) {
        return;
      }
      window.flush();
      Optional<Delivery> oldest = store.oldestOpen();
      if (oldest.isPresent()) {
        if (oldest.get().state() instanceof Retrying(Instant at) && at.isAfter(now)) {
          nextCheck = at;
        } else {
          window.load(oldest.get());
        }
        return;
      }
      mayOwe = false;
    }
    if (window.hungry()) {
      window.fill(_ -> false);
    }
  }

  @Override
  public boolean hungry() {
    return !mayOwe && window.hungry();
  }

  @Override
  public Instant nextCheck() {
    return mayOwe && window.lanes().size() == 0 ? nextCheck : Instant.MAX;
  }
}
