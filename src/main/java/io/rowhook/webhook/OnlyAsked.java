package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.Ledger;
import java.time.Instant;
import java.util.List;

/**
 * While a recipient is paused: nothing but what a person has redelivered. All else stays where it
 * is, on disk.
 */
final class OnlyAsked implements Order {

  private final Window window;
  private final Ledger ledger;
  private boolean mayBeAsked = true;

  OnlyAsked(Window window, Ledger ledger) {
    this.window = window;
    this.ledger = ledger;
  }

  @Override
  public void settled(Delivery owed) {
    window.lanes().settled(owed);
  }

  @Override
  public void failed(Delivery owed) {
    if (!window.lanes().failed(owed).isEmpty()) {
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
    List<Delivery> asked = ledger.asked(most);
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
