package io.rowhook.webhook;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What other threads ask of a recipient's {@link Dispatcher}; it looks at this each round. Any
 * thread; never waits.
 */
final class DispatcherControl {

  private final Mailbox mailbox;
  private final AtomicReference<@Nullable DispatcherSettings> edited = new AtomicReference<>();
  private volatile DispatcherSettings inForce;
  private volatile boolean ledgerChanged;
  private volatile boolean closing;
  private volatile long closeBy; // System.nanoTime

  DispatcherControl(Mailbox mailbox, DispatcherSettings settings) {
    this.mailbox = mailbox;
    this.inForce = settings;
  }

  /** Other settings are to be in force. */
  void edited(DispatcherSettings next) {
    edited.set(next);
    mailbox.wake();
  }

  /** Returns the settings that are to be in force; null: those that are. */
  @Nullable DispatcherSettings edited() {
    return edited.get();
  }

  /** Puts them in force; the dispatcher's thread only. */
  void take(DispatcherSettings settings) {
    inForce = settings;
    edited.compareAndSet(settings, null); // unless others have come meanwhile
  }

  /** Returns the settings in force. */
  DispatcherSettings inForce() {
    return inForce;
  }

  /** Someone else has changed the recipient's delivery store. */
  void ledgerChanged() {
    ledgerChanged = true;
    mailbox.wake();
  }

  /** Whether that was so since {@link #readsLedger}; the dispatcher's thread only. */
  boolean hasLedgerChanged() {
    return ledgerChanged;
  }

  /** The delivery store is about to be read anew; the dispatcher's thread only. */
  void readsLedger() {
    ledgerChanged = false;
  }

  /** It is to end, and what is in flight may take so long. */
  void close(Duration within) {
    closeBy = System.nanoTime() + within.toNanos();
    closing = true;
    mailbox.wake();
  }

  boolean isClosing() {
    return closing;
  }

  /** Returns how long what is in flight may still take; at most 0 if it is over. */
  Duration timeLeft() {
    return Duration.ofNanos(closeBy - System.nanoTime());
  }

  boolean isOutOfTime() {
    return closing && !timeLeft().isPositive();
  }
}
