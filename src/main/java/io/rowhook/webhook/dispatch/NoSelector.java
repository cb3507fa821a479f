package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import java.time.Instant;

/** While the kill switch is set: nothing at all. */
final class NoSelector implements DeliverySelector {

  @Override
  public void settled(Delivery delivery) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void failed(Delivery delivery) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void deliveriesChanged() {}

  @Override
  public void refill(Instant now) {}

  @Override
  public boolean wantsMore() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
