package io.rowhook.webhook;

import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.DeliveryState.Blocked;
import io.rowhook.journal.DeliveryState.Delivered;
import io.rowhook.journal.DeliveryState.Failed;
import io.rowhook.journal.DeliveryState.Pending;
import io.rowhook.journal.DeliveryState.Retrying;
import io.rowhook.journal.Journal;
import io.rowhook.journal.Ledger;
import io.rowhook.recipient.Recipient;
import io.rowhook.template.AttributeSets;
import io.rowhook.webhook.CourierStatus.State;
import io.rowhook.webhook.Mailbox.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings one recipient what the journal has for it: the loop "out", journal to outcome. One for
 * each recipient, so that none waits for another.
 *
 * <p>Its one thread owns all that is to decide: the {@link Window}, the {@link Order}, the ledger.
 * Attempts run on threads of their own and only report back; other threads only wake it, through a
 * bounded {@link Mailbox}. What is in memory is bounded whatever is owed, and it can be stopped
 * anywhere: on a new start the ledger says where to go on.
 *
 * <p>If the journal fails, the courier drops what it had in memory, waits, and starts from the
 * ledger again, as after a crash.
 */
public final class Courier implements AutoCloseable {

  /** How long {@link #close} lets what is in flight come to its end. */
  public static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /**
   * Outcomes that may not be durable yet: after a hard kill at most so many, and what was in
   * flight, are sent again.
   */
  public static final int GROUP_COMMIT_WINDOW = Window.UNFLUSHED;

  /** It looks around at least so often, so that a clock set back or forth is noticed. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Journal journal;
  private final AttributeSets attributeSets;
  private final Sender sender;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Observer observer;
  private final MemoryBudget budget;
  private final String name;
  private final Mailbox mailbox = new Mailbox();
  private final Runnable wake = mailbox::wake;

  // Written by other threads, read by the courier's.
  private final AtomicReference<@Nullable Settings> wanted = new AtomicReference<>();
  private volatile @Nullable Thread thread; // null: not started yet
  private volatile boolean changed;
  private volatile boolean closing;
  private volatile long closeBy; // System.nanoTime

  // Written by the courier's thread, read by others.
  private final Told told;
  private volatile Settings settings;

  // The courier's thread only.
  private final InFlight inFlight;
  private final Hindrance hindrance;
  private final OwedWatch owedWatch;
  private final RateLimiter rateLimiter;
  private Gate gate = new Gate(false, Optional.empty(), List.of());
  private long decided; // the last event that can have been dispatched
  private boolean shedding; // too much is owed; the next round begins with less

  private record Settings(Recipient recipient, Wanting wanting, Attempting attempting) {}

  /**
   * Builds a courier at rest; {@link #start} sets it going.
   *
   * @param sender its own: closed with it
   * @param clock says when something is due, and what time requests carry
   * @param random for the retries' jitter
   * @param budget what all couriers of the process share
   * @throws IllegalArgumentException if a secret has not the form that its style asks for
   */
  public Courier(
      Recipient recipient,
      Journal journal,
      AttributeSets attributeSets,
      Sender sender,
      InstantSource clock,
      RandomGenerator random,
      Observer observer,
      MemoryBudget budget) {
    this.name = recipient.name();
    this.journal = journal;
    this.attributeSets = attributeSets;
    this.sender = sender;
    this.clock = clock;
    this.random = random;
    this.observer = observer;
    this.budget = budget;
    this.inFlight = new InFlight(name, mailbox, budget);
    this.hindrance = new Hindrance(name);
    this.owedWatch = new OwedWatch(name);
    this.rateLimiter = new RateLimiter(recipient.connection().rate());
    this.settings = settings(recipient);
    this.told = new Told(name);
    this.decided = journal.head();
  }

