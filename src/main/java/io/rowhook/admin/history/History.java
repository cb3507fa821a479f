package io.rowhook.admin.history;

import io.rowhook.admin.EventKind;
import io.rowhook.admin.PublicationListener;
import io.rowhook.capture.Transaction;
import io.rowhook.entity.Event;
import io.rowhook.journal.DeliveryState;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DeliveryListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in steps of {@link #STEP}, and keeps the last {@link #STEPS} of them in
 * memory, so that the page has plots without a database of metrics. A restart begins anew. It is
 * told by the capture thread and the dispatchers, takes a step on a thread of its own, and may be
 * read by any.
 */
public final class History implements PublicationListener, DeliveryListener, AutoCloseable {

  /** Between two points of a plot. */
  public static final Duration STEP = Duration.ofSeconds(15);

  /** Four hours of them. */
  public static final int STEPS = 960;

  private static final int STEPS_A_MINUTE = 4;

  /**
   * A step's end, and what was in it.
   *
   * @param published events that became durable
   * @param delivered deliveries that were acknowledged
   * @param failed attempts that were not
   * @param delayMillis from commit to acknowledgement, which 95 of a hundred kept; NaN: none
   * @param waiting events after the recipients' cursors, of all together, at its end
   * @param lagBytes of the source's log that were not read, at its end; -1: not known
   */
  public record Step(
      Instant at,
      long published,
      long delivered,
      long failed,
      double delayMillis,
      long waiting,
      long lagBytes) {}

  /**
   * How one recipient did in the last minute.
   *
   * @param failed attempts
   * @param delayMillis as a step's, of the last step with any; NaN: none
   */
  public record LastMinute(String recipient, long delivered, long failed, double delayMillis) {}

  private final LongAdder published = new LongAdder();
  private final FlowCounts all = new FlowCounts();
  private final Map<String, FlowCounts> counts = new ConcurrentHashMap<>();
  private @Nullable Thread thread; // of who starts and closes it

  // guarded by this
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Map<String, Deque<FlowCounts.Taken>> minutes = new ConcurrentHashMap<>();

  /**
   * Begins. Once.
   *
   * @param waiting events after the recipients' cursors; must not wait
   * @param lagBytes of the source's log; -1: not known; must not wait
   */
  public void start(LongSupplier waiting, LongSupplier lagBytes) {
    thread =
        Thread.ofVirtual()
            .name("history")
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(STEP);
                  step(Instant.now(), waiting.getAsLong(), lagBytes.getAsLong());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Override
  public void journaled(Transaction transaction, List<Event> events) {
    published.add(events.size());
  }

  @Override
  public void journaledLarge(Transaction transaction, Map<EventKind, Long> events) {
    events.values().forEach(published::add);
  }

  @Override
  public void attempted(String recipient, AttemptOutcome outcome, DeliveryState state) {
    all.attempted(outcome, state);
    FlowCounts known = counts.get(recipient);
    (known != null ? known : counts.computeIfAbsent(recipient, _ -> new FlowCounts()))
        .attempted(outcome, state);
  }

  synchronized void step(Instant now, long waiting, long lagBytes) {
    FlowCounts.Taken taken = all.take();
    steps.addLast(
        new Step(
            now,
            published.sumThenReset(),
            taken.delivered(),
            taken.failed(),
            taken.delayMillis(),
            waiting,
            lagBytes));
    while (steps.size() > STEPS) {
      steps.removeFirst();
    }
    counts.forEach((recipient, own) -> {
      Deque<FlowCounts.Taken> minute = minutes.computeIfAbsent(recipient, _ -> new ArrayDeque<>());
      minute.addLast(own.take());
      while (minute.size() > STEPS_A_MINUTE) {
        minute.removeFirst();
      }
    });
    counts.keySet().removeIf(recipient -> isQuiet(minutes.get(recipient)));
    minutes.keySet().retainAll(counts.keySet());
  }

  private static boolean isQuiet(@Nullable Deque<FlowCounts.Taken> minute) {
    return minute != null
        && minute.size() == STEPS_A_MINUTE
        && minute.stream().allMatch(one -> one.delivered() + one.failed() == 0);
  }

  /** The oldest first. */
  public synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Those that were sent anything to in the last minute. */
  public synchronized List<LastMinute> lastMinutes() {
    List<LastMinute> found = new ArrayList<>();
    minutes.forEach((recipient, minute) -> found.add(lastMinute(recipient, minute)));
    return found;
  }

  private static LastMinute lastMinute(String recipient, Deque<FlowCounts.Taken> minute) {
    double delay = Double.NaN;
    for (FlowCounts.Taken one : minute) {
      delay = Double.isNaN(one.delayMillis()) ? delay : one.delayMillis();
    }
    return new LastMinute(
        recipient,
        minute.stream().mapToLong(FlowCounts.Taken::delivered).sum(),
        minute.stream().mapToLong(FlowCounts.Taken::failed).sum(),
        delay);
  }

  @Override
  public void close() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
