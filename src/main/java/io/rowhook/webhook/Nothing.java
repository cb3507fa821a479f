package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import java.time.Instant;

/** While the kill switch is set: nothing at all. */
final class Nothing implements Order {

  @Override
  public void settled(Delivery delivery) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void failed(Delivery delivery) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void ledgerChanged() {}

  @Override
  public void pull(Instant now) {}

  @Override
  public boolean hungry() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
