package io.rowhook;

import io.rowhook.admin.AdminServer;
import io.rowhook.admin.AuditActions;
import io.rowhook.admin.ErasureActions;
import io.rowhook.admin.HandOver;
import io.rowhook.admin.ObservedPublisher;
import io.rowhook.admin.ResyncActions;
import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.ResyncSurroundings;
import io.rowhook.admin.RunCommand;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.alerts.Alerts;
import io.rowhook.admin.alerts.FailedDeliveries;
import io.rowhook.admin.api.LiveEvents;
import io.rowhook.admin.audit.AuditRunner;
import io.rowhook.admin.health.HealthMonitor;
import io.rowhook.admin.health.RenderingWatch;
import io.rowhook.admin.history.History;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.admin.mapping.Mapping;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.admin.traces.Traces;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.CaptureTimeouts;
import io.rowhook.capture.Generation;
import io.rowhook.capture.HeadStart;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.LogMarks;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.UnreadTable;
import io.rowhook.capture.UnreadWatch;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.entity.EntityType;
import io.rowhook.entity.ResyncChunks;
import io.rowhook.entity.TransactionAggregator;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.journal.RemovedRecipients;
import io.rowhook.journal.ResyncRunner;
import io.rowhook.journal.RetentionJob;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.TlsConfig;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsApplier;
import io.rowhook.settings.SettingsDrafts;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.settings.SourceCredentials;
import io.rowhook.settings.WithdrawnTemplates;
import io.rowhook.template.TemplateRegistry;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.MemoryBudget;
import io.rowhook.webhook.RecipientDispatcher;
import io.rowhook.webhook.WebhookClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The whole flow, built by hand: source, capture, entities, journal, and a dispatcher for each
 * recipient. Constructors only; {@link Flow} starts and ends what is built here.
 */
public final class Wiring {

  private Wiring() {}

  /**
   * Builds the flow from good settings. Nothing runs yet, but the journal is open.
   *
   * @throws SettingsException if a room refuses its part of the settings
   * @throws io.rowhook.journal.JournalException if the journal cannot be opened
   */
  public static Flow flow(RunCommand.Options options, Map<String, String> env, Observers observers)
      throws SettingsException {
    Start start = start(options, env);
    start.read().admin().ifPresent(AdminServer::check);
    return flow(start, options, env, observers);
  }

  /**
   * What a start has read before it opens anything.
   *
   * @param read the settings
   * @param source as they name it
   * @param file the journal's
   * @param headStart what was done of capture's start
   */
  public record Start(Settings read, SourceConfig source, Path file, HeadStart headStart) {

    /** The same with a head start. */
    Start with(HeadStart other) {
      return new Start(read, source, file, other);
    }
  }

  /**
   * Reads the settings of a start.
   *
   * @throws SettingsException if they are not good
   */
  public static Start start(RunCommand.Options options, Map<String, String> env)
      throws SettingsException {
    Settings read = Settings.read(options.config(), options.templates(), env);
    options.check(read);
    SourceConfig source = SourceCredentials.source(read, options.config(), env);
    Path file = options.journal().orElse(read.journal());
    return new Start(read, source, file, HeadStart.none(source));
  }

