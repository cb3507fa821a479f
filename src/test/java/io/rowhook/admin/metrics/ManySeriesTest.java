package io.rowhook.admin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.AuditActions;
import io.rowhook.admin.ErasureActions;
import io.rowhook.admin.HandOver;
import io.rowhook.admin.ResyncActions;
import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.api.LiveEvents;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.history.History;
import io.rowhook.admin.instances.InstanceClient;
import io.rowhook.admin.mapping.Mapping;
import io.rowhook.admin.whatif.WhatIfs;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.UnreadWatch;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.entity.Event;
import io.rowhook.journal.Attempt;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryState;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.journal.tables.RecipientDao;
import io.rowhook.journal.tables.RecipientNumbers;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.settings.SettingsDirectory;
import io.rowhook.settings.SettingsDrafts;
import io.rowhook.settings.SettingsEditor;
import io.rowhook.settings.SettingsException;
import io.rowhook.settings.SettingsReloader;
import io.rowhook.testing.Events;
import io.rowhook.testing.NoSource;
import io.rowhook.testing.PlainSets;
import io.rowhook.testing.ScrapedMetrics;
import io.rowhook.webhook.AttemptOutcome;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.policy.AttemptResult;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many series there are, and what a scrape of very many recipients takes. */
class ManySeriesTest {

  private static final int RECIPIENTS = 1_000;

  /** All that is not of one recipient. */
  private static final int BESIDES = 160;

  /** Of a line, labels included. */
  private static final int MOST_BYTES_EACH = 120;

  @TempDir Path directory;

  @Test
  @Tag("feature-65")
  void aThousandRecipientsMakeAsManySeriesAsIsSaid() throws InterruptedException {
    Path file = directory.resolve("journal.db");
    try (SqliteJournal journal = SqliteJournal.open(file);
        Metrics metrics = new Metrics()) {
      journal.begin(Samples.EPOCH, Samples.lsn(0), Map.of());
      List<Recipient> recipients = new ArrayList<>();
      for (int i = 0; i < RECIPIENTS; i++) {
        recipients.add(recipient("shop-" + i));
      }
      journal.write(sql -> {
        for (Recipient one : recipients) {
          RecipientDao.register(sql, RecipientNumbers.ALONE, one.name(), Instant.now());
        }
        return true;
      });
      List<Event> events = Events.orders(20, 10);
      journal.publish(Samples.transaction(100), events, List.of());
      journal.commit();
      metrics.observe(service(journal, recipients, metrics), file, List::of);
      for (Recipient one : recipients) {
        settle(metrics, one.name(), events.getFirst());
      }
      metrics.scrape(null);

      long begin = System.nanoTime();
      String text = metrics.scrape(null).text();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);

      ScrapedMetrics scrape = new ScrapedMetrics(text);
      System.out.printf(
          "%d recipients: %d series, %d kB, %d ms, read in %.0f ms%n",
          RECIPIENTS,
          scrape.samples().size(),
          text.length() / 1000,
          took.toMillis(),
          readingMillis(journal, file));
      assertThat(scrape.samples("rowhook_backlog_events")).hasSize(RECIPIENTS);
      assertThat(scrape.value("rowhook_backlog_events", "recipient", "shop-7"))
          .isEqualTo(events.size());
      assertThat(scrape.value("rowhook_retries_total", "recipient", "shop-7")).isEqualTo(1);
      assertThat(perRecipient(scrape)).isEqualTo(RecipientMeters.SERIES);
      assertThat(scrape.samples().size())
          .isBetween(
              RECIPIENTS * RecipientMeters.SERIES, RECIPIENTS * RecipientMeters.SERIES + BESIDES);
      assertThat(text.length()).isLessThan(scrape.samples().size() * MOST_BYTES_EACH);
      Set<String> lines = new HashSet<>();
      assertThat(text.lines().filter(line -> !line.startsWith("#")))
          .allMatch(line -> lines.add(line.substring(0, line.lastIndexOf(' '))), "is there once");
    }
  }

  private static double readingMillis(SqliteJournal journal, Path file) {
    long begin = System.nanoTime();
    JournalReading.of(journal, file);
    return (System.nanoTime() - begin) / 1e6;
  }

  private static long perRecipient(ScrapedMetrics scrape) {
    Map<String, Integer> counts = new TreeMap<>();
    scrape
        .samples()
        .forEach(one -> counts.merge(one.labels().getOrDefault("recipient", ""), 1, Integer::sum));
    counts.remove("");
    assertThat(counts).hasSize(RECIPIENTS);
    assertThat(new HashSet<>(counts.values())).hasSize(1);
    return counts.values().iterator().next();
  }

  private static void settle(Metrics metrics, String recipient, Event event) {
    Delivery delivery = Delivery.pending(new JournalEntry(1, event), null, null);
    Attempt attempt =
        new Attempt(2, Instant.now(), Duration.ofMillis(3), "request", 200, null, null, null, null);
    metrics
        .deliveries()
        .attempted(
            recipient,
            new AttemptOutcome(
                delivery, attempt, new AttemptResult.Acknowledged(200, ""), null, 0, 1),
            new DeliveryState.Delivered());
  }

  private static Recipient recipient(String name) {
    return new Recipient(
        name,
        URI.create("https://shop.example.com/"),
        Authentication.NONE,
        DeliveryMode.DEFAULT,
        Duration.ofSeconds(5),
        RetryPolicy.DEFAULT,
        List.of());
  }

  private RunningService service(
      SqliteJournal journal, List<Recipient> recipients, Metrics metrics) {
    SettingsDirectory files = new SettingsDirectory(directory);
    SettingsReloader reloader = reloader(files);
    SettingsEditor editor =
        new SettingsEditor(files.config(), files.templates(), reloader, journal.audit());
    return new RunningService(
        journal,
        new PlainSets(),
        new DispatcherRegistry(_ -> {
          throw new IllegalStateException("none is hired");
        }),
        _ -> Optional.empty(),
        () -> recipients,
        CaptureState.Starting::new,
        Optional::empty,
        List::of,
        List::of,
        () -> new JdbcRowLookup.Counts(0, 0, Duration.ZERO, 0, List.of(), 0),
        new EntityMetrics(),
        () -> {
          throw new AssertionError("there are no settings");
        },
        List::of,
        () -> new HealthReport(List.of(), List.of(), true, Instant.now()),
        editor,
        files.templates(),
        new Mapping(NoSource.config(), reloader::current, editor),
        new SettingsDrafts(files.config(), files.templates(), reloader(files)),
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
        metrics,
        new History(),
        new LiveEvents(),
        new InstanceClient(List::of),
        new HandOver(directory.resolve("journal.db"), true));
  }

  private static SettingsReloader reloader(SettingsDirectory files) {
    try {
      return new SettingsReloader(
          files.read(), files.config(), files.templates(), Map.of(), (_, _) -> {});
    } catch (SettingsException e) {
      throw new IllegalStateException(e);
    }
  }
}
