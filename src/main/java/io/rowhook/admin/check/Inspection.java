package io.rowhook.admin.check;

import io.rowhook.base.Finding;
import io.rowhook.base.Finding.Area;
import io.rowhook.base.Finding.Severity;
import io.rowhook.capture.RecordedCheckpoint;
import io.rowhook.capture.SourceComparison;
import io.rowhook.capture.SourceConfig;
import io.rowhook.capture.SourceInspection;
import io.rowhook.capture.TableId;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.Disks;
import io.rowhook.journal.JournalInspection;
import io.rowhook.journal.KafkaSettings;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Subscription;
import io.rowhook.settings.ReplicaIdentityCheck;
import io.rowhook.settings.RowhookFileReader;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReader;
import io.rowhook.settings.SourceCredentials;
import io.rowhook.webhook.RecipientInspection;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all that can be judged without running, in the words in which {@code rowhook run} would
 * refuse it. What cannot be looked at is a finding itself, and stops nothing else. One use, one
 * thread.
 */
public final class Inspection {

  private final Request request;
  private final List<Finding> found = new ArrayList<>();
  private final Map<String, String> versions = new LinkedHashMap<>();
  private Report.@Nullable Compared compared;

  private Inspection(Request request) {
    this.request = request;
  }

  /**
   * What is asked for.
   *
   * @param config the directory of the settings
   * @param templates the directory of the attribute sets
   * @param journal the journal's file; empty: as {@code rowhook.yaml} says
   * @param test whether each recipient is sent a test delivery
   * @param against the ERP's next version, which alone is then looked at; empty: none
   * @param started whether {@code rowhook run} asks, which has said what it says by itself
   * @param env for {@code ${env:NAME}}
   * @param clock of this machine
   * @param disks of this machine
   */
  public record Request(
      Path config,
      Path templates,
      Optional<Path> journal,
      boolean test,
      Optional<SourceConfig> against,
      boolean started,
      Map<String, String> env,
      InstantSource clock,
      Disks disks) {}

  /** Looks. */
  public static Report of(Request request) throws InterruptedException {
    Inspection inspection = new Inspection(request);
    inspection.look();
    inspection.found.sort(
        Comparator.comparing(Finding::area).thenComparing(Finding::severity)); // stable
    return new Report(
        inspection.found.stream().distinct().toList(),
        Map.copyOf(inspection.versions),
        Optional.ofNullable(inspection.compared));
  }

  private void look() throws InterruptedException {
    Optional.ofNullable(Inspection.class.getPackage().getImplementationVersion())
        .ifPresent(version -> versions.put("rowhook", version));
    versions.put("java", System.getProperty("java.version"));
    SettingsReader read;
    try {
      read = SettingsReader.read(request.config(), request.templates(), request.env());
    } catch (SettingsException e) {
      refused(e.problems());
      return;
    }
    refused(read.problems());
    List<EntityType> entities = read.entities().orElse(List.of());
    List<Recipient> recipients = read.goodRecipients();
    if (request.against().isPresent()) {
      against(request.against().get(), read, entities, recipients);
      return;
    }
    JournalInspection journal = journal();
    if (!request.started()) {
      kafka(read.rowhook().flatMap(RowhookFileReader::kafka));
    }
    used(entities, recipients, read);
    source(read, entities, journal)
        .ifPresent(source -> {
          new TemplateInspection(source, entities, read.sets().good())
              .of(recipients)
              .forEach(this::add);
          ReferencesInspection.of(recipients, entities, source.tables()).forEach(this::add);
          ReplicaIdentityCheck check = new ReplicaIdentityCheck(entities, _ -> source.tables());
          for (Recipient recipient : recipients) {
            for (String problem : check.problems(recipient)) {
              add(
                  Finding.of(
                      Severity.error,
                      Area.recipients,
                      problem,
                      "The subscription would be silent for good; rowhook run does not start"));
            }
          }
        });
    reach(recipients, read);
  }

  private void refused(List<String> problems) {
    for (String problem : problems) {
      add(
          Finding.of(
              Severity.error,
              Area.settings,
              problem,
              "rowhook run does not start; one that runs keeps what it has"));
    }
  }

  private void kafka(Optional<KafkaSettings> kafka) throws InterruptedException {
    if (kafka.isPresent()) {
      JournalInspection.of(kafka.get()).forEach(this::add);
    }
  }

