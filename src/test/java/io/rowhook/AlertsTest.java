package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to Rowhook arrives at who asked for it, once; and at nobody else. */
@Tag("slow")
@Tag("feature-66")
class AlertsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private WatchedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT.withAnswer(
            new TestReceiver.Answer(500, 0, Duration.ZERO, "no")));
    stage.receiver("ops", TestReceiver.Settings.DEFAULT);
    service = new WatchedService(stage, source);
  }

  @AfterEach
  void strike() {
    service.close();
    stage.close();
  }

  private List<String> told() {
    return stage.inbox("ops").stream()
        .map(Stage::json)
        .map(json -> json.path("event").asText() + " " + json.path("entityId").asText())
        .toList();
  }

  private void awaitTold(String... alerts) {
    Eventually.within(
        LIMIT,
        () -> List.of(alerts) + ", not " + told(),
        () -> told().containsAll(List.of(alerts)));
  }

  private void ops(String more) {
    stage.recipient("ops", "url: ${env:OPS_URL}\nsubscriptions:\n- entity: Rowhook\n" + more);
  }

  @Test
  void eachIsToldOnceAndNobodyOfItself() {
    stage.recipient("shop", "url: ${env:SHOP_URL}\nretry: { delays: [], jitter: 0 }");
    ops("");
    service.start(Observers.NONE);
    service.insert(1);
    awaitTold("DeliveryFailed recipient/shop");
    service.insert(2);
    service.run("pause", "shop", "--reason", "moving house");
    service.run("pause", "ops", "--reason", "it asked for nothing of itself");
    stage.recipient("other", "uri: nowhere");
    source.execute("ALTER TABLE article ADD COLUMN colour text");
    service.awaitUntil("it waits", () -> service.flow().journal().head() >= 6);
    service.run("resume", "ops");
    awaitTold(
        "RecipientPaused recipient/shop",
        "SettingsRefused settings",
        "SchemaChanged table/public.article");
    stage.recipient("other", "url: ${env:SHOP_URL}\nsubscriptions: [{ entity: Order }]");
    service.run("resume", "shop");
    awaitTold("RecipientResumed recipient/shop", "SettingsGood settings");
    assertThat(told()).doesNotHaveDuplicates().noneMatch(one -> one.endsWith("recipient/ops"));
    JsonNode paused =
        stage.inbox("ops").stream()
            .map(Stage::json)
            .filter(json -> json.path("event").asText().equals("RecipientPaused"))
            .findFirst()
            .orElseThrow();
    assertThat(paused.path("data").path("reason").asText())
        .isEqualTo("paused by a person (moving house). Mend it, then rowhook resume shop");
    assertThat(paused.path("data").path("previousState").asText()).isEqualTo("ok");
    assertThat(paused.path("data").path("subject").asText()).isEqualTo("shop");
    assertThat(stage.inbox("shop"))
        .as("it did not ask")
        .noneMatch(one -> "Rowhook".equals(one.header("Rowhook-Entity-Type")));
  }

  @Test
  void byNameAndConditionAndWhereNobodyAsksNothingIsWritten() {
    stage.recipient("shop", "url: ${env:SHOP_URL}\nsubscriptions: [{ entity: Order }]");
    stage.recipient("ops", "url: ${env:OPS_URL}\nsubscriptions: [{ entity: Order }]");
    service.start(Observers.NONE);
    service.run("pause", "shop");
    service.awaitUntil("it is seen", () -> service.report().notOk().size() == 1);
    Eventually.always(
        Duration.ofSeconds(8), "nothing is written", () -> service.flow().journal().head() == 0);
    ops("  events: [RecipientPaused, RecipientResumed]\n  when: .data.state == \"ok\"\n");
    service.awaitUntil("it is told", () -> service.flow().journal().head() == 1);
    service.run("resume", "shop");
    awaitTold("RecipientResumed recipient/shop");
    assertThat(told()).containsExactly("RecipientResumed recipient/shop");
  }

  @Test
  void aGapIsToldBeforeTheProcessEnds() {
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    ops("  events: Gap\n");
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            stage.directory().resolve("connector-config"),
            stage.directory().resolve("jslt-templates"),
            stage.journalFile());
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    try (RowhookProcess rowhook = setup.start()) {
      rowhook.awaitLine(LIMIT, "Streaming from slot");
      source.execute("ALTER PUBLICATION rowhook DROP TABLE public.article");
      assertThat(rowhook.exitCode(LIMIT)).isEqualTo(1);
    }
    assertThat(told()).containsExactly("Gap capture");
    assertThat(Stage.json(stage.inbox("ops").getFirst()).path("data").path("reason").asText())
        .contains("does not hold all of public.article any more", "--accept-gap");
  }
}
