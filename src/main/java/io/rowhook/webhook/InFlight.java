package io.rowhook.webhook;

import io.rowhook.webhook.Mailbox.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The attempts of one {@link Courier} that are under way, each on a virtual thread of its own that
 * reports to the {@link Mailbox}. Owned by the courier's thread, which also limits their number.
 */
final class InFlight {

  private final String recipient;
  private final Mailbox mailbox;
  private final Map<Long, Thread> threads = new HashMap<>(); // by sequence

  InFlight(String recipient, Mailbox mailbox) {
    this.recipient = recipient;
    this.mailbox = mailbox;
  }

  void start(Owed owed, Attempting attempting) {
    Thread thread =
        Thread.ofVirtual()
            .name("attempt " + recipient)
            .unstarted(() -> mailbox.ended(attempting.attempt(owed)));
    thread.start(); // first: one that cannot be started is not under way
    threads.put(owed.sequence(), thread);
  }

  /** Strikes out those that have ended. */
  void ended(Collection<Message> messages) {
    for (Message message : messages) {
      if (message instanceof Message.Ended(Outcome outcome)) {
        threads.remove(outcome.owed().sequence());
      }
    }
  }

  /** Cuts off what is still under way; what came of it stays unknown, and it will be sent again. */
  void interrupt() {
    threads.values().forEach(Thread::interrupt);
  }

  int size() {
    return threads.size();
  }

  boolean isEmpty() {
    return threads.isEmpty();
  }
}
