package io.rowhook.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rowhook.admin.ResyncActions;
import io.rowhook.admin.ResyncOffers;
import io.rowhook.admin.RunningService;
import io.rowhook.admin.cli.ServiceClient;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.metrics.Metrics;
import io.rowhook.capture.CaptureState;
import io.rowhook.capture.JdbcRowLookup;
import io.rowhook.capture.TableId;
import io.rowhook.capture.TableProblem;
import io.rowhook.entity.EntityMetrics;
import io.rowhook.journal.DeliveryAdminException;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.recipient.Authentication;
import io.rowhook.recipient.DeliveryMode;
import io.rowhook.recipient.Recipient;
import io.rowhook.recipient.RetryPolicy;
import io.rowhook.testing.PlainSets;
import io.rowhook.webhook.DispatcherRegistry;
import io.rowhook.webhook.HttpHeader;
import io.rowhook.webhook.TestDelivery;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service does when a command asks, where it takes no dispatchers to see it. */
class AdminCommandsTest {

  @TempDir Path directory;
  private SqliteJournal journal;
  private RunningService service;
  private final List<String> tested = new ArrayList<>();

  @BeforeEach
  void open() {
    journal = SqliteJournal.open(directory.resolve("journal.db"));
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
                List.of(
                    new TableProblem(
                        TableId.parse("crm.customer"), false, "entities.yaml: Order", "run GRANT")),
            () ->
                new JdbcRowLookup.Counts(
                    0,
                    0,
                    Duration.ZERO,
                    0,
                    List.of("crm.customer: denied", "public.line: locked"),
                    0),
            new EntityMetrics(),
            List::of,
            () -> new HealthReport(List.of(), List.of(), true, Instant.now()),
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
                    })),
            new Metrics());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private Optional<TestDelivery> sample(String recipient) {
    tested.add(recipient);
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

  private JsonNode run(String action, ObjectNode request)
      throws DeliveryAdminException, InterruptedException {
    AdminAction found = AdminCommands.of(service).get(action);
    assertThat(found).as(action).isNotNull();
    return java.util.Objects.requireNonNull(found).run(new AdminRequest(request));
  }

  private static ObjectNode to(String recipient) {
    return ServiceClient.request().put("recipient", recipient);
  }

  @Test
  void whatTheCatalogSaysOfATableIsShownInPlaceOfWhatTheLastReadingSaid() throws Exception {
    assertThat(run("status", ServiceClient.request()).at("/readBack/unreadTables"))
        .extracting(JsonNode::asText)
        .containsExactly("crm.customer: entities.yaml: Order: run GRANT", "public.line: locked");
  }

  @Test
  @Tag("feature-45")
  @Tag("feature-26")
  void aTestShowsWhatWentOutWithoutCredentials() throws Exception {
    JsonNode sample = run("test", to("shop"));
    assertThat(sample.toString())
        .contains("\"v1,6Wm1ZJ9o8...\"", "rowhook.test", "answered 503", "busy")
        .contains("\"acknowledged\":false")
        .doesNotContain("ZXJwOmdlaGVpbQ", "also-secret");
    assertThat(sample.path("headers").path(1).path("value").asText()).isEqualTo("***");
  }

  @Test
  @Tag("feature-45")
  void aTestGoesOutDuringAPauseAndNeverPastTheKillSwitch() throws Exception {
    run("pause", to("shop"));
    run("test", to("shop"));
    assertThat(tested).containsExactly("shop");
    run("pause", ServiceClient.request().put("all", true).put("reason", "wrong prices"));
    assertThatThrownBy(() -> run("test", to("shop")))
        .isInstanceOf(DeliveryAdminException.class)
        .hasMessageContaining("the kill switch is set (wrong prices)");
    assertThat(tested).hasSize(1);
    run("resume", ServiceClient.request().put("all", true));
    run("test", to("shop"));
    assertThat(tested).hasSize(2);
  }

  @Test
  void whoseFileIsGoneCanBeDiscardedAndResumedButNotSentTo() throws Exception {
    assertThatThrownBy(() -> run("replay", to("gone").put("failed", true)))
        .hasMessageContaining("there is no recipient 'gone'");
    assertThatThrownBy(() -> run("pause", to("gone"))).hasMessageContaining("There are: shop.");
    journal.deliveryAdmin().pause("gone", "away", Instant.now());
    assertThat(run("resume", to("gone")).path("count").asInt()).isEqualTo(1);
    assertThat(run("discard", to("gone").put("yes", true)).path("done").asBoolean()).isFalse();
  }

  @Test
  void aWrongFieldIsNamed() {
    assertThatThrownBy(() -> run("redeliver", to("shop"))).hasMessage("the request names no event");
    assertThatThrownBy(() -> run("replay", to("shop").put("from", "noon")))
        .hasMessage("from must be a time such as 2026-05-24T15:20:44Z");
    assertThatThrownBy(() -> run("replay", to("shop").put("id", "7")))
        .hasMessageContaining("name the entity too");
    ObjectNode states = to("shop");
    states.putArray("states").add("lost");
    assertThatThrownBy(() -> run("discard", states)).hasMessage("no state to discard: lost");
    assertThatThrownBy(() -> run("deliveries", states)).hasMessage("no state of a delivery: lost");
  }
}
