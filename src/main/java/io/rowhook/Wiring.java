package io.rowhook;

import io.rowhook.admin.AdminServer;
import io.rowhook.admin.Office;
import io.rowhook.admin.RunCommand;
import io.rowhook.capture.Capture;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.Generation;
import io.rowhook.capture.Source;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceRows;
import io.rowhook.capture.Suspended;
import io.rowhook.capture.TableFacts;
import io.rowhook.capture.Timing;
import io.rowhook.entity.CapturedTables;
import io.rowhook.entity.EntityCounts;
import io.rowhook.entity.EntityEvents;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.Housekeeping;
import io.rowhook.journal.OperationException;
import io.rowhook.journal.RemovedRecipients;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.OldValues;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDiff;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsWatch;
import io.rowhook.settings.SourceCredentials;
import io.rowhook.template.Templates;
import io.rowhook.webhook.Courier;
import io.rowhook.webhook.CourierStatus;
import io.rowhook.webhook.Couriers;
import io.rowhook.webhook.Handshake;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.Networks;
import io.rowhook.webhook.Sender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole flow, built by hand: source, capture, entities, journal, and a courier for each
 * recipient. What is built here is started by {@link #start} and ended by {@link #close}, in the
 * order of the data and against it.
 */
public final class Wiring implements AutoCloseable {

  /**
   * Who is told what happens; nobody in production.
   *
   * @param capture of the loop in
   * @param webhook of the loop out
   */
  public record Observers(
      io.rowhook.capture.Observer capture, io.rowhook.webhook.Observer webhook) {
    public static final Observers NONE =
        new Observers(new io.rowhook.capture.Observer() {}, new io.rowhook.webhook.Observer() {});
  }

  private final SqliteJournal journal;
  private final Templates templates;
  private final SourceRows rows;
  private final EntityCounts counts = new EntityCounts();
  private final Capture capture;
  private final MemoryBudget budget = MemoryBudget.ofHeap();
  private final Couriers couriers;
  private final Housekeeping housekeeping;
  private final RemovedRecipients removed;
  private final SettingsWatch watch;
  private final Path journalFile;
  private volatile @Nullable AdminServer admin;

  /**
   * Builds it from good settings; nothing runs yet, but the journal is open.
   *
   * @throws SettingsException if a room refuses its part of the settings
   * @throws io.rowhook.journal.JournalException if the journal cannot be opened
   */
  public Wiring(RunCommand.Options options, Map<String, String> env, Observers observers)
      throws SettingsException {
    Settings settings = Settings.read(options.config(), options.templates(), env);
    Source source = source(settings, options.config(), env);
    journalFile = options.journal().orElse(settings.journal());
    journal = SqliteJournal.open(journalFile);
    templates = new Templates(journal, settings.sets());
    rows = new SourceRows(source);
    capture =
        new Capture(
            source,
            generation(settings.entities()),
            journal,
            observers.capture(),
            Timing.DEFAULT,
            options.acceptGap());
    couriers = new Couriers(recipient -> courier(recipient, observers));
    watch = new SettingsWatch(settings, options.config(), options.templates(), env, new Taker());
    housekeeping =
        new Housekeeping(journal, () -> watch.current().retention(), this::recipientNames);
    removed = new RemovedRecipients(journal);
  }

  /** {@code rowhook run}: until it is stopped, or capture has ended for good. */
  static void run(RunCommand.Options options) throws Exception {
    new Service(options, System.getenv(), Observers.NONE).run();
  }

  /** What capture reads for these entities, and what makes events of it. */
  private Generation generation(List<EntityType> types) {
    return new Generation(
        CapturedTables.of(types),
        new EntityEvents(types, journal, journal, rows, EntityEvents.DEFAULT_MEMORY_LIMIT, counts));
  }

  private Courier courier(Recipient recipient, Observers observers) {
    return new Courier(
        recipient,
        journal,
        templates,
        new Sender(
            new Networks(recipient.allow().networks()), Optional.of(Handshake.of(recipient.tls()))),
        InstantSource.system(),
        RandomGenerator.getDefault(),
        observers.webhook(),
        budget);
  }

  /**
   * Sets it going.
   *
   * @throws SourceException with everything that is wrong with the source
   * @throws SettingsException if the settings ask for what the source does not log
   */
  public void start() throws InterruptedException, SettingsException {
    checkOldValues(watch.current());
    List<String> withoutFile = new ArrayList<>(journal.lookup().recipients());
    withoutFile.removeAll(recipientNames());
    removed.removed(withoutFile, watch.current().retention());
    couriers.apply(watch.current().recipients());
    capture.start();
    housekeeping.start();
    watch.start();
    admin = admin();
  }

  /** Where the commands reach it. */
  private AdminServer admin() {
    try {
      return new AdminServer(
          journalFile,
          new Office(
              journal,
              templates,
              couriers,
              couriers::sample,
              () -> watch.current().recipients(),
              capture::state,
              capture::suspended,
              rows::counts,
              watch::problems));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the commands cannot reach the service, which so cannot be operated: "
              + AdminServer.file(journalFile)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Puts edited settings in force: the watch's thread calls it. */
  private final class Taker implements SettingsWatch.Taker {

    @Override
    public List<TableFacts> look(List<EntityType> entities) {
      return capture.look(CapturedTables.of(entities));
    }

    @Override
    public List<TableFacts> known() {
      return capture.tables();
    }

    @Override
    public void recapture(List<EntityType> entities) throws InterruptedException {
      capture.recapture(generation(entities));
    }

    @Override
    public void pause(String recipient, String reason) throws InterruptedException {
      try {
        journal.operations().pause(recipient, reason, Instant.now());
      } catch (OperationException e) {
        throw new IllegalStateException(e.getMessage(), e); // every recipient in force is known
      }
      couriers.ledgerChanged(recipient);
    }

    @Override
    public void take(Settings settings, SettingsDiff changes) {
      templates.replace(settings.sets());
      couriers.apply(settings.recipients());
      removed.removed(changes.recipients().removed(), settings.retention());
    }
  }

  /** A subscription that asks what has changed needs tables that log it. */
  private void checkOldValues(Settings settings) throws SettingsException {
    SettingsWatch.Taker taker = new Taker();
    OldValues oldValues =
        new OldValues(
            settings.entities(),
            types -> {
              try {
                return taker.look(types);
              } catch (SourceException e) {
                return taker.known(); // what is wrong with the source is for capture to say
              }
            });
    List<String> problems =
        settings.recipients().stream()
            .flatMap(recipient -> oldValues.problems(recipient).stream())
            .toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  private static Source source(Settings settings, Path config, Map<String, String> env)
      throws SettingsException {
    try {
      Source source = Source.of(settings.source().values(), settings.source().file().toString());
      return source.with(new SourceCredentials(config, env, source.credentials().get()));
    } catch (SourceException e) {
      throw new SettingsException(e.problems());
    }
  }

  /** Those with a file, and those that are still served. */
  private java.util.Set<String> recipientNames() {
    return Stream.concat(
            watch.current().recipients().stream().map(Recipient::name),
            couriers.statuses().stream().map(CourierStatus::recipient))
        .collect(Collectors.toSet());
  }

  /** Where capture stands. Any thread. */
  public CaptureState capture() {
    return capture.state();
  }

  /** The captured tables whose row changes cannot be told at present. Any thread. */
  public List<Suspended> suspended() {
    return capture.suspended();
  }

  /** What is wrong with the settings as they are now on disk; empty while they are in force. */
  public List<String> problems() {
    return watch.problems();
  }

  /** The journal, for whoever looks in from outside. */
  public SqliteJournal journal() {
    return journal;
  }

  /** What each courier was doing a moment ago. Any thread. */
  public List<CourierStatus> couriers() {
    return couriers.statuses();
  }

  /** Stops capture, lets what is in flight end, and closes the journal. */
  @Override
  public void close() {
    AdminServer listening = admin;
    if (listening != null) {
      listening.close();
    }
    watch.close();
    capture.close();
    rows.close();
    couriers.close();
    housekeeping.close();
    journal.close();
  }
}
