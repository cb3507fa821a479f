package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Delivery;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.RecipientDispatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How other threads reach a {@link RecipientDispatcher}'s own. Bounded: by the outcomes of what may
 * be in flight, and one wake-up, however often it is asked for. So putting something in never
 * waits.
 */
public final class OutcomeQueue {

  /** What is in it. */
  sealed interface Message {

    /** Look around: something has changed. */
    record Wake() implements Message {}

    /**
     * A request has ended.
     *
     * @param first the sequence of the first delivery that it was made for
     * @param outcomes of those that it had, in their order
     * @param unsent the others, in their order: no attempt was made
     */
    record Ended(long first, List<AttemptOutcome> outcomes, List<Delivery> unsent)
        implements Message {}
  }

  private static final Message WAKE = new Message.Wake();

  private final ArrayBlockingQueue<Message> queue =
      new ArrayBlockingQueue<>(DeliveryMode.MAX_JOBS + 1);
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Wakes the dispatcher, once. Any thread; never waits. */
  public void wake() {
    if (awake.compareAndSet(false, true)) {
      queue.add(WAKE);
    }
  }

  /** Hands over what came of a request. The attempt's thread; never waits. */
  void ended(Message.Ended ended) {
    queue.add(ended);
  }

  /** Waits for a message, and takes all there are. */
  public List<Message> take(Duration atMost) throws InterruptedException {
    Message first = queue.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      return List.of();
    }
    List<Message> taken = new ArrayList<>();
    taken.add(first);
    queue.drainTo(taken);
    if (taken.contains(WAKE)) {
      awake.set(false); // what happens from here on is a new wake-up
    }
    return taken;
  }
}
