package io.rowhook.webhook.dispatch;

import io.rowhook.journal.Acknowledgement;
import io.rowhook.journal.Delivery;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.dispatch.OutcomeQueue.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one {@link RecipientDispatcher} that are under way, each on a virtual thread of
 * its own that reports to the {@link OutcomeQueue}. Owned by the dispatcher's thread, which also
 * limits their number.
 */
public final class InFlightDeliveries {

  private final String recipient;
  private final OutcomeQueue outcomes;
  private final MemoryBudget budget;
  private final Map<Long, Running> running = new HashMap<>(); // by the first one's sequence
  private int deliveries;
  private long bytes;

  private record Running(Thread thread, int deliveries, long bytes) {}

  public InFlightDeliveries(String recipient, OutcomeQueue outcomes, MemoryBudget budget) {
    this.recipient = recipient;
    this.outcomes = outcomes;
    this.budget = budget;
  }

  /**
   * Returns how many more requests may be started: always one, if there is none.
   *
   * @param jobs how many may be in flight at most
   * @param each bytes of the events of a request, about
   */
  int room(int jobs, long each) {
    long more = (budget.free() - bytes) / MemoryBudget.attemptBytes(each);
    return Math.clamp(more, isEmpty() ? 1 : 0, Math.max(isEmpty() ? 1 : 0, jobs - running.size()));
  }

  /**
   * Starts a request.
   *
   * @param known what the recipient acknowledged last of the entity, where it is sent only what is
   *     different; null: that is not known
   */
  void start(List<Delivery> request, DeliveryWorker worker, @Nullable Acknowledgement known) {
    Thread thread =
        Thread.ofVirtual()
            .name("attempt " + recipient)
            .unstarted(() -> outcomes.ended(worker.attempt(request, known)));
    thread.start(); // first: one that cannot be started is not under way
    long events = 0;
    for (Delivery delivery : request) {
      events += delivery.bytes();
    }
    long taken = MemoryBudget.attemptBytes(events);
    budget.take(taken);
    bytes += taken;
    deliveries += request.size();
    running.put(request.getFirst().sequence(), new Running(thread, request.size(), taken));
  }

  /** Strikes out those that have ended. */
  public void ended(Collection<Message> messages) {
    for (Message message : messages) {
      if (message instanceof Message.Ended(long first, var _, var _)) {
        Running ended = running.remove(first);
        if (ended != null) {
          deliveries -= ended.deliveries;
          release(ended.bytes);
        }
      }
    }
  }

  /** Cuts off what is still under way; what came of it stays unknown, and it will be sent again. */
  public void interrupt() {
    running.values().forEach(one -> one.thread.interrupt());
  }

  /** Gives back what it has taken of the budget; for whoever does not look at it any more. */
  public void release() {
    release(bytes);
    running.clear();
    deliveries = 0;
  }

  private void release(long some) {
    budget.release(some);
    bytes -= some;
  }

  /** How many deliveries. */
  int size() {
    return deliveries;
  }

  public boolean isEmpty() {
    return running.isEmpty();
  }
}
