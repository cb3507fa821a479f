package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import java.time.Instant;
import java.util.List;

/**
 * While a recipient is paused: nothing but what a person has redelivered. All else stays where it
 * is, on disk.
 */
final class ManualSelector implements DeliverySelector {

  private final DeliveryBuffer buffer;
  private final DeliveryStore store;
  private boolean mayBeAsked = true;

  ManualSelector(DeliveryBuffer buffer, DeliveryStore store) {
    this.buffer = buffer;
    this.store = store;
  }

  @Override
  public void settled(Delivery delivery) {
    buffer.queue().settled(delivery);
  }

  @Override
  public void failed(Delivery delivery) {
    if (!buffer.queue().failed(delivery).isEmpty()) {
      mayBeAsked = true; // others of its entity, which stand on disk as they did
    }
  }

  @Override
  public void deliveriesChanged() {
    mayBeAsked = true;
  }

  @Override
  public void refill(Instant now) throws InterruptedException {
    int room = buffer.room();
    if (!mayBeAsked || room == 0) {
      return;
    }
    buffer.flush();
    int most = room + buffer.queue().size();
    List<Delivery> asked = store.requested(most);
    asked.forEach(buffer::load);
    mayBeAsked = asked.size() == most;
  }

  @Override
  public boolean wantsMore() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
