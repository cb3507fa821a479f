package io.rowhook.webhook;

import io.rowhook.recipient.Recipient;
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
  public void pull(Recipient recipient, Instant now) {}

  @Override
  public boolean hungry() {
    return false;
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
