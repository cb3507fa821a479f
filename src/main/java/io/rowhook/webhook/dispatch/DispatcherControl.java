package io.rowhook.webhook.dispatch;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What other threads ask of a recipient's {@link Dispatcher}; it looks at this each round. Any
 * thread; never waits.
 */
public final class DispatcherControl {

  private final OutcomeQueue outcomes;
  private final AtomicReference<@Nullable DispatcherSettings> edited = new AtomicReference<>();
  private volatile DispatcherSettings inForce;
  private volatile boolean deliveriesChanged;
  private volatile boolean anew;
  private volatile boolean closing;
  private volatile long closeBy; // System.nanoTime

  public DispatcherControl(OutcomeQueue outcomes, DispatcherSettings settings) {
    this.outcomes = outcomes;
    this.inForce = settings;
  }

  /** Other settings are to be in force. */
  public void edited(DispatcherSettings next) {
    edited.set(next);
    outcomes.wake();
  }

  /** Returns the settings that are to be in force; null: those that are. */
  @Nullable
  public DispatcherSettings edited() {
    return edited.get();
  }

  /** Puts them in force; the dispatcher's thread only. */
  public void take(DispatcherSettings settings) {
    inForce = settings;
    edited.compareAndSet(settings, null); // unless others have come meanwhile
  }

  /** Returns the settings in force. */
  public DispatcherSettings inForce() {
    return inForce;
  }

  /** Someone else has changed the recipient's delivery store. */
  public void deliveriesChanged() {
    deliveriesChanged = true;
    outcomes.wake();
  }

  /** Whether that was so since {@link #readsDeliveries}; the dispatcher's thread only. */
  boolean haveDeliveriesChanged() {
    return deliveriesChanged;
  }

  /** The delivery store is about to be read anew; the dispatcher's thread only. */
  public void readsDeliveries() {
    deliveriesChanged = false;
  }

  /** What it has in memory holds no more: it is to read all of it again. */
  public void beginAnew() {
    anew = true;
    outcomes.wake();
  }

  /** Whether that was so since {@link #begins}; the dispatcher's thread only. */
  boolean isToBeginAnew() {
    return anew;
  }

  /** All is about to be read; the dispatcher's thread only. */
  public void begins() {
    anew = false;
  }

  /** It is to end, and what is in flight may take so long. */
  public void close(Duration within) {
    closeBy = System.nanoTime() + within.toNanos();
    closing = true;
    outcomes.wake();
  }

  public boolean isClosing() {
    return closing;
  }

  /** Returns how long what is in flight may still take; at most 0 if it is over. */
  public Duration timeLeft() {
    return Duration.ofNanos(closeBy - System.nanoTime());
  }

  public boolean isOutOfTime() {
    return closing && !timeLeft().isPositive();
  }
}