  /** The same with settings that were read before. */
  static Flow flow(
      Start start, RunCommand.Options options, Map<String, String> env, Observers observers) {
    Settings read = start.read();
    SourceConfig source = start.source();
    Path file = start.file();
    SqliteJournal journal = open(file, read.kafka());
    Settings settings = WithdrawnTemplates.since(journal, read, options.templates());
    TemplateRegistry templates = new TemplateRegistry(journal, settings.sets());
    JdbcRowLookup rows = new JdbcRowLookup(source);
    EntityMetrics counts = new EntityMetrics();
    Traces traces = Traces.of(env);
    Metrics metrics = new Metrics(traces::of);
    History history = new History();
    ObservedPublisher publisher =
        new ObservedPublisher(
            journal, metrics.publications().and(traces.publications()).and(history));
    JdbcRowLookup chunkRows = JdbcRowLookup.whole(source);
    ResyncChunks chunks =
        new ResyncChunks(
            chunkRows, () -> chunkRows.counts().tables().stream().map(UnreadTable::text).toList());
    Function<List<EntityType>, Generation> generations =
        types ->
            new Generation(
                CapturePlan.of(types),
                new TransactionAggregator(
                    types,
                    journal,
                    publisher,
                    rows,
                    TransactionAggregator.DEFAULT_MEMORY_LIMIT,
                    counts,
                    chunks));
    CaptureSupervisor supervisor =
        new CaptureSupervisor(
            source,
            generations.apply(settings.entities()),
            journal,
            observers.capture(),
            CaptureTimeouts.DEFAULT,
            options.acceptGap(),
            start.headStart());
    MemoryBudget budget = MemoryBudget.ofHeap();
    RenderingWatch renderings = new RenderingWatch();
    FailedDeliveries failed = new FailedDeliveries();
    LiveEvents live = new LiveEvents();
    DispatcherRegistry dispatchers =
        new DispatcherRegistry(recipient ->
            new RecipientDispatcher(
                recipient,
                journal,
                templates,
                WebhookClient.of(recipient),
                InstantSource.system(),
                RandomGenerator.getDefault(),
                observers
                    .webhook()
                    .and(renderings)
                    .and(failed)
                    .and(metrics.deliveries())
                    .and(traces.deliveries())
                    .and(history)
                    .and(live),
                traces.headers(),
                budget));
    SettingsApplier applier =
        new SettingsApplier(
            supervisor,
            generations,
            journal,
            templates,
            dispatchers,
            new RemovedRecipients(journal));
    SettingsReloader watch =
        new SettingsReloader(settings, options.config(), options.templates(), env, applier);
    RetentionJob retention =
        new RetentionJob(
            journal,
            () -> watch.current().retention(),
            () -> applier.recipientNames(watch.current()));
    ResyncOffers offers =
        new ResyncOffers(
            journal, watch::current, new UnreadWatch(journal, () -> rows.counts().tables()));
    HealthMonitor health =
        new HealthMonitor(
            journal, file, supervisor, rows, counts, dispatchers, watch, renderings, offers::lines);
    Alerts alerts =
        new Alerts(
            health, journal, supervisor, dispatchers, () -> watch.current().recipients(), failed);
    ResyncActions.Estimate estimate =
        (table, condition) -> LogMarks.estimate(source, table, condition);
    ResyncRunner resync =
        new ResyncRunner(
            journal.resyncs(),
            chunks,
            new LogMarks(source),
            new ResyncSurroundings(
                journal, dispatchers, supervisor::state, watch::current, estimate));
    AuditRunner audits =
        new AuditRunner(
            journal.stateAudits(),
            chunks,
            JdbcRowLookup.whole(source),
            templates,
            supervisor::state,
            watch::current,
            resync::wake);
    SettingsEditor editor =
        new SettingsEditor(options.config(), options.templates(), watch, journal.audit());
    WhatIfs whatIfs = new WhatIfs(journal.events());
    HandOver handOver = new HandOver(file, settings.kafka().isEmpty());
    RunningService service =
        new RunningService(
            journal,
            templates,
            dispatchers,
            dispatchers::sample,
            () -> watch.current().recipients(),
            supervisor::state,
            supervisor::slot,
            supervisor::suspended,
            () -> UnreadTable.all(supervisor.unread(), rows.counts().tables()),
            rows::counts,
            counts,
            watch::current,
            watch::problems,
            health,
            editor,
            options.templates(),
            new Mapping(source, watch::current, editor),
            new SettingsDrafts(options.config(), options.templates(), watch),
            new ResyncActions(
                journal.resyncs(),
                resync::note,
                resync::wake,
                () -> watch.current().entities(),
                estimate,
                offers),
            new AuditActions(
                journal.stateAudits(),
                audits::note,
                audits::wake,
                () -> watch.current().entities(),
                estimate),
            new ErasureActions(
                journal.erasure(),
                journal.audit(),
                () -> watch.current().entities(),
                chunks::keys,
                () -> {
                  dispatchers.beginAnew();
                  whatIfs.forget();
                }),
            whatIfs,
            metrics,
            history,
            live,
            new InstanceClient(() ->
                watch
                    .current()
                    .admin()
                    .flatMap(AdminSettings::tls)
                    .map(TlsConfig.Identity::chain)
                    .orElse(List.of())),
            handOver);
    metrics.observe(service, file, () -> watch.current().entities());
    return new Flow(
        journal,
        options,
        rows,
        supervisor,
        dispatchers,
        applier,
        watch,
        new Surroundings(
            retention, resync, audits, offers, chunkRows, health, alerts, whatIfs, metrics, history,
            traces),
        handOver,
        () -> AdminServer.open(file, service, () -> watch.current().admin()));
  }

  private static SqliteJournal open(Path file, Optional<KafkaSettings> kafka) {
    if (kafka.isEmpty()) {
      SqliteJournal journal = SqliteJournal.open(file);
      WarmUp.removeQuietly(file);
      return journal;
    }
    try {
      return SqliteJournal.open(file, kafka.get());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while Kafka was read", e);
    }
  }
}
