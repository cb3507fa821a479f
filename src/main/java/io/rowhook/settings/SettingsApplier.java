package io.rowhook.settings;

import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.Generation;
import io.rowhook.capture.TableMetadata;
import io.rowhook.entity.CapturePlan;
import io.rowhook.entity.EntityType;
import io.rowhook.journal.AuditEntry.Action;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.Pause;
import io.rowhook.journal.RemovedRecipients;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.Start;
import io.rowhook.recipient.Subscription;
import io.rowhook.template.TemplateRegistry;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.DispatcherStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts settings in force in the rooms: those of the start by {@link #begin}, then each edit that
 * {@link SettingsReloader} has found good. One thread at a time; {@link #recipientNames} any
 * thread.
 */
public final class SettingsApplier implements ReloadListener {

  private static final Logger LOG = LoggerFactory.getLogger(SettingsApplier.class);

  /** Who has done what nobody asked for. */
  private static final String ROWHOOK = "rowhook";

  private final CaptureSupervisor supervisor;
  private final Function<List<EntityType>, Generation> generations;
  private final SqliteJournal journal;
  private final TemplateRegistry templates;
  private final DispatcherRegistry dispatchers;
  private final RemovedRecipients removed;

  /**
   * @param generations makes what capture reads for these entities, and what makes events of it
   */
  public SettingsApplier(
      CaptureSupervisor supervisor,
      Function<List<EntityType>, Generation> generations,
      SqliteJournal journal,
      TemplateRegistry templates,
      DispatcherRegistry dispatchers,
      RemovedRecipients removed) {
    this.supervisor = supervisor;
    this.generations = generations;
    this.journal = journal;
    this.templates = templates;
    this.dispatchers = dispatchers;
    this.removed = removed;
  }

  /**
   * Checks the settings of the start against the source, reports recipients without a file, and
   * starts the dispatchers. Capture has these entities from its own start on.
   *
   * @throws SettingsException if a subscription asks for what the source does not log
   */
  public void begin(Settings settings) throws SettingsException, InterruptedException {
    ReplicaIdentityCheck check = new ReplicaIdentityCheck(settings.entities(), this::lookOrKnown);
    List<String> problems =
        settings.recipients().stream()
            .flatMap(recipient -> check.problems(recipient).stream())
            .toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    List<String> withoutFile = new ArrayList<>(journal.queries().recipients());
    withoutFile.removeAll(recipientNames(settings));
    removed.removed(withoutFile, settings.retention());
    admit(settings);
    dispatchers.apply(settings.recipients());
  }

  /**
   * Begins what new recipients are to be sent that is there already; on standby it waits for the
   * takeover. Where several processes share the journal, the one that captures does it.
   */
  public void admit(Settings settings) throws InterruptedException {
    if (!journal.sharing().captures()) {
      return;
    }
    Map<String, List<String>> entities = new TreeMap<>();
    for (Recipient recipient : settings.recipients()) {
      List<String> wanted =
          recipient.start() == Start.now
              ? List.of()
              : recipient.subscriptions().stream()
                  .filter(Subscription::wantsSnapshots)
                  .map(Subscription::entity)
                  .distinct()
                  .toList();
      if (!wanted.isEmpty() || journal.sharing().isShared()) {
        entities.put(recipient.name(), wanted);
      }
    }
    if (entities.isEmpty()) {
      return;
    }
    for (String name : journal.resyncs().admit(entities)) {
      List<String> wanted = entities.getOrDefault(name, List.of());
      if (!wanted.isEmpty()) {
        LOG.info(
            "recipient {} is new: it is sent what is there now of {}; rowhook resync --list shows"
                + " how far it is",
            name,
            String.join(", ", wanted));
      }
    }
  }

  /** Returns the recipients that have a file in these settings, and those that are still served. */
  public Set<String> recipientNames(Settings settings) {
    return Stream.concat(
            settings.recipients().stream().map(Recipient::name),
            dispatchers.statuses().stream().map(DispatcherStatus::recipient))
        .collect(Collectors.toSet());
  }

  @Override
  public List<TableMetadata> look(List<EntityType> entities) {
    return supervisor.look(CapturePlan.of(entities));
  }

  @Override
  public List<TableMetadata> known() {
    return supervisor.tables();
  }

  @Override
  public void recapture(List<EntityType> entities) throws InterruptedException {
    supervisor.restart(generations.apply(entities));
  }

  @Override
  public void pause(String recipient, String reason) throws InterruptedException {
    try {
      journal.deliveryAdmin().pause(recipient, reason, Instant.now());
    } catch (DeliveryAdminException e) {
      throw new IllegalStateException(e.getMessage(), e); // every recipient in force is known
    }
    journal.audit().record(ROWHOOK, Action.RECIPIENT_PAUSED, recipient, reason);
    dispatchers.deliveriesChanged(recipient);
  }

  @Override
  public void changed(List<SettingsDiff.Change> changes) throws InterruptedException {
    for (SettingsDiff.Change change : changes) {
      journal.audit().record("file", Action.SETTINGS_CHANGED, change.name(), change.words());
    }
  }

  @Override
  public void resumeAllBut(Set<String> withdrawn) throws InterruptedException {
    for (String name : journal.queries().recipients()) {
      boolean isPausedForIt =
          journal
              .queries()
              .pause(name)
              .filter(pause -> pause.kind() == Pause.Kind.person)
              .filter(pause -> WithdrawnTemplates.isReason(name, pause.reason()))
              .isPresent();
      if (isPausedForIt && !withdrawn.contains(name)) {
        try {
          journal.deliveryAdmin().resume(name, Instant.now());
        } catch (DeliveryAdminException e) {
          LOG.debug("recipient {} was forgotten meanwhile", name, e);
          continue;
        }
        LOG.info("recipient {} goes on: what it is to get is there again", name);
        journal
            .audit()
            .record(ROWHOOK, Action.RECIPIENT_RESUMED, name, "what it is to get is there again");
        dispatchers.deliveriesChanged(name);
      }
    }
  }

  @Override
  public void take(Settings settings, SettingsDiff changes) throws InterruptedException {
    templates.replace(settings.sets());
    admit(settings);
    dispatchers.apply(settings.recipients());
    removed.removed(changes.recipients().removed(), settings.retention());
  }
}
