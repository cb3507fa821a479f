package io.rowhook.webhook;

import io.rowhook.recipient.Recipient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dispatchers at work: one for each recipient of the settings in force. Any thread; those that
 * change the set wait for each other.
 */
public final class DispatcherRegistry implements AutoCloseable {

  private record Hired(Recipient recipient, RecipientDispatcher dispatcher) {}

  /** How long what is in flight may take where another instance waits for the recipient. */
  private static final Duration HAND_OVER_LIMIT = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(DispatcherRegistry.class);

  /** So many recipients are named where it is said who is served. */
  private static final int NAMED = 20;

  private final Function<Recipient, RecipientDispatcher> hire;
  private volatile Map<String, Hired> byName = Map.of();

  // guarded by this
  private List<Recipient> inForce = List.of();
  private Predicate<String> served = _ -> true;

  /**
   * Builds an empty set.
   *
   * @param hire makes the dispatcher of a recipient, at rest
   */
  public DispatcherRegistry(Function<Recipient, RecipientDispatcher> hire) {
    this.hire = hire;
  }

  /**
   * Brings the set in line: starts, reconfigures or closes dispatchers. Others are not disturbed.
   * All that come are hired before any is closed: where one cannot be, everything stays as it is.
   * May be called again after it has failed, and starts then what it could not start.
   */
  public synchronized void apply(List<Recipient> recipients) {
    bring(
        recipients.stream().filter(recipient -> served.test(recipient.name())).toList(),
        RecipientDispatcher.CLOSE_LIMIT);
    inForce = List.copyOf(recipients);
  }

  /**
   * Serves, of the recipients in force, only these from now on: others are served elsewhere. Those
   * that leave are at rest when it returns, or have been told to be for {@link #HAND_OVER_LIMIT}.
   *
   * @param mine by name
   */
  public synchronized void serve(Predicate<String> mine) {
    served = mine;
    bring(
        inForce.stream().filter(recipient -> mine.test(recipient.name())).toList(),
        HAND_OVER_LIMIT);
    if (!inForce.isEmpty()) {
      log.info(
          "this instance serves {} of {} recipients{}{}",
          byName.size(),
          inForce.size(),
          byName.isEmpty() ? "" : ": ",
          byName.keySet().stream().sorted().limit(NAMED).collect(Collectors.joining(", ")));
    }
  }

  private void bring(List<Recipient> recipients, Duration limit) {
    Map<String, Hired> leaving = new TreeMap<>(byName);
    Map<String, Hired> next = new TreeMap<>();
    List<Hired> coming = new ArrayList<>();
    try {
      for (Recipient recipient : recipients) {
        Hired there = leaving.get(recipient.name());
        if (there != null && connectsAlike(there.recipient, recipient)) {
          leaving.remove(recipient.name());
          next.put(recipient.name(), new Hired(recipient, there.dispatcher));
        } else { // another sender, and connections of its own
          Hired hired = new Hired(recipient, hire.apply(recipient));
          coming.add(hired);
          next.put(recipient.name(), hired);
        }
      }
      for (Hired one : next.values()) {
        if (!coming.contains(one)) {
          one.dispatcher.reconfigure(one.recipient);
        }
      }
    } catch (RuntimeException | Error e) {
      close(coming, limit);
      throw e;
    }
    byName = Map.copyOf(next);
    close(leaving.values(), limit);
    next.values().stream()
        .map(Hired::dispatcher)
        .filter(dispatcher -> !dispatcher.isStarted())
        .forEach(RecipientDispatcher::start);
  }

  private static boolean connectsAlike(Recipient one, Recipient other) {
    return one.allow().equals(other.allow())
        && one.tls().equals(other.tls())
        && one.connection().proxy().equals(other.connection().proxy());
  }

  /**
   * Sends a recipient a test and waits for the answer, at most its timeout; empty: there is no such
   * recipient. Any thread.
   */
  public Optional<TestDelivery> sample(String recipient) {
    return Optional.ofNullable(byName.get(recipient)).map(hired -> hired.dispatcher.sample());
  }

  /** What each was doing a moment ago, by the recipient's name. */
  public List<DispatcherStatus> statuses() {
    return new TreeMap<>(byName).values().stream().map(hired -> hired.dispatcher.status()).toList();
  }

  /** Someone else has changed a recipient's delivery store. Any thread; never waits. */
  public void deliveriesChanged(String recipient) {
    Hired hired = byName.get(recipient);
    if (hired != null) {
      hired.dispatcher.deliveriesChanged();
    }
  }

  /** The same for all: the kill switch. */
  public void allDeliveriesChanged() {
    byName.values().forEach(hired -> hired.dispatcher.deliveriesChanged());
  }

  /** Events were erased: each reads anew what it has in memory. Any thread; never waits. */
  public void beginAnew() {
    byName.values().forEach(hired -> hired.dispatcher.beginAnew());
  }

  /** Stops all, side by side, so that it takes as long as the slowest. */
  @Override
  public void close() {
    close(RecipientDispatcher.CLOSE_LIMIT);
  }

  /**
   * The same with another limit.
   *
   * @param inFlight how long what is in flight may take; what takes longer is sent again by whoever
   *     goes on
   */
  public synchronized void close(Duration inFlight) {
    close(byName.values(), inFlight);
    byName = Map.of();
  }

  private static void close(Collection<Hired> leaving, Duration limit) {
    List<Thread> closing =
        leaving.stream()
            .map(hired -> Thread.ofVirtual().start(() -> hired.dispatcher.close(limit)))
            .toList();
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // they are closed by their own threads all the same
    }
  }
}