  private JournalInspection journal() {
    Path file = request.journal().orElse(null);
    if (file == null) {
      try {
        file = Settings.journal(request.config(), request.env());
      } catch (SettingsException e) {
        return new JournalInspection(
            List.of(), true, false, Optional.empty()); // reported with the settings
      }
    }
    JournalInspection journal = JournalInspection.of(file, request.disks());
    journal.findings().forEach(this::add);
    return journal;
  }

  private Optional<SourceInspection> source(
      SettingsReader read, List<EntityType> entities, JournalInspection journal) {
    Optional<SourceConfig> known = source(read);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    SourceConfig source = known.get();
    SourceInspection.Journal state =
        new SourceInspection.Journal(
            journal.inUse(),
            journal.exists() ? journal.durable() : Optional.of(RecordedCheckpoint.NEW));
    SourceInspection inspection =
        SourceInspection.of(
            source, CapturePlan.of(entities), lookedUp(entities), state, request.clock());
    inspection.findings().stream()
        .filter(finding -> !request.started() || !inspection.atStart().contains(finding))
        .forEach(this::add);
    inspection.version().ifPresent(version -> versions.put("postgresql", version));
    return Optional.of(inspection);
  }

  private Optional<SourceConfig> source(SettingsReader read) {
    if (read.source().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          SourceCredentials.source(read.source().get(), request.config(), request.env()));
    } catch (SettingsException e) {
      refused(e.problems());
      return Optional.empty();
    }
  }

  private void against(
      SourceConfig other,
      SettingsReader read,
      List<EntityType> entities,
      List<Recipient> recipients) {
    Optional<SourceConfig> source = source(read);
    if (source.isEmpty() || entities.isEmpty()) {
      return; // reported with the settings
    }
    SourceComparison comparison =
        SourceComparison.of(source.get(), other, CapturePlan.of(entities), lookedUp(entities));
    new UpgradeInspection(comparison, other.place(), entities, recipients, read.sets().good())
        .findings()
        .forEach(this::add);
    if (comparison.failures().isEmpty()) {
      compared =
          new Report.Compared(
              other.place(), comparison.tables(), comparison.attributes(), comparison.known());
    }
  }

  private static Set<TableId> lookedUp(List<EntityType> entities) {
    return entities.stream()
        .flatMap(entity -> TableRole.of(entity).stream())
        .filter(TableRole::isReference)
        .map(TableRole::table)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** An entity that nobody subscribes to costs its capture. */
  private void used(List<EntityType> entities, List<Recipient> recipients, SettingsReader read) {
    if (read.recipients().isEmpty() && read.listed()) {
      add(
          new Finding(
              Severity.warning,
              Area.recipients,
              "recipients/: there is no recipient",
              "Events are kept in the journal, and nobody is sent them",
              "Write recipients/NAME.yaml, with a url"));
      return;
    }
    Set<String> wanted =
        recipients.stream()
            .flatMap(one -> one.subscriptions().stream())
            .map(Subscription::entity)
            .collect(Collectors.toSet());
    for (EntityType entity : entities) {
      if (read.areRecipientsGood() && !wanted.contains(entity.name())) {
        add(
            new Finding(
                Severity.advice,
                Area.settings,
                "entities.yaml: no recipient subscribes to " + entity.name(),
                "It is captured and journaled, and sent to nobody",
                "Add it to a recipient's subscriptions, or take it out"));
      }
    }
  }

  /** All at once, since each may take its time; reported in their order. */
  private void reach(List<Recipient> recipients, SettingsReader read) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Finding>>> all = new ArrayList<>();
      for (Recipient recipient : recipients) {
        all.add(
            threads.submit(() -> {
              List<Finding> its =
                  new ArrayList<>(RecipientInspection.of(recipient, request.clock()));
              if (request.test()) {
                RecipientInspection.test(recipient, read.sets().good()).ifPresent(its::add);
              }
              return its;
            }));
      }
      for (int i = 0; i < all.size(); i++) {
        try {
          all.get(i).get().forEach(this::add);
        } catch (ExecutionException e) {
          add(
              new Finding(
                  Severity.error,
                  Area.recipients,
                  "recipients/%s.yaml: it could not be looked at: %s"
                      .formatted(recipients.get(i).name(), e.getCause()),
                  "Whether it can be reached is not known",
                  ""));
        }
      }
    }
  }

  private void add(Finding finding) {
    found.add(finding);
  }
}
