package io.rowhook.webhook;

import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.Journal;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.CourierStatus.State;
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
public final class Courier implements AutoCloseable {

  /** How long {@link #close} lets what is in flight come to its end. */
  public static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /**
   * Outcomes that may not be durable yet: after a hard kill at most so many, and what was in
   * flight, are sent again.
   */
  public static final int GROUP_COMMIT_WINDOW = Window.UNFLUSHED;

  private final Journal journal;
  private final TemplateLookup templates;
  private final Sender sender;
  private final InstantSource clock;
  private final Observer observer;
  private final MemoryBudget budget;
  private final String name;
  private final Mailbox mailbox = new Mailbox();
  private final DispatcherControl control;
  private final Runnable wake = mailbox::wake;
  private volatile @Nullable Thread thread; // null: not started yet

  // Written by the dispatcher's thread, read by others.
  private final Told told;

  // The dispatcher's thread only.
  private final InFlight inFlight;
  private final Hindrance hindrance;
  private final OwedWatch owedWatch;
  private final Dispatcher.Parts parts;
  private Gate gate = new Gate(false, Optional.empty(), List.of());
  private long decided; // the last event that can have been dispatched
  private boolean shedding; // the backlog is too large; the next round begins with less

  /**
   * Builds a dispatcher at rest; {@link #start} sets it going.
   *
   * @param sender its own: closed with it
   * @param clock says when something is due, and what time requests carry
   * @param random for the retries' jitter
   * @param budget what all dispatchers of the process share
   * @throws IllegalArgumentException if a secret has not the form that its style asks for
   */
  public Courier(
      Recipient recipient,
      Journal journal,
      TemplateLookup templates,
      Sender sender,
      InstantSource clock,
      RandomGenerator random,
      Observer observer,
      MemoryBudget budget) {
    this.name = recipient.name();
    this.journal = journal;
    this.templates = templates;
    this.sender = sender;
    this.clock = clock;
    this.observer = observer;
    this.budget = budget;
    this.inFlight = new InFlight(name, mailbox, budget);
    this.hindrance = new Hindrance(name);
    this.owedWatch = new OwedWatch(name);
    this.control = new DispatcherControl(mailbox, settings(recipient));
    this.told = new Told(name);
    this.parts =
        new Dispatcher.Parts(
            name,
            journal,
            control,
            mailbox,
            inFlight,
            sender,
            owedWatch,
            new RateLimiter(recipient.connection().rate()),
            hindrance,
            told,
            observer,
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
    mailbox.wake();
  }

  /** Whether {@link #start} has succeeded. */
  boolean isStarted() {
    return thread != null;
  }

  /** There may be new events. Any thread, as often as it likes; never waits. */
  public void published() {
    mailbox.wake();
  }

  /**
   * Someone else has changed this recipient's delivery store: redelivered, discarded, paused or
   * resumed. Any thread; never waits.
   */
  public void ledgerChanged() {
    control.ledgerChanged();
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
  public Sample sample() {
    return control.inForce().attempting().sample();
  }

  /** What it was doing a moment ago. Any thread. */
  public CourierStatus status() {
    return told.status();
  }

  /**
   * Starts nothing more, lets what is in flight end for at most {@link #CLOSE_LIMIT}, records what
   * came of it, and returns when that is durable.
   */
  @Override
  public void close() {
    journal.noLongerOnPublished(wake);
    control.close(CLOSE_LIMIT);
    Thread running = thread;
    try {
      if (running != null && !running.join(CLOSE_LIMIT.multipliedBy(2))) {
        running.interrupt(); // the journal does not answer
        running.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      if (running != null) {
        running.interrupt();
      }
      Thread.currentThread().interrupt();
    } finally {
      sender.close();
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
      inFlight.interrupt(); // told to stop at once
    } finally {
      inFlight.release();
      told.tell(State.closed, gate, hindrance);
    }
  }

  /** Abandons what is in flight and waits; runs short of memory itself at worst. */
  private void recover(Throwable e) throws InterruptedException {
    try {
      Duration rest = hindrance.by(e);
      told.tell(State.hindered, gate, hindrance);
      abandon();
      rest(rest);
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
    DeliveryStore store = journal.deliveries(name);
    Matchers matchers = new Matchers(store, control.inForce().wanting(), decided);
    Recipient recipient = control.inForce().recipient();
    Window window = new Window(journal, store, recipient.processing(), budget, matchers);
    try {
      if (shedding) {
        owedWatch.shed(
            window, journal, store, recipient.backlog(), clock.instant(), control::isClosing);
        shedding = false;
      }
      control.readsLedger();
      gate = Gate.read(journal, store, recipient.breakerConfig(), clock.instant());
      Dispatcher dispatcher = new Dispatcher(parts, store, window, gate);
      try {
        dispatcher.run();
      } finally {
        shedding = dispatcher.hasTooMuch();
      }
    } finally {
      decided = matchers.decided();
      window.release();
    }
  }

  /** Lets what is in flight come to its end, unrecorded: it will be sent again. */
  private void abandon() throws InterruptedException {
    while (!inFlight.isEmpty() && !control.isOutOfTime()) {
      inFlight.ended(
          mailbox.take(control.isClosing() ? control.timeLeft() : Dispatcher.LONGEST_WAIT));
    }
    inFlight.interrupt();
  }

  private void rest(Duration howLong) throws InterruptedException {
    long until = System.nanoTime() + howLong.toNanos();
    while (!control.isClosing() && until - System.nanoTime() > 0) {
      mailbox.take(Duration.ofNanos(until - System.nanoTime()));
    }
  }

  private DispatcherSettings settings(Recipient recipient) {
    Wanting wanting = Wanting.of(recipient, templates);
    return new DispatcherSettings(
        recipient, wanting, new Attempting(recipient, wanting, templates, sender, clock, observer));
  }
}
