package io.rowhook.api;

import io.rowhook.admin.AdminServer;
import io.rowhook.admin.AuditActions;
import io.rowhook.admin.ErasureActions;
import io.rowhook.admin.HandOver;
import io.rowhook.admin.ResyncActions;
import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.api.LiveEvents;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.history.History;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.admin.mapping.Mapping;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableProblem;
import io.rowhook.capture.UnreadTable;
import io.rowhook.capture.UnreadWatch;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.settings.AdminSettings;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsDrafts;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.testing.NoSource;
import io.rowhook.testing.PlainSets;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.TestDelivery;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** The API on a journal of its own, without a source, where it takes no dispatchers to see it. */
final class ApiRig implements AutoCloseable {

  final Path file;
  final SqliteJournal journal;
  final List<String> tested = new CopyOnWriteArrayList<>(); // by up to 16 at once
  final LiveEvents live = new LiveEvents();
  volatile HealthReport health = new HealthReport(List.of(), List.of(), true, Instant.now());
  volatile CountDownLatch answers = new CountDownLatch(0); // what a test delivery waits for
  volatile Optional<AdminSettings> settings = Optional.empty();
  private final RunningService service;
  private final SettingsReloader reloader;
  private AdminServer server;

  ApiRig(Path directory, Optional<AdminSettings> configured) {
    file = directory.resolve("journal.db");
    settings = configured;
    journal = SqliteJournal.open(file);
    Recipient shop =
        new Recipient(
            "shop",
            URI.create("https://shop.example.com/"),
            Authentication.NONE,
            DeliveryMode.DEFAULT,
            Duration.ofSeconds(5),
            RetryPolicy.DEFAULT,
            List.of());
    journal.deliveries("shop");
    journal.deliveries("gone");
    SettingsDirectory files = new SettingsDirectory(directory);
    try {
      reloader =
          new SettingsReloader(
              files.read(), files.config(), files.templates(), Map.of(), (_, _) -> {});
    } catch (SettingsException e) {
      throw new IllegalStateException(e);
    }
    reloader.start();
    SettingsEditor editor =
        new SettingsEditor(files.config(), files.templates(), reloader, journal.audit());
    service =
        new RunningService(
            journal,
            new PlainSets(),
            new DispatcherRegistry(_ -> {
              throw new IllegalStateException("none is hired");
            }),
            this::sample,
            () -> List.of(shop),
            CaptureState.Starting::new,
            Optional::empty,
            List::of,
            () ->
                UnreadTable.all(
                    List.of(
                        new TableProblem(
                            TableId.parse("crm.customer"),
                            false,
                            "entities.yaml: Order",
                            "run GRANT")),
                    List.of(unread("crm.customer", "denied"), unread("public.line", "locked"))),
            () -> new JdbcRowLookup.Counts(0, 0, Duration.ZERO, 0, List.of(), 0),
            new EntityMetrics(),
            () -> {
              throw new AssertionError("there are no settings");
            },
            List::of,
            () -> health,
            editor,
            files.templates(),
            new Mapping(NoSource.config(), reloader::current, editor),
            new SettingsDrafts(files.config(), files.templates(), reloader),
            new ResyncActions(
                journal.resyncs(),
                _ -> Optional.empty(),
                () -> {},
                List::of,
                (_, _) -> 0,
                new ResyncOffers(
                    journal,
                    () -> {
                      throw new AssertionError("there was no gap");
                    },
                    new UnreadWatch(journal, List::of))),
            new AuditActions(
                journal.stateAudits(), _ -> Optional.empty(), () -> {}, List::of, (_, _) -> 0),
            new ErasureActions(
                journal.erasure(), journal.audit(), List::of, _ -> Optional.empty(), () -> {}),
            new WhatIfs(journal.events()),
            new Metrics(),
            new History(),
            live,
            new InstanceClient(List::of),
            new HandOver(file, true));
    server = AdminServer.open(file, service, () -> settings);
  }

  private static UnreadTable unread(String table, String reason) {
    return new UnreadTable(TableId.parse(table), reason, Instant.MIN);
  }

  private Optional<TestDelivery> sample(String recipient) {
    if (tested.contains("break")) {
      throw new IllegalStateException("secret-value");
    }
    tested.add(recipient);
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.of(
        new TestDelivery(
            "POST",
            "https://shop.example.com/hook",
            List.of(
                new HttpHeader(
                    "Webhook-Signature", "v1,6Wm1ZJ9o8oF0cYpl0m3fWq3kq8m9m3zB0YzL7cQ2m5A="),
                new HttpHeader("authorization", "Basic ZXJwOmdlaGVpbQ=="),
                new HttpHeader("X-Api-Key", "also-secret"),
                new HttpHeader("Rowhook-Topic", "rowhook.test")),
            "{}".getBytes(StandardCharsets.UTF_8),
            503,
            "answered 503",
            "busy",
            Duration.ofMillis(12)));
  }

  /** For whoever has the file beside the journal. */
  ApiClient local() throws IOException {
    return ApiClient.of(file);
  }

  EndpointFile endpoint() throws IOException {
    return EndpointFile.read(EndpointFile.beside(file));
  }

  int configuredPort() {
    return server.configuredPort();
  }

  /** Ends the server and begins another on the same journal. */
  void restart() {
    server.close();
    server = AdminServer.open(file, service, () -> settings);
  }

  void stop() {
    server.close();
  }

  @Override
  public void close() {
    server.close();
    reloader.close();
    journal.close();
  }
}
