package io.rowhook.admin;

import io.rowhook.admin.api.LiveEvents;
import io.rowhook.admin.api.Operations;
import io.rowhook.admin.health.Health;
import io.rowhook.admin.history.History;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.admin.mapping.Mapping;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.SlotStatus;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.UnreadTable;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Recipient;
import io.rowhook.settings.Settings;
import io.rowhook.settings.SettingsDrafts;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.template.TemplateLookup;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.TestDelivery;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What of the running service the {@link Operations} work with.
 *
 * @param samples sends a recipient a test; empty: there is no such recipient
 * @param recipients those that have a file now
 * @param capture where capture stands
 * @param slot the replication slot at the last look
 * @param suspended captured tables whose row changes cannot be told at present
 * @param unread the tables that rows cannot be read back of as they must
 * @param rows what was read back from the source
 * @param counts what has come from the source
 * @param settings those in force
 * @param problems what is wrong with the settings on disk
 * @param health how well all of it does
 * @param editor edits recipients' files and templates
 * @param templateFiles the directory of the templates
 * @param mapping which tables make which entity
 * @param drafts what the settings would be with edits that are not made
 * @param resyncs brings recipients up to date
 * @param audits holds recipients against the source
 * @param erasures removes what the journal has of an entity
 * @param whatIfs what edits would have done
 * @param metrics what is counted and measured
 * @param history how it went in the last hours
 * @param live what happens, as it happens
 * @param instances asks the others that share the journal
 * @param handOver to whoever goes on in its place
 */
public record RunningService(
    SqliteJournal journal,
    TemplateLookup templates,
    DispatcherRegistry dispatchers,
    Function<String, Optional<TestDelivery>> samples,
    Supplier<List<Recipient>> recipients,
    Supplier<CaptureState> capture,
    Supplier<Optional<SlotStatus>> slot,
    Supplier<List<SuspendedTable>> suspended,
    Supplier<List<UnreadTable>> unread,
    Supplier<JdbcRowLookup.Counts> rows,
    EntityMetrics counts,
    Supplier<Settings> settings,
    Supplier<List<String>> problems,
    Health health,
    SettingsEditor editor,
    Path templateFiles,
    Mapping mapping,
    SettingsDrafts drafts,
    ResyncActions resyncs,
    AuditActions audits,
    ErasureActions erasures,
    WhatIfs whatIfs,
    Metrics metrics,
    History history,
    LiveEvents live,
    InstanceClient instances,
    HandOver handOver) {}
