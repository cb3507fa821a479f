package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.ScrapedMetrics;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a scrape of a running service says: one recipient gets what there is, one refuses it, one is
 * not there, and of one the template fails.
 */
class MetricsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

  private static final SourceDatabase source = SourceDatabase.start();

  @TempDir static Path directory;
  private static @Nullable Stage stage;

  @BeforeAll
  static void run() {
    Stage played = new Stage(source, directory).tables();
    stage = played;
    OperatedService service = new OperatedService(played, source);
    played.receiver(
        "budget",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(1_000)));
    played.recipient("budget", "url: ${env:BUDGET_URL}\nretry: { delays: [200ms, 1h], jitter: 0 }");
    played.receiver("away", TestReceiver.Settings.DEFAULT);
    int port = played.silence("away");
    played.recipient(
        "away", "url: http://127.0.0.1:%d/\nretry: { delays: [1h], jitter: 0 }".formatted(port));
    played.write("jslt-templates/broken/Article.jslt", "error(\"never\")");
    played.recipient(
        "broken",
        """
        url: ${env:BUDGET_URL}
        retry: { delays: [100ms], jitter: 0 }
        subscriptions: [ { entity: Article, attributes: Article } ]
        """);
    service.shop(
        0,
        """

        subscriptions:
          - { entity: Article, events: [Created, Updated, Deleted, Snapshot] }
          - { entity: Customer }
        """);
    service.update(1);
    service.update(1);
    source.execute(
        "INSERT INTO crm.customer VALUES (1, 'One')",
        "INSERT INTO article SELECT i, 'A', 'Many', 1, 1 FROM generate_series(2, 41) i",
        """
        BEGIN;
        SELECT pg_logical_emit_message(true, 'rowhook', '{"mute": true}');
        UPDATE article SET stock = 8 WHERE id = 1;
        COMMIT;
        """);
    played.awaitJournaled();
    played.await("shop", 43); // 41 articles, one of them twice, and a customer
    service.shown("pause", "budget");
    service.shown("resync", "shop", "Article", "--rate", "1/s");
  }

  @AfterAll
  static void end() {
    if (stage != null) {
      stage.close();
    }
    source.close();
  }

  private static Metrics metrics() {
    if (stage == null) {
      throw new IllegalStateException("not started");
    }
    return stage.flow().metrics();
  }

  private static ScrapedMetrics scrape() {
    return new ScrapedMetrics(metrics().scrape(null).text());
  }

  private static void eventually(String what, Callable<Boolean> condition) {
    Eventually.within(LIMIT, what, condition);
  }

  @Test
  @Tag("feature-65")
  void whatFlowsAndWhatFailsIsCounted() {
    eventually(
        "all that is tried at once is tried",
        () ->
            scrape().value("rowhook_attempts_total", "recipient", "away", "outcome", "no_answer")
                >= 1);
    ScrapedMetrics scrape = scrape();
    assertThat(scrape.value("rowhook_events_total", "entity", "Article", "event", "Created"))
        .isEqualTo(41);
    assertThat(scrape.value("rowhook_events_total", "entity", "Article", "event", "Updated"))
        .isEqualTo(1);
    assertThat(scrape.value("rowhook_events_total", "entity", "Order", "event", "Deleted"))
        .isZero();
    assertThat(scrape.value("rowhook_muted_transactions_total")).isEqualTo(1);
    assertThat(scrape.value("rowhook_row_changes_total")).isGreaterThanOrEqualTo(43);
    assertThat(scrape.value("rowhook_commit_to_journal_seconds_count")).isGreaterThanOrEqualTo(5);
    assertThat(scrape.value("rowhook_commit_to_acknowledgement_seconds_count"))
        .isGreaterThanOrEqualTo(43);
    assertThat(scrape.value("rowhook_commit_to_acknowledgement_seconds_bucket", "le", "86400.0"))
        .isGreaterThanOrEqualTo(43);
    assertThat(
            scrape.value("rowhook_attempts_total", "recipient", "shop", "outcome", "acknowledged"))
        .isGreaterThanOrEqualTo(43);
    assertThat(scrape.value("rowhook_attempt_seconds_count", "recipient", "shop"))
        .isGreaterThanOrEqualTo(43);
    assertThat(scrape.value("rowhook_attempt_seconds_sum", "recipient", "shop")).isPositive();
    assertThat(scrape.value("rowhook_attempts_total", "recipient", "budget", "outcome", "refused"))
        .isPositive();
    assertThat(
            scrape.value(
                "rowhook_attempts_total", "recipient", "broken", "outcome", "not_rendered"))
        .isPositive();
    assertThat(scrape.value("rowhook_deliveries_total", "recipient", "broken", "end", "failed"))
        .isPositive();
    assertThat(scrape.value("rowhook_recipient_state", "recipient", "shop", "state", "active"))
        .isEqualTo(1);
    assertThat(scrape.value("rowhook_capture_state", "state", "streaming")).isEqualTo(1);
    assertThat(scrape.value("rowhook_capture_state", "state", "stalled")).isZero();
    assertThat(scrape.value("rowhook_template_seconds_count")).isPositive();
    assertThat(scrape.value("rowhook_journal_size_bytes")).isGreaterThan(10_000);
    assertThat(scrape.value("rowhook_journal_free_bytes")).isPositive();
    assertThat(scrape.value("rowhook_source_last_look_timestamp_seconds")).isPositive();
    assertThat(scrape.value("rowhook_build_info", "version", "dev")).isEqualTo(1);
  }

  /** What is looked at is read anew every few seconds. */
  @Test
  @Tag("feature-50")
  @Tag("feature-65")
  void whatWaitsIsSeen() {
    eventually(
        "what waits, and what has failed",
        () -> {
          ScrapedMetrics scrape = scrape();
          return scrape.value("rowhook_backlog_events", "recipient", "budget") >= 43
              && scrape.value("rowhook_failed_deliveries", "recipient", "broken") >= 42
              && scrape.value(
                      "rowhook_recipient_state", "recipient", "budget", "state", "paused_person")
                  == 1
              && scrape.value("rowhook_recipient_state", "recipient", "budget", "state", "active")
                  == 0;
        });
    ScrapedMetrics scrape = scrape();
    assertThat(scrape.value("rowhook_backlog_bytes", "recipient", "budget"))
        .isGreaterThan(43 * 100);
    assertThat(scrape.value("rowhook_backlog_oldest_seconds", "recipient", "budget")).isPositive();
    assertThat(scrape.value("rowhook_backlog_limit_ratio", "recipient", "budget"))
        .isBetween(0.0, 0.1);
    assertThat(scrape.value("rowhook_journal_reading_age_seconds")).isBetween(0.0, 10.0);
    assertThat(scrape.value("rowhook_resyncs_running")).isEqualTo(1);
  }

  @Test
  @Tag("feature-65")
  void anExemplarNamesTheTraceThatTheTransactionGave() {
    Metrics.Exposition text = metrics().scrape("text/plain");
    assertThat(text.contentType()).startsWith("text/plain; version=0.0.4");
    Metrics.Exposition open = metrics().scrape(OPEN_METRICS);
    assertThat(open.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(open.text()).endsWith("# EOF\n");
    assertThat(metrics().scrape("application/vnd.google.protobuf;encoding=delimited").contentType())
        .startsWith("text/plain");
    eventually( // of some events, as they come, each histogram keeps one
        "exemplars of both histograms",
        () -> {
          source.execute(
              """
              BEGIN;
              SELECT pg_logical_emit_message(true, 'rowhook', '{"traceparent": "00-%s-00f067aa0ba902b7-01"}');
              UPDATE crm.customer SET name = name || '.';
              COMMIT;
              """
                  .formatted(TRACE));
          ScrapedMetrics scrape = new ScrapedMetrics(metrics().scrape(OPEN_METRICS).text());
          return Stream.of("rowhook_commit_to_journal", "rowhook_commit_to_acknowledgement")
              .allMatch(histogram ->
                  scrape.samples(histogram + "_seconds_bucket").stream()
                      .anyMatch(one -> one.exemplar().contains("trace_id=\"" + TRACE + "\"")));
        });
    assertThat(metrics().scrape(OPEN_METRICS).text().lines())
        .filteredOn(line -> line.contains(" # {"))
        .as("what OpenMetrics lets have exemplars")
        .allMatch(line -> line.startsWith("rowhook_") && line.contains("_seconds_bucket{"));
  }

  /** Else nobody would notice a name that was changed here and not there. */
  @Test
  @Tag("feature-65")
  void dashboardAndAlertsNameWhatThereIs() throws Exception {
    scrape();
    System.gc(); // of pauses there is nothing to be said before the first
    eventually("a pause is told", () -> scrape().names().contains("jvm_gc_pause_seconds_sum"));
    eventually("a resync is told", () -> scrape().names().contains("rowhook_resync_read_entities"));
    ScrapedMetrics scrape = scrape();
    List<String> unknown = new ArrayList<>();
    for (JsonNode rule : MonitoringTest.rules()) {
      unknown.addAll(MetricsQuery.unknown(rule.path("expr").asText(), scrape));
    }
    JsonNode dashboard = new ObjectMapper().readTree(MonitoringTest.DASHBOARD.toFile());
    List<String> queries = dashboard.findValuesAsText("expr");
    queries.addAll(dashboard.path("templating").path("list").findValuesAsText("definition"));
    assertThat(queries).hasSizeGreaterThan(40);
    queries.forEach(query -> unknown.addAll(MetricsQuery.unknown(query, scrape)));
    assertThat(unknown).isEmpty();

    assertThat(
            MetricsQuery.unknown(
                "sum by (colour) (rate(rowhook_events_total{kind=\"x\", event=\"Sold\"}[5m])) /"
                    + " rowhook_evnts",
                scrape))
        .containsExactly(
            "rowhook_events_total{kind}",
            "rowhook_events_total{kind=x}",
            "rowhook_events_total{event=Sold}",
            "rowhook_evnts",
            "label colour");
  }

  /** Of the documented names each is there, and each that is there is documented. */
  @Test
  void eachMetricIsDocumented() throws Exception {
    eventually("a resync is told", () -> scrape().names().contains("rowhook_resync_read_entities"));
    String page = Files.readString(Path.of("docs/monitoring.md"));
    assertThat(scrape().names())
        .filteredOn(name -> name.startsWith("rowhook_"))
        .map(name -> name.replaceFirst("(_seconds)_(bucket|count|sum|max)$", "$1"))
        .allMatch(name -> documents(page, name), "is in docs/monitoring.md");
  }

  /** {@code `rowhook_backlog_events`, `_bytes`} names two. */
  private static boolean documents(String page, String name) {
    if (page.contains("`" + name + "`")) {
      return true;
    }
    for (int at = name.indexOf('_', 8); at > 0; at = name.indexOf('_', at + 1)) {
      String head = name.substring(0, at);
      String tail = name.substring(at);
      if (page.lines()
          .anyMatch(line -> line.contains("`" + head + "_") && line.contains("`" + tail + "`"))) {
        return true;
      }
    }
    return false;
  }

  @Test
  @Tag("feature-65")
  void aRecipientThatIsForgottenIsNotShownAnyMore() throws Exception {
    Stage played = stage;
    if (played == null) {
      throw new IllegalStateException("not started");
    }
    OperatedService service = new OperatedService(played, source);
    eventually(
        "it is shown",
        () -> !scrape().samples("rowhook_attempts_total", "recipient", "away").isEmpty());
    Files.delete(played.directory().resolve("connector-config/recipients/away.yaml"));
    eventually(
        "it has no file",
        () ->
            scrape().value("rowhook_recipient_state", "recipient", "away", "state", "no_file")
                == 1);
    eventually("it may be forgotten", () -> service.run("forget", "away", "--yes") == 0);
    eventually(
        "nothing is shown of it",
        () ->
            scrape().samples().stream()
                .noneMatch(one -> "away".equals(one.labels().get("recipient"))));
  }
}
