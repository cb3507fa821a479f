package io.rowhook.admin.alerts;

import io.rowhook.admin.health.Health;
import io.rowhook.admin.health.Part.State;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.Epoch;
import io.rowhook.capture.MissedRange;
import io.rowhook.entity.Event;
import io.rowhook.entity.EventType;
import io.rowhook.entity.OwnEvent;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells recipients that subscribe to the entity Rowhook what happens to it: looks every second what
 * has changed, and publishes an event for each recipient that wants it. Nobody is told of itself.
 * Where nobody subscribes, nothing is looked at and nothing written.
 *
 * <p>Owns one thread, which alone waits for the journal. What cannot be published yet waits, up to
 * {@link #MOST_WAITING}.
 */
public final class Alerts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Events that a journal which cannot be written is waited with for. */
  private static final int MOST_WAITING = 1_000;

  private static final int MISSED_LOOKED = 5;

  /** How often the journal is asked for what may be missing. */
  private static final int LOOKS_PER_MISSED = 10;

  private final Health health;
  private final SqliteJournal journal;
  private final CaptureSupervisor supervisor;
  private final DispatcherRegistry dispatchers;
  private final Supplier<List<Recipient>> recipients;
  private final FailedDeliveries failed;
  private final Thread thread = Thread.ofVirtual().name("alerts").unstarted(this::run);

  // The thread's own.
  private final SchemaWatch schema;
  private final AlertLimit limit = new AlertLimit();
  private final CompleteNotices notices;
  private final List<Event> waiting = new ArrayList<>();
  private Transitions transitions = new Transitions();
  private Instant missedUpTo = Instant.now();
  private int looks;
  private boolean gapTold;

  /** Whether what is said of the gap is in the journal; read by any. */
  private volatile boolean toldOfGap;

  /**
   * Looks at nothing yet.
   *
   * @param recipients those that have a file
   * @param failed is told of each attempt
   */
  public Alerts(
      Health health,
      SqliteJournal journal,
      CaptureSupervisor supervisor,
      DispatcherRegistry dispatchers,
      Supplier<List<Recipient>> recipients,
      FailedDeliveries failed) {
    this.health = health;
    this.journal = journal;
    this.supervisor = supervisor;
    this.dispatchers = dispatchers;
    this.recipients = recipients;
    this.failed = failed;
    this.schema = new SchemaWatch(supervisor);
    this.notices = new CompleteNotices(journal::completeTo);
  }

  /** Begins to look. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          look(Instant.now());
        } catch (JournalException e) {
          LOG.debug("nothing can be told just now", e); // the journal says so itself
        } catch (RuntimeException e) {
          LOG.error("what happens to Rowhook could not be told", e);
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      LOG.debug("what happens to Rowhook is no longer told");
    }
  }

  private void look(Instant now) throws InterruptedException {
    List<Recipient> wanting =
        recipients.get().stream().filter(one -> !wanted(one).isEmpty()).toList();
    List<Alert> failures = failed.due(now);
    List<Alert> changed = schema.look(now);
    if (wanting.isEmpty()) {
      transitions = new Transitions(); // who subscribes later is told what is not well then
      waiting.clear();
      return;
    }
    List<Alert> due = new ArrayList<>(gaps());
    due.addAll(transitions.look(health.report(), pauses()));
    due.addAll(failures);
    due.addAll(changed);
    Optional<Epoch> epoch = journal.epoch();
    if (epoch.isEmpty()) {
      return;
    }
    for (Alert alert : limit.pass(due, now)) {
      for (Recipient recipient : wanting) {
        if (isFor(alert, recipient) && waiting.size() < MOST_WAITING) {
          waiting.add(
              OwnEvent.of(
                  epoch.get(),
                  alert.type(),
                  alert.id(),
                  alert.since(),
                  alert.data(),
                  recipient.name()));
        }
      }
    }
    waiting.addAll(
        notices.due(
            epoch.get(),
            wanting.stream()
                .filter(one -> wanted(one).contains(EventType.Complete))
                .map(Recipient::name)
                .filter(journal.sharing()::serves)
                .toList(),
            now));
    if (waiting.isEmpty() || journal.announce(waiting)) {
      waiting.clear();
      toldOfGap = gapTold;
    }
  }

  private static boolean isFor(Alert alert, Recipient recipient) {
    boolean itself = alert.about().filter(recipient.name()::equals).isPresent();
    return !itself && wanted(recipient).contains(alert.type());
  }

  private static List<EventType> wanted(Recipient recipient) {
    return recipient.subscriptions().stream()
        .filter(one -> one.entity().equals(OwnEvent.ENTITY))
        .flatMap(one -> one.events().stream())
        .toList();
  }

  private Map<String, Pause.Kind> pauses() {
    Map<String, Pause.Kind> pauses = new HashMap<>();
    for (DispatcherStatus status : dispatchers.statuses()) {
      Pause pause = status.pause();
      if (pause != null) {
        pauses.put(status.recipient(), pause.kind());
      }
    }
    return pauses;
  }

  /** Where something may be missing: capture stops at it, or has gone on behind it. */
  private List<Alert> gaps() {
    List<Alert> due = new ArrayList<>();
    if (!gapTold
        && supervisor.state() instanceof CaptureState.Stopped(String reason, boolean gap)
        && gap) {
      gapTold = true;
      due.add(gap("capture", "", State.failing, reason, Instant.now()));
    }
    if (looks++ % LOOKS_PER_MISSED == 0) {
      Instant upTo = missedUpTo;
      for (MissedRange range : journal.missed(MISSED_LOOKED)) {
        if (range.noticedAt().isAfter(upTo)) {
          missedUpTo = range.noticedAt().isAfter(missedUpTo) ? range.noticedAt() : missedUpTo;
          due.add(
              gap(
                  "table",
                  range.table().toString(),
                  State.degraded,
                  "what was committed after %s and up to %s may be missing: %s. Resync what recipients must have"
                      .formatted(range.after(), range.upTo(), range.reason()),
                  range.noticedAt()));
        }
      }
    }
    return due;
  }

  private static Alert gap(String kind, String subject, State state, String reason, Instant since) {
    return new Alert(EventType.Gap, kind, subject, state, State.ok, reason, since, null);
  }

  /**
   * Waits until those who want to hear of it were told that capture has stopped at a gap, since
   * this process ends then; at most so long.
   */
  public void farewell(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    List<String> wanting =
        recipients.get().stream()
            .filter(one -> wanted(one).contains(EventType.Gap))
            .map(Recipient::name)
            .toList();
    while (!wanting.isEmpty() && System.nanoTime() < deadline && !haveHeard(wanting)) {
      Thread.sleep(100);
    }
  }

  private boolean haveHeard(List<String> names) {
    long head = journal.head();
    return toldOfGap
        && dispatchers.statuses().stream()
            .filter(status -> names.contains(status.recipient()))
            .allMatch(status -> status.cursor() >= head);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.isAlive()) { // the flow may have been refused before it began
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
