package io.rowhook.webhook;

import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.recipient.BatchConfig;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.DispatcherStatus.State;
import io.rowhook.webhook.dispatch.AttemptLogger;
import io.rowhook.webhook.dispatch.BacklogLimiter;
import io.rowhook.webhook.dispatch.DeliveryBuffer;
import io.rowhook.webhook.dispatch.DeliveryWorker;
import io.rowhook.webhook.dispatch.Dispatcher;
import io.rowhook.webhook.dispatch.DispatcherControl;
import io.rowhook.webhook.dispatch.DispatcherSettings;
import io.rowhook.webhook.dispatch.FailureBackoff;
import io.rowhook.webhook.dispatch.InFlightDeliveries;
import io.rowhook.webhook.dispatch.OutcomeQueue;
import io.rowhook.webhook.dispatch.RateLimiter;
import io.rowhook.webhook.dispatch.StatusReporter;
import io.rowhook.webhook.policy.CircuitBreaker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recipient's {@link Dispatcher} on a thread of its own, one for each recipient, so that
 * none waits for another. Other threads only tell it, through {@link DispatcherControl}, that
 * something has changed. It can be stopped anywhere: on a new start the delivery store says where
 * to go on.
 *
 * <p>If the journal fails, it drops what it had in memory, waits, and starts from the delivery
 * store again, as after a crash.
 */
public final class RecipientDispatcher implements AutoCloseable {

  /** How long {@link #close} lets what is in flight come to its end. */
  public static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /**
   * Outcomes that may not be durable yet: after a hard kill at most so many, and what was in
   * flight, are sent again.
   */
  public static final int GROUP_COMMIT_WINDOW = DeliveryBuffer.UNFLUSHED;

  private final Journal journal;
  private final TemplateLookup templates;
  private final WebhookClient client;
  private final InstantSource clock;
  private final DeliveryListener listener;
  private final TraceHeaders traces;
  private final MemoryBudget budget;
  private final String name;
  private final OutcomeQueue outcomes = new OutcomeQueue();
  private final DispatcherControl control;
  private final Runnable wake = outcomes::wake;
  private volatile @Nullable Thread thread; // null: not started yet

  // Written by the dispatcher's thread, read by others.
  private final StatusReporter reporter;

  // The dispatcher's thread only.
  private final InFlightDeliveries inFlightDeliveries;
  private final FailureBackoff backoff;
  private final BacklogLimiter limiter;
  private final Dispatcher.Parts parts;
  private CircuitBreaker breaker = new CircuitBreaker(false, Optional.empty(), List.of());
  private long decided; // the last event that can have been dispatched
  private boolean shedding; // the backlog is too large; the next round begins with less

  /**
   * Builds a dispatcher at rest; {@link #start} sets it going.
   *
   * @param client its own: closed with it
   * @param clock says when something is due, and what time requests carry
   * @param random for the retries' jitter
   * @param traces says what requests carry of traces
   * @param budget what all dispatchers of the process share
   * @throws IllegalArgumentException if a secret has not the form that its style asks for
   */
  public RecipientDispatcher(
      Recipient recipient,
      Journal journal,
      TemplateLookup templates,
      WebhookClient client,
      InstantSource clock,
      RandomGenerator random,
      DeliveryListener listener,
      TraceHeaders traces,
      MemoryBudget budget) {
    this.name = recipient.name();
    this.journal = journal;
    this.templates = templates;
    this.client = client;
    this.clock = clock;
    this.listener = listener;
    this.traces = traces;
    this.budget = budget;
    this.inFlightDeliveries = new InFlightDeliveries(name, outcomes, budget);
    this.backoff = new FailureBackoff(name);
    this.limiter = new BacklogLimiter(name);
    this.control = new DispatcherControl(outcomes, settings(recipient));
    this.reporter = new StatusReporter(name);
    this.parts =
        new Dispatcher.Parts(
            name,
            journal,
            control,
            outcomes,
            inFlightDeliveries,
            client,
            limiter,
            new RateLimiter(recipient.connection().rate()),
            backoff,
            reporter,
            new AttemptLogger(name),
            listener,
            clock,
            random);
    this.decided = journal.head();
  }

  /**
   * Sets it going. Once; where the thread cannot be started, again.
   *
   * @throws OutOfMemoryError if the thread cannot be started
   */
  public void start() {
    Thread starting = Thread.ofVirtual().name("dispatcher " + name).unstarted(this::run);
    starting.start();
    thread = starting;
    journal.onPublished(wake);
    outcomes.wake();
  }

  /** Whether {@link #start} has succeeded. */
  boolean isStarted() {
    return thread != null;
  }

  /** There may be new events. Any thread, as often as it likes; never waits. */
  public void published() {
    outcomes.wake();
  }

  /**
   * Someone else has changed this recipient's delivery store: redelivered, discarded, paused or
   * resumed. Any thread; never waits.
   */
  public void deliveriesChanged() {
    control.deliveriesChanged();
  }