  /**
   * Sets it going. Once; where the thread cannot be started, again.
   *
   * @throws OutOfMemoryError if the thread cannot be started
   */
  public void start() {
    Thread starting = Thread.ofVirtual().name("courier " + name).unstarted(this::run);
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
   * Someone else has changed this recipient's ledger: redelivered, discarded, held or released. Any
   * thread; never waits.
   */
  public void ledgerChanged() {
    changed = true;
    mailbox.wake();
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
          "the courier of recipient '" + name + "' cannot serve '" + recipient.name() + "'");
    }
    wanted.set(settings(recipient));
    mailbox.wake();
  }

  /** Sends a test at once, whatever holds the recipient, and waits for the answer. Any thread. */
  public Sample sample() {
    return settings.attempting.sample();
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
    closeBy = System.nanoTime() + CLOSE_LIMIT.toNanos();
    closing = true;
    mailbox.wake();
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
      while (!closing) {
        try {
          serve();
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
      Thread.sleep(LONGEST_WAIT);
    }
  }

  /** From where the ledger stands, until another way or other settings ask for a new start. */
  private void serve() throws InterruptedException {
    Ledger ledger = journal.ledger(name);
    Recipient recipient = settings.recipient;
    Matchers matchers = new Matchers(ledger, settings.wanting, decided);
    Window window = new Window(journal, ledger, recipient.processing(), budget, matchers);
    try {
      serve(ledger, recipient, window);
    } finally {
      decided = matchers.decided();
      window.release();
    }
  }

  private void serve(Ledger ledger, Recipient recipient, Window window)
      throws InterruptedException {
    if (shedding) {
      owedWatch.shed(window, journal, ledger, recipient.owed(), clock.instant(), () -> closing);
      shedding = false;
    }
    changed = false;
    gate = Gate.read(journal, ledger, recipient.pause(), clock.instant());
    Gate.Way way = gate.way(clock.instant());
    Order order = Order.of(way, settings.recipient.processing(), window, ledger);
    boolean ending = false;
    while (true) {
      ending = ending || closing || !adopt(window) || isOver(way, order, window, ledger);
      if (ending && (inFlight.isEmpty() || outOfTime())) {
        inFlight.interrupt();
        window.close();
        Settings next = wanted.getAndSet(null);
        settings = next == null ? settings : next;
        return;
      }
      if (!ending) {
        order.pull(clock.instant());
        startWhatMay(window);
      }
      boolean quiet = inFlight.isEmpty() && !order.hungry();
      window.advance(quiet);
      if (quiet || window.hasFlushed()) {
        hindrance.over();
      }
      told.tell(quiet ? quietly(way) : State.sending, window, inFlight.size(), gate, hindrance);
      List<Message> messages = mailbox.take(ending ? untilEnd() : untilNext(way, order, window));
      if (messages.isEmpty()) {
        sender.closeIdle();
      }
      inFlight.ended(messages); // all of them, before recording one can fail
      for (Message message : messages) {
        switch (message) {
          case Message.Wake _ -> window.published();
          case Message.Ended(Outcome outcome) -> settle(outcome, way, window, order);
        }
      }
    }
  }

  /** Whether another way is to be gone now, or too much is owed. */
  private boolean isOver(Gate.Way way, Order order, Window window, Ledger ledger) {
    if (changed) {
      changed = false;
      if (gate.isOther(journal.killSwitch().isPresent(), ledger.hold())) {
        return true;
      }
      window.recheck();
      order.ledgerChanged();
    }
    Instant now = clock.instant();
    shedding = shedding || owedWatch.isBeyond(ledger, settings.recipient.owed(), now);
    return shedding || gate.way(now) != way;
  }

  private static State quietly(Gate.Way way) {
    return switch (way) {
      case open, trial -> State.idle;
      case asked, shut -> State.held;
    };
  }

  /**
   * Takes new settings over, if there are any; false if they ask for a new start, because other
   * events are wanted, or in another order.
   */
  private boolean adopt(Window window) {
    Settings next = wanted.get();
    if (next == null) {
      return true;
    }
    Recipient now = settings.recipient;
    Recipient then = next.recipient;
    if (!settings.wanting.definition().equals(next.wanting.definition())
        || now.processing().getClass() != then.processing().getClass()) {
      return false;
    }
    settings = next;
    wanted.compareAndSet(next, null);
    window.resize(then.processing());
    return true;
  }

  private void startWhatMay(Window window) throws InterruptedException {
    rateLimiter.limit(settings.recipient.connection().rate());
    long each = window.lanes().bytes() / Math.max(1, window.lanes().size());
    int room = inFlight.room(settings.recipient.processing().jobs(), each);
    int most = Math.min(room, rateLimiter.available(clock.instant()));
    for (Delivery owed : window.next(most)) {
      rateLimiter.take();
      inFlight.start(owed, settings.attempting);
    }
  }

  private void settle(Outcome outcome, Gate.Way way, Window window, Order order)
      throws InterruptedException {
    Delivery owed = outcome.delivery();
    Instant now = clock.instant();
    Sequel sequel = Sequel.of(outcome, settings.recipient, gate, way, now, random.nextDouble());
    DeliveryState state = sequel.delivery().state();
    told.attempted(outcome.attempt());
    window.record(outcome, sequel.delivery());
    window.change(sequel.change(), now);
    AttemptLog.log(name, outcome, state);
    AttemptLog.log(name, sequel.change());
    observer.settled(name, owed.entry(), outcome.attempt(), state);
    switch (state) {
      case Delivered _ -> order.settled(owed);
      case Failed _ -> order.settled(owed);
      case Retrying _ -> order.failed(owed);
      case Pending _, DeliveryState.InFlight _, Blocked _ ->
          throw new IllegalStateException("no attempt leads to " + state);
    }
  }

  private Duration untilNext(Gate.Way way, Order order, Window window) {
    Instant now = clock.instant();
    Instant opens = way == Gate.Way.asked ? gate.until() : Instant.MAX; // else it is past
    Instant next = earliest(order.nextCheck(), opens, owedWatch.next(), rateLimiter.next(now));
    if (order.hungry() || window.hasMore() || !next.isAfter(now)) {
      return Duration.ZERO;
    }
    return next.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, next);
  }

  private static Instant earliest(Instant... instants) {
    return Collections.min(List.of(instants));
  }

  private Duration untilEnd() {
    return closing ? Duration.ofNanos(closeBy - System.nanoTime()) : LONGEST_WAIT;
  }

  private boolean outOfTime() {
    return closing && System.nanoTime() - closeBy >= 0;
  }

  /** Lets what is in flight come to its end, unrecorded: it will be sent again. */
  private void abandon() throws InterruptedException {
    while (!inFlight.isEmpty() && !outOfTime()) {
      inFlight.ended(mailbox.take(untilEnd()));
    }
    inFlight.interrupt();
  }

  private void rest(Duration howLong) throws InterruptedException {
    long until = System.nanoTime() + howLong.toNanos();
    while (!closing && until - System.nanoTime() > 0) {
      mailbox.take(Duration.ofNanos(until - System.nanoTime()));
    }
  }

  private Settings settings(Recipient recipient) {
    Wanting wanting = Wanting.of(recipient, attributeSets);
    return new Settings(
        recipient,
        wanting,
        new Attempting(recipient, wanting, attributeSets, sender, clock, observer));
  }
}
