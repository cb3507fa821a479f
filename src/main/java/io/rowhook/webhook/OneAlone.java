package io.rowhook.webhook;

import java.time.Instant;

/**
 * The trial after a pause: the oldest delivery owed, alone, whether its retry is due or not. Its
 * outcome says whether the recipient is back.
 */
final class OneAlone implements Order {

  private final Window window;
  private boolean nothingOwed;

  OneAlone(Window window) {
    this.window = window;
  }

  @Override
  public void settled(Owed owed) {
    window.lanes().settled(owed);
    nothingOwed = false;
  }

  @Override
  public void failed(Owed owed) {
    window.lanes().failed(owed);
    nothingOwed = false;
  }

  @Override
  public void ledgerChanged() {
    nothingOwed = false;
  }

  @Override
  public void pull(Wanting wanting, Instant now) throws InterruptedException {
    if (window.lanes().size() > 0 || (nothingOwed && !window.hungry())) {
      return;
    }
    var oldest = window.oldest(wanting);
    nothingOwed = oldest.isEmpty();
    oldest.ifPresent(window::load);
  }

  @Override
  public boolean hungry() {
    return window.lanes().size() == 0 && window.hungry();
  }

  @Override
  public Instant nextCheck() {
    return Instant.MAX;
  }
}
