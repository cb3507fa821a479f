package io.rowhook;

import io.rowhook.admin.AdminServer;
import io.rowhook.admin.HandOver;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.RunCommand.Role;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.ShareListener;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.SettingsApplier;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flow that {@link Wiring} has built: {@link #start} starts its parts in the order of the data,
 * and {@link #close} ends them against it. One thread starts and closes it.
 */
public final class Flow implements AutoCloseable {

  private static final String ROWHOOK = "rowhook";
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  /** How long the process that another one goes on for may have its address yet. */
  private static final Duration ENDS = Duration.ofSeconds(15);

  /** How long requests under way may take where another process waits to go on. */
  private static final Duration IN_FLIGHT = Duration.ofMillis(250);

  private static final Logger log = LoggerFactory.getLogger(Flow.class);

  private final SqliteJournal journal;
  private final RunCommand.Options options;
  private final JdbcRowLookup rows;
  private final CaptureSupervisor supervisor;
  private final DispatcherRegistry dispatchers;
  private final SettingsApplier applier;
  private final SettingsReloader watch;
  private final Surroundings around;
  private final HandOver handOver;
  private final Supplier<AdminServer> listen;
  private @Nullable AdminServer admin;
  private Instant before = Instant.now(); // capture began

  Flow(
      SqliteJournal journal,
      RunCommand.Options options,
      JdbcRowLookup rows,
      CaptureSupervisor supervisor,
      DispatcherRegistry dispatchers,
      SettingsApplier applier,
      SettingsReloader watch,
      Surroundings around,
      HandOver handOver,
      Supplier<AdminServer> listen) {
    this.journal = journal;
    this.options = options;
    this.rows = rows;
    this.supervisor = supervisor;
    this.dispatchers = dispatchers;
    this.applier = applier;
    this.watch = watch;
    this.around = around;
    this.handOver = handOver;
    this.listen = listen;
  }

  /**
   * Sets it going.
   *
   * @throws SourceException with everything that is wrong with the source
   * @throws SettingsException if the settings ask for what the source does not log
   */
  public void start() throws InterruptedException, SettingsException {
    startSending();
    startRest();
  }

  /**
   * Sets capture and the dispatchers going; {@link #startRest} is to follow. As {@link #start}
   * otherwise.
   */
  void startSending() throws InterruptedException, SettingsException {
    if (options.standby()) {
      refuseBacklog();
    }
    if (journal.sharing().isShared()) {
      dispatchers.serve(_ -> false); // until it is said which
    }
    applier.begin(watch.current());
    before = Instant.now();
    if (!journal.sharing().isShared()) {
      supervisor.start(options.standby());
    } else if (options.role() != Role.deliver) {
      supervisor.startAside();
    }
  }

  /** Sets going what looks after them, and what people have asked for. */
  void startRest() throws InterruptedException {
    if (options.role() != Role.deliver) {
      around.offers().start(before);
      around.resync().start();
      around.audits().start();
    }
    around.retention().start();
    watch.start();
    around.health().start();
    around.alerts().start();
    around.history().start(this::waiting, this::lagBytes);
    if (journal.sharing().isShared()) {
      journal
          .sharing()
          .take(options.role() != Role.deliver, options.role() != Role.capture, new Share());
    }
  }

  /** What falls to this process of the work that several share. */
  private final class Share implements ShareListener {

    @Override
    public void serve(Predicate<String> mine) {
      dispatchers.serve(mine);
    }

    @Override
    public void capture(boolean mine) throws InterruptedException {
      if (mine) {
        applier.admit(watch.current());
      }
      supervisor.turn(mine);
    }

    @Override
    public void maySend() {
      dispatchers.allDeliveriesChanged();
    }
  }

  private long waiting() {
    long head = journal.head();
    return dispatchers.statuses().stream()
        .mapToLong(status -> Math.max(0, head - status.cursor()))
        .sum();
  }

  private long lagBytes() {
    return supervisor.slot().map(SlotStatus::behindBytes).orElse(-1L);
  }

  /**
   * Lets itself be asked and operated; after {@link #start}.
   *
   * @throws IllegalStateException if it cannot listen where the settings say, in words for the user
   */
  public void listen() throws InterruptedException {
    Optional<AdminSettings> settings =
        options.takeOver() ? watch.current().admin() : Optional.empty();
    if (settings.isPresent()) {
      AdminServer.await(settings.get(), ENDS);
    }
    admin = listen.get();
    journal.audit().record(ROWHOOK, Action.SERVICE_STARTED, "", Main.Version.text());
  }

  /**
   * A journal with a backlog cannot stand by: what it would send is older than what the other one
   * has sent since.
   */
  private void refuseBacklog() {
    List<String> waiting =
        journal.queries().recipients().stream()
            .filter(name -> journal.queries().backlog(name).bytes() > 0)
            .toList();
    Optional<String> holder = waiting.isEmpty() ? Optional.empty() : supervisor.slotHolder();
    if (holder.isPresent()) {
      throw SourceException.of(
          List.of(
              "the journal still has a backlog of %s, which is older than what the Rowhook that has the slot now, %s, sends them: it cannot stand by. Keep it, in case that one has to be stopped and this one is to send the rest; or move the journal's file away, to stand by with a new one"
                  .formatted(String.join(", ", waiting), holder.get())));
    }
  }

  /** Where capture stands. Any thread. */
  public CaptureState capture() {
    return supervisor.state();
  }

  /** How well all of it does, as of the last second. Any thread; never waits. */
  public HealthReport health() {
    return around.health().report();
  }

  /** The captured tables whose row changes cannot be told at present. Any thread. */
  public List<SuspendedTable> suspended() {
    return supervisor.suspended();
  }

  /** What is wrong with the settings as they are now on disk; empty while they are in force. */
  public List<String> problems() {
    return watch.problems();
  }

  /** The journal, for whoever looks in from outside. */
  public SqliteJournal journal() {
    return journal;
  }

  /** What each dispatcher was doing a moment ago. Any thread. */
  public List<DispatcherStatus> dispatchers() {
    return dispatchers.statuses();
  }

  /** What is counted and measured. Any thread. */
  public Metrics metrics() {
    return around.metrics();
  }

  private void noteStop() {
    try {
      journal.audit().record(ROWHOOK, Action.SERVICE_STOPPED, "", "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is stopped all the same
    }
  }

  /**
   * Waits until who wants to hear of it was told that capture has stopped at a gap; some seconds at
   * most.
   */
  public void farewell() throws InterruptedException {
    around.alerts().farewell(FAREWELL);
  }

  /** Whether another process is to go on in this one's place. Any thread. */
  public HandOver handOver() {
    return handOver;
  }

  /** Stops capture, lets what is in flight end, and closes the journal. */
  @Override
  public void close() {
    if (handOver.isAsked()) {
      letGo();
      return;
    }
    journal.sharing().leave(); // first: others wait for it
    if (admin != null) {
      admin.close();
    }
    around.history().close();
    around.whatIfs().close();
    around.alerts().close();
    around.health().close();
    watch.close();
    around.offers().close();
    around.audits().close();
    around.resync().close();
    around.chunks().close();
    supervisor.close();
    rows.close();
    dispatchers.close();
    around.retention().close();
    if (admin != null) {
      noteStop();
    }
    around.metrics().close();
    journal.close();
    around.traces().close(); // last: nothing waits for a collector
  }

  /**
   * The same for another process that waits: slot and journal first, and what nobody waits for
   * after them. The engine ends beside the rest, which so can still write.
   */
  private void letGo() {
    long begin = System.nanoTime();
    Thread engine = Thread.ofPlatform().name("hand-over").start(supervisor::close);
    around.closeWriters();
    watch.close();
    try {
      engine.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long slot = since(begin);
    dispatchers.close(IN_FLIGHT);
    long flight = since(begin);
    if (admin != null) {
      admin.retire();
      noteStop();
    }
    journal.close();
    log.info(
        "let go for another process: of the slot after {} ms, what was in flight after {} ms, the journal after {} ms",
        slot,
        flight,
        since(begin));
    if (admin != null) {
      admin.close();
    }
    rows.close();
    around.closeReaders();
  }

  private static long since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }
}
