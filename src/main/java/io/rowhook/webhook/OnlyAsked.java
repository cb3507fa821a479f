package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import java.time.Instant;
import java.util.List;

/**
 * While a recipient is paused: nothing but what a person has redelivered. All else stays where it
 * is, on disk.
 */
final class OnlyAsked implements Order {

  private final Window window;
  private final DeliveryStore store;
  private boolean mayBeAsked = true;

  OnlyAsked(Window window, DeliveryStore store) {
    this.window = window;
    this.store = store;
  }

  @Override
  public void settled(Delivery delivery) {
    window.lanes().settled(delivery);
  }

  @Override
  public void failed(Delivery delivery) {
    if (!window.lanes().failed(delivery).isEmpty()) {
      mayBeAsked = true; // others of its entity, which stand on disk as they did
    }
  }

  @Override
  public void ledgerChanged() {
    mayBeAsked = true;
  }

  @Override
  public void pull(Instant now) throws InterruptedException {
    int room = window.room();
    if (!mayBeAsked || room == 0) {
      return;
    }
    window.flush();
    int most = room + window.lanes().size();
    List<Delivery> asked = store.requested(most);
    asked.forEach(window::load);
    mayBeAsked = asked.size() == most;
  }

  @Override
  public boolean hungry() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
