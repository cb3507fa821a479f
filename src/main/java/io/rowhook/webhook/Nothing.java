package io.rowhook.webhook;

import java.time.Instant;

/** While the kill switch is set: nothing at all. */
final class Nothing implements Order {

  @Override
  public void settled(Owed owed) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void failed(Owed owed) {
    throw new IllegalStateException("nothing is sent");
  }

  @Override
  public void ledgerChanged() {}

  @Override
  public void pull(Wanting wanting, Instant now) {}

  @Override
  public boolean hungry() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
