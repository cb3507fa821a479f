package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A person at a terminal, with the commands, beside a running service: what is shown, stopped and
 * forgotten.
 */
class OperatingTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String IN_ORDER = "\nprocessing: sequential";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private OperatedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    service = new OperatedService(stage, source);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void aRecipientWithoutAFileIsForgottenAndBeginsAnew() throws IOException {
    service.shop(0, "");
    service.shown("pause", "shop");
    service.update(1);
    stage.awaitJournaled();
    assertThat(service.run("forget", "shop", "--yes")).isEqualTo(1);
    assertThat(service.err()).contains("recipient shop has a file");

    Path file = stage.directory().resolve("connector-config/recipients/shop.yaml");
    String yaml = Files.readString(file);
    Files.delete(file);
    Eventually.within(LIMIT, "nobody serves it", () -> stage.flow().dispatchers().isEmpty());
    Eventually.within(
        LIMIT,
        "it may be forgotten",
        () -> {
          service.run("forget", "shop");
          return service.out().contains("would lose");
        });
    assertThat(service.out())
        .contains("shop would lose: 1 event after its cursor", "--yes does it");
    assertThat(service.shown("forget", "shop", "--yes"))
        .contains("shop is forgotten; dropped: 1 event");
    assertThat(service.run("forget", "shop")).isEqualTo(1);
    assertThat(service.err()).contains("there is no recipient 'shop'");