  /**
   * What it has of events holds no more, since some were erased: it reads all again, once what is
   * in flight has ended. Any thread; never waits.
   */
  public void beginAnew() {
    control.beginAnew();
  }

  /**
   * Takes other settings for the same recipient. What is in flight ends with the old ones. Any
   * thread; never waits.
   *
   * @throws IllegalArgumentException if a secret has not the form that its style asks for, or the
   *     name is another
   */
  public void reconfigure(Recipient recipient) {
    if (!recipient.name().equals(name)) {
      throw new IllegalArgumentException(
          "the dispatcher of recipient '" + name + "' cannot serve '" + recipient.name() + "'");
    }
    control.edited(settings(recipient));
  }

  /** Sends a test at once, whatever pauses the recipient, and waits for the answer. Any thread. */
  public TestDelivery sample() {
    return control.inForce().worker().sample();
  }

  /** What it was doing a moment ago; closed, where its thread has ended. Any thread. */
  public DispatcherStatus status() {
    Thread running = thread;
    return running == null || running.isAlive() ? reporter.status() : reporter.status().closed();
  }

  /**
   * Starts nothing more, lets what is in flight end for at most {@link #CLOSE_LIMIT}, records what
   * came of it, and returns when that is durable.
   */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /**
   * The same with another limit.
   *
   * @param limit how long what is in flight may take; what takes longer is sent again by whoever
   *     serves the recipient next
   */
  void close(Duration limit) {
    journal.noLongerOnPublished(wake);
    control.close(limit);
    Thread running = thread;
    try {
      if (running != null && !running.join(limit.plus(CLOSE_LIMIT))) {
        running.interrupt(); // the journal does not answer
        running.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      if (running != null) {
        running.interrupt();
      }
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }

  private void run() {
    try {
      while (!control.isClosing()) {
        try {
          dispatch();
        } catch (RuntimeException | Error e) { // an Error ends one round, never the recipient
          recover(e);
        }
      }
    } catch (InterruptedException e) {
      inFlightDeliveries.interrupt(); // told to stop at once
    } finally {
      inFlightDeliveries.release();
      reporter.update(State.closed, breaker, backoff);
    }
  }

  /** Abandons what is in flight and waits; runs short of memory itself at worst. */
  private void recover(Throwable e) throws InterruptedException {
    try {
      Duration rest = backoff.failed(e);
      reporter.update(State.hindered, breaker, backoff);
      abandon();
      pauseFor(rest);
    } catch (RuntimeException | Error again) {
      Thread.sleep(Dispatcher.LONGEST_WAIT);
    }
  }

  /** From the recorded cursor, until another state or other settings ask for a new start. */
  private void dispatch() throws InterruptedException {
    DispatcherSettings edited = control.edited();
    if (edited != null) {
      control.take(edited);
    }
    control.begins();
    DeliveryStore store = journal.deliveries(name);
    Matchers matchers = new Matchers(store, control.inForce().matcher(), decided);
    Recipient recipient = control.inForce().recipient();
    DeliveryBuffer buffer =
        new DeliveryBuffer(
            journal,
            store,
            recipient.processing(),
            recipient.request().batch().map(BatchConfig::max).orElse(1),
            budget,
            matchers);
    try {
      if (shedding) {
        limiter.shed(
            buffer, journal, store, recipient.backlog(), clock.instant(), control::isClosing);
        shedding = false;
      }
      control.readsDeliveries();
      breaker = CircuitBreaker.read(journal, store, recipient.breakerConfig(), clock.instant());
      Dispatcher dispatcher = new Dispatcher(parts, store, buffer, breaker);
      try {
        dispatcher.run();
      } finally {
        shedding = dispatcher.hasTooMuch();
      }
    } finally {
      decided = matchers.decided();
      buffer.release();
    }
  }

  /** Lets what is in flight come to its end, unrecorded: it will be sent again. */
  private void abandon() throws InterruptedException {
    while (!inFlightDeliveries.isEmpty() && !control.isOutOfTime()) {
      inFlightDeliveries.ended(
          outcomes.take(control.isClosing() ? control.timeLeft() : Dispatcher.LONGEST_WAIT));
    }
    inFlightDeliveries.interrupt();
  }

  private void pauseFor(Duration howLong) throws InterruptedException {
    long until = System.nanoTime() + howLong.toNanos();
    while (!control.isClosing() && until - System.nanoTime() > 0) {
      outcomes.take(Duration.ofNanos(until - System.nanoTime()));
    }
  }

  private DispatcherSettings settings(Recipient recipient) {
    SubscriptionMatcher matcher = SubscriptionMatcher.of(recipient, templates);
    return new DispatcherSettings(
        recipient,
        matcher,
        new DeliveryWorker(
            recipient,
            matcher,
            templates,
            client,
            clock,
            listener,
            traces,
            () -> journal.completeTo(recipient.name())));
  }
}
