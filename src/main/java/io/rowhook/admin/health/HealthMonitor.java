package io.rowhook.admin.health;

import io.rowhook.admin.health.Part.Kind;
import io.rowhook.admin.health.Part.State;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.journal.Pause;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how well all of it does. Whoever asks is answered at once: only what the others keep in
 * memory is looked at, and what the disk tells is read by {@link JournalLooks}. Looks by itself
 * too, so that it is known for how long something has not got on when somebody asks. Any thread.
 */
public final class HealthMonitor implements Health, AutoCloseable {

  /** However many ask, it is looked this often at most. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

  /** How often it looks by itself. */
  private static final Duration BY_ITSELF = Duration.ofSeconds(2);

  private final Thread ticker = Thread.ofVirtual().name("health").unstarted(this::run);
  private final SqliteJournal journal;
  private final SettingsReloader settings;
  private final JournalLooks looks;
  private final CaptureHealth capture;
  private final JournalHealth journals;
  private final RecipientHealth recipients;
  private final TemplateHealth templates;
  private final Supplier<List<String>> missed;
  private HealthReport last = new HealthReport(List.of(), List.of(), false, Instant.MIN);

  /**
   * Looks at nothing yet.
   *
   * @param file the journal's
   * @param rows where capture reads rows back
   * @param renderings is told of each attempt
   * @param missed the commands for what recipients may have missed; never waits
   */
  public HealthMonitor(
      SqliteJournal journal,
      Path file,
      CaptureSupervisor supervisor,
      JdbcRowLookup rows,
      EntityMetrics counts,
      DispatcherRegistry dispatchers,
      SettingsReloader settings,
      RenderingWatch renderings,
      Supplier<List<String>> missed) {
    this.missed = missed;
    this.journal = journal;
    this.settings = settings;
    this.looks =
        new JournalLooks(
            journal,
            file,
            () -> dispatchers.statuses().stream().map(DispatcherStatus::recipient).toList());
    this.capture = new CaptureHealth(supervisor, rows, counts);
    this.journals = new JournalHealth(journal, looks);
    this.recipients = new RecipientHealth(dispatchers, looks);
    this.templates = new TemplateHealth(settings, renderings);
  }

  /** Begins to look. */
  public void start() {
    looks.start();
    ticker.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          report();
        } catch (RuntimeException e) {
          LOG.error("a look at the health has failed", e);
        }
        Thread.sleep(BY_ITSELF);
      }
    } catch (InterruptedException e) {
      LOG.debug("health is no longer looked at");
    }
  }

  @Override
  public synchronized HealthReport report() {
    return last.at().isBefore(Instant.now().minus(EVERY)) ? look() : last;
  }

  @Override
  public synchronized HealthReport look() {
    Findings found = new Findings(Instant.now(), last.parts());
    boolean captures = capture.look(found);
    missed(found, missed.get());
    journals.look(found);
    settings(found, settings.problems());
    templates.look(found);
    killSwitch(found, journal.killSwitch());
    recipients.look(found, settings.current().recipients());
    last = found.report(captures);
    return last;
  }

  private static void missed(Findings found, List<String> commands) {
    if (commands.isEmpty()) {
      found.add(Kind.missed, State.ok, "no recipient is known to lack changes");
      return;
    }
    found.add(
        Kind.missed,
        State.degraded,
        "recipients may lack changes: run %s%s"
            .formatted(
                commands.getFirst(),
                commands.size() == 1
                    ? ""
                    : "; and %d more, which rowhook status lists under 'to resync'"
                        .formatted(commands.size() - 1)));
  }

  private static void settings(Findings found, List<String> problems) {
    if (problems.isEmpty()) {
      found.add(Kind.settings, State.ok, "the files are in force");
    } else {
      found.add(
          Kind.settings,
          State.degraded,
          problems.getFirst()
              + (problems.getFirst().endsWith(".") ? "" : ".")
              + (problems.size() == 1 ? "" : " And %d more.".formatted(problems.size() - 1))
              + " What was in force before still is");
    }
  }

  private static void killSwitch(Findings found, Optional<Pause> set) {
    if (set.isEmpty()) {
      found.add(Kind.killSwitch, State.ok, "not set");
      return;
    }
    found.add(
        Kind.killSwitch,
        "",
        State.degraded,
        "set (%s): nothing is sent to anyone. rowhook resume --all clears it"
            .formatted(set.get().reason()),
        set.get().at());
  }

  @Override
  public void close() {
    ticker.interrupt();
    looks.close();
  }
}