    Files.writeString(file, yaml);
    Eventually.within(LIMIT, "it is served", () -> stage.flow().dispatchers().size() == 1);
    Eventually.within(
        LIMIT, "it is known", () -> stage.flow().journal().queries().recipients().contains("shop"));
    service.update(2);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("2");
    assertThat(service.json("audit-log", "shop", "--action", "settings.changed").path("entries"))
        .extracting(entry -> entry.path("actor").asText() + ": " + entry.path("detail").asText())
        .containsExactly("file: recipient shop added", "file: recipient shop removed");
  }

  @Test
  @Tag("feature-36")
  @Tag("feature-40")
  void aPausedRecipientIsSentNothingButWhatAPersonAsksFor() {
    service.shop(0, IN_ORDER);
    service.update(1);
    stage.await("shop", 1);
    stage.awaitIdle();
    assertThat(service.shown("pause", "shop", "--reason", "moving house"))
        .contains("shop is paused until rowhook resume shop");
    service.update(2);
    service.update(3);
    stage.awaitJournaled();
    assertThat(service.shown("status"))
        .contains("paused_person", "shop: paused since")
        .contains("until rowhook resume shop (person): moving house");
    assertThat(service.json("status").path("recipients").path(0).path("state").asText())
        .isEqualTo("paused_person");
    service.shown("redeliver", "shop", "1");
    List<ReceivedRequest> inbox = stage.await("shop", 2);
    assertThat(inbox.getLast().header("Rowhook-Sequence")).isEqualTo("1");
    service.awaitStates("shop", "delivered");
    assertThat(service.shown("replay", "shop", "--to-sequence", "1"))
        .isEqualToIgnoringNewLines(
            "1 delivery to shop wait to go out again: shop is paused until rowhook resume shop"
                + " (moving house)");

    service.shown("resume", "shop");
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Sequence"))
        .containsExactly("1", "1", "1", "2", "3");
    assertThat(service.shown("status")).doesNotContain("moving house");
    assertThat(service.json("audit-log", "shop").path("entries").findValuesAsText("action"))
        .containsExactly(
            "recipient.resumed",
            "deliveries.replayed",
            "deliveries.redelivered",
            "recipient.paused");
    assertThat(service.shown("audit-log", "--action", "recipient.paused"))
        .contains("shop", "moving house", "local commands");
  }

  @Test
  @Tag("feature-42")
  void theKillSwitchStopsAllOfThemAndClearedAllComes() {
    stage.receiver("budget", TestReceiver.Settings.DEFAULT);
    stage.recipient("budget", "url: ${env:BUDGET_URL}" + IN_ORDER);
    service.shop(0, "");
    service.update(1);
    stage.await("shop", 1);
    stage.await("budget", 1);
    stage.awaitIdle();

    assertThat(service.shown("pause", "--all", "--reason", "wrong prices"))
        .contains("Nothing is sent");
    service.update(2);
    service.update(3);
    stage.awaitJournaled();
    String held = ": the kill switch is set until rowhook resume --all clears it (wrong prices)";
    assertThat(service.shown("redeliver", "shop", "1"))
        .contains(" waits to go to shop again" + held);
    assertThat(service.shown("resume", "shop")).contains("shop was not paused" + held);
    assertThat(service.shown("status")).contains("kill switch  SET since", "wrong prices");
    assertThat(service.run("test", "shop")).isEqualTo(1);
    assertThat(service.err()).contains("no test goes out" + held);
    stage.stop();
    stage.start(); // it stands over a restart
    assertThat(stage.inbox("shop")).hasSize(1);
    assertThat(stage.inbox("budget")).hasSize(1);

    assertThat(service.shown("resume", "--all")).contains("The kill switch is cleared");
    stage.await("shop", 4);
    assertThat(stage.await("budget", 3))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("1", "2", "3");
    assertThat(service.json("audit-log", "--limit", "5").path("entries").findValuesAsText("action"))
        .containsExactly(
            "kill-switch.cleared",
            "service.started",
            "service.stopped",
            "deliveries.redelivered",
            "kill-switch.set");
  }

  @Test
  @Tag("feature-39")
  @Tag("feature-44")
  void whatBecameOfADeliveryAndWhyItFails() {
    stage.write("jslt-templates/shop/Article.jslt", "{ \"name\": .data.name }");
    stage.write(
        "connector-config/entities.yaml", "Article: { table: public.article, index: [name] }\n");
    service.shop(1, "");
    service.update(1);
    service.awaitStates("shop", "waiting");

    String one = service.shown("deliveries", "shop", "--event", "1", "--body");
    assertThat(one)
        .contains("entity     Article 1 Created", "state      waiting", "answered 500")
        .contains("{\"name\":\"One\"}")
        .doesNotContain("cannot be shown");
    JsonNode details = service.json("deliveries", "shop", "--event", "1", "--body");
    assertThat(details.path("bodyIsAsSent").asBoolean()).isTrue();
    assertThat(details.path("attempts").path(0).path("status").asInt()).isEqualTo(500);
    assertThat(details.path("delivery").path("next").asText()).isNotEmpty();
    assertThat(service.json("deliveries", "--column", "name=One").path("deliveries")).hasSize(1);
    assertThat(service.json("deliveries", "--column", "name=Two").path("deliveries")).isEmpty();
    assertThat(service.run("deliveries", "--column", "nam=One")).isEqualTo(1);
    assertThat(service.err()).contains("no event that is indexed by nam", "Article.name");

    service.shown("pause", "shop");
    service.update(2);
    stage.awaitJournaled();
    JsonNode pending =
        service.json("deliveries", "shop", "--state", "pending", "--column", "name=One");
    assertThat(pending.path("deliveries").findValuesAsText("id")).containsExactly("2");

    JsonNode shop = service.json("status").path("recipients").path(0);
    assertThat(shop.path("failures").asInt()).isEqualTo(1);
    assertThat(shop.path("waiting").asInt()).isEqualTo(1);
    assertThat(shop.path("lastFailures").path(0).path("error").asText()).contains("500");
    assertThat(service.shown("status")).contains("capture      streaming since", "1 in 10m");
  }

  /**
   * Some 2^29 calls: longer than the limit, and an end before the tests', which share the machine.
   */
  private static final String ENDLESS =
      "def f(n) if ($n > 0) f($n - 1) + f($n - 1) else 1 { \"n\": f(if (.entityId == 1) 28 else 1)"
          + " }";

  @Test
  @Tag("feature-13")
  void aTemplateWithoutAnEndIsQuarantinedAndTheOthersGoOn() {
    stage.receiver("other", TestReceiver.Settings.DEFAULT);
    stage.recipient("other", "url: ${env:OTHER_URL}");
    stage.write("jslt-templates/shop/Article.jslt", ENDLESS);
    stage.write("jslt-templates/other/Article.jslt", "{ \"id\": .entityId }");
    service.shop(0, IN_ORDER);
    service.update(1);
    service.update(2);
    service.awaitStates("shop", "failed", "failed");
    stage.await("other", 2);
    assertThat(service.shown("deliveries", "shop"))
        .contains("shop/Article.jslt: it ran for longer than 2000 ms, and is in quarantine now")
        .contains("shop/Article.jslt is in quarantine since ");
    assertThat(service.shown("status"))
        .containsPattern("quarantine   shop/Article.jslt since .*: it ran for longer than 2000 ms");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"mended\": .entityId }");
    Eventually.within(
        LIMIT, "the edit lifts it", () -> service.json("status").path("quarantine").isEmpty());
    service.shown("replay", "shop", "--from", "1h", "--failed");
    assertThat(stage.await("shop", 2))
        .extracting(request -> Stage.json(request).toString())
        .containsExactly("{\"mended\":1}", "{\"mended\":2}");
  }

  @Test
  void whatIsNotThereIsSaidInWords() throws IOException {
    service.shop(0, "");
    assertThat(service.run("redeliver", "shpo", "1")).isEqualTo(1);
    assertThat(service.err())
        .contains("rowhook redeliver: there is no recipient 'shpo'. Did you mean shop?");
    assertThat(service.run("redeliver", "shop", "evt_1")).isEqualTo(1);
    assertThat(service.err()).contains("there is no event 'evt_1' in the journal");
    assertThat(service.run("deliveries", "nobody")).isEqualTo(1);
    assertThat(service.err()).contains("There are: shop.");
    Path file = Path.of(stage.journalFile() + ".admin");
    byte[] left = Files.readAllBytes(file);
    stage.stop();
    assertThat(file).doesNotExist();
    assertThat(service.run("status")).isEqualTo(1);
    assertThat(service.err()).contains("the service is not running, or not with this journal");
    Files.write(file, left);
    assertThat(service.run("status")).isEqualTo(1);
    assertThat(service.err()).contains("is left over from process");
  }
}
