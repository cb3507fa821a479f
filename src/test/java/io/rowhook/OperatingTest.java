package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person at a terminal, with the commands, beside a running service. */
class OperatingTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String IN_ORDER = "\nprocessing: sequential";
  private static final String RETRY_LATE = "\nretry: { delays: [1h], jitter: 0 }";

  private static SourceDatabase source;

  @TempDir Path directory;
  private Stage stage;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startSource() {
    source = SourceDatabase.start();
  }

  @AfterAll
  static void stopSource() {
    source.close();
  }

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  private void shop(int failFirst, String yaml) {
    stage.receiver(
        "shop",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(failFirst)));
    stage.recipient("shop", "url: ${env:SHOP_URL}" + RETRY_LATE + yaml).start();
  }

  private static void update(int id) {
    source.execute(
        "INSERT INTO article VALUES ("
            + id
            + ", 'A', 'One', 1.00, 0)"
            + " ON CONFLICT (id) DO UPDATE SET stock = article.stock + 1");
  }

  /** Runs a command on the running service; its exit status. */
  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--journal", stage.journalFile().toString()));
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private String shown(String... arguments) {
    int status = run(arguments);
    assertThat(err.toString()).isEmpty();
    assertThat(status).isZero();
    return out.toString();
  }

  private JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    try {
      return Json.MAPPER.readTree(shown(all.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitStates(String recipient, String... states) {
    Eventually.passes(
        LIMIT,
        recipient + "'s deliveries are " + List.of(states),
        () -> assertThat(states(recipient)).containsExactly(states));
  }

  /** The newest first. */
  private List<String> states(String recipient) {
    List<String> states = new ArrayList<>();
    json("deliveries", recipient)
        .path("deliveries")
        .forEach(one -> states.add(one.path("state").asText()));
    return states;
  }

  private static List<String> ids(List<ReceivedRequest> inbox) {
    return inbox.stream().map(request -> String.valueOf(request.header("Webhook-Id"))).toList();
  }

  @Test
  @Tag("feature-40")
  void aWaitingOneIsRedeliveredAndADeliveredOneToo() {
    shop(1, "");
    update(1);
    String id = String.valueOf(stage.await("shop", 1).getFirst().header("Webhook-Id"));
    awaitStates("shop", "waiting");

    assertThat(shown("redeliver", "shop", id))
        .isEqualToIgnoringNewLines(id + " goes to shop again");
    awaitStates("shop", "delivered");
    assertThat(shown("redeliver", "shop", "1")).contains(id);
    List<ReceivedRequest> inbox = stage.await("shop", 3);
    assertThat(ids(inbox)).containsOnly(id);
    assertThat(inbox)
        .extracting(request -> request.header("Rowhook-Redelivery"))
        .containsExactly(null, "1", "2");
    assertThat(inbox)
        .extracting(request -> request.header("Rowhook-Attempt"))
        .containsExactly("1", "1", "1");
  }

  @Test
  @Tag("feature-40")
  void aRedeliveryIsRenderedAnew() {
    stage.write("jslt-templates/shop/Article.jslt", "{ \"v\": 1 }");
    shop(1, "");
    update(1);
    awaitStates("shop", "waiting");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"v\": 2 }");
    Eventually.within(
        LIMIT,
        "the mended template is in force",
        () -> {
          int before = stage.inbox("shop").size();
          update(2);
          return Stage.json(stage.await("shop", before + 1).get(before)).path("v").asInt() == 2;
        });
    shown("redeliver", "shop", "1");
    ReceivedRequest again =
        Eventually.until(
            LIMIT,
            "the redelivered one arrives",
            () ->
                stage.inbox("shop").stream()
                    .filter(request -> "1".equals(request.header("Rowhook-Redelivery")))
                    .findFirst()
                    .orElse(null));
    assertThat(Stage.json(again).toString()).isEqualTo("{\"v\":2}");
  }

  @Test
  @Tag("feature-40")
  void aRangeIsReplayedInOrderWithTheSameIds() {
    shop(0, IN_ORDER);
    for (int i = 0; i < 3; i++) {
      update(1);
    }
    update(2);
    List<String> first = ids(stage.await("shop", 4));
    stage.awaitIdle();

    assertThat(run("replay", "shop", "--from-sequence", "9")).isEqualTo(1);
    assertThat(out.toString()).contains("Nothing to replay");
    assertThat(shown("replay", "shop", "--from", "1h", "--entity", "Article", "--id", "1"))
        .isEqualToIgnoringNewLines("3 deliveries to shop go out again");
    List<ReceivedRequest> inbox = stage.await("shop", 7);
    assertThat(ids(inbox.subList(4, 7))).containsExactlyElementsOf(first.subList(0, 3));
    assertThat(inbox.getLast().header("Rowhook-Redelivery")).isEqualTo("1");
    assertThat(run("replay", "shop")).isEqualTo(2);
    assertThat(err.toString()).contains("which range?");
  }

  @Test
  @Tag("feature-40")
  void whatIsDiscardedLetsTheNextGo() {
    shop(1, "");
    update(1);
    awaitStates("shop", "waiting");
    update(1);
    awaitStates("shop", "blocked", "waiting");

    assertThat(shown("discard", "shop", "1")).contains("1 to shop is discarded");
    awaitStates("shop", "delivered", "failed");
    assertThat(shown("deliveries", "shop", "--state", "failed")).contains("discarded by a person");
    assertThat(run("discard", "shop", "2")).isEqualTo(1);
    assertThat(err.toString()).contains("delivery 2 to shop is delivered");
    assertThat(run("discard", "--all-of", "shop")).isEqualTo(1);
    assertThat(out.toString()).contains("Nothing to discard");
  }

  @Test
  @Tag("feature-40")
  void discardingAllSaysHowManyFirst() {
    shop(2, "");
    update(1);
    update(2);
    awaitStates("shop", "waiting", "waiting");
    assertThat(run("discard", "--all-of", "shop", "--entity", "Article")).isEqualTo(1);
    assertThat(out.toString()).contains("These are 2 deliveries. Nothing was done: --yes does it");
    assertThat(states("shop")).containsExactly("waiting", "waiting");
    assertThat(shown("discard", "--all-of", "shop", "--yes")).contains("2 deliveries discarded");
    assertThat(states("shop")).containsExactly("failed", "failed");
  }

  @Test
  @Tag("feature-40")
  void aBacklogThatWasNeverAttemptedIsDropped() {
    shop(0, "");
    shown("pause", "shop");
    update(1);
    update(2);
    update(3);
    stage.awaitJournaled();
    assertThat(run("discard", "--all-of", "shop", "--state", "pending")).isEqualTo(1);
    assertThat(out.toString()).contains("These are 3 deliveries. Nothing was done: --yes does it");
    assertThat(shown("discard", "shop", "1")).contains("1 to shop is discarded");
    assertThat(shown("discard", "--all-of", "shop", "--state", "pending", "--yes"))
        .contains("2 deliveries discarded");
    shown("resume", "shop");
    update(4);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("4");
    awaitStates("shop", "delivered", "failed", "failed", "failed");
  }

  @Test
  void aRecipientWithoutAFileIsForgottenAndBeginsAnew() throws IOException {
    shop(0, "");
    shown("pause", "shop");
    update(1);
    stage.awaitJournaled();
    assertThat(run("forget", "shop", "--yes")).isEqualTo(1);
    assertThat(err.toString()).contains("recipient shop has a file");

    Path file = stage.directory().resolve("connector-config/recipients/shop.yaml");
    String yaml = Files.readString(file);
    Files.delete(file);
    Eventually.within(LIMIT, "nobody serves it", () -> stage.flow().dispatchers().isEmpty());
    Eventually.within(
        LIMIT,
        "it may be forgotten",
        () -> {
          run("forget", "shop");
          return out.toString().contains("would lose");
        });
    assertThat(out.toString())
        .contains("shop would lose: 1 events after its cursor", "--yes does it");
    assertThat(shown("forget", "shop", "--yes")).contains("shop is forgotten; dropped: 1 events");
    assertThat(run("forget", "shop")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no recipient 'shop'");

    Files.writeString(file, yaml);
    Eventually.within(LIMIT, "it is served", () -> stage.flow().dispatchers().size() == 1);
    Eventually.within(
        LIMIT, "it is known", () -> stage.flow().journal().queries().recipients().contains("shop"));
    update(2);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("2");
  }

  @Test
  @Tag("feature-36")
  @Tag("feature-40")
  void aPausedRecipientIsSentNothingButWhatAPersonAsksFor() {
    shop(0, IN_ORDER);
    update(1);
    stage.await("shop", 1);
    stage.awaitIdle();
    assertThat(shown("pause", "shop", "--reason", "moving house"))
        .contains("shop is paused until rowhook resume shop");
    update(2);
    update(3);
    stage.awaitJournaled();
    assertThat(shown("status"))
        .contains("shop: paused since", "until rowhook resume shop (person): moving house");
    shown("redeliver", "shop", "1");
    List<ReceivedRequest> inbox = stage.await("shop", 2);
    assertThat(inbox.getLast().header("Rowhook-Sequence")).isEqualTo("1");

    shown("resume", "shop");
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Sequence"))
        .containsExactly("1", "1", "2", "3");
    assertThat(shown("status")).doesNotContain("moving house");
  }

  @Test
  @Tag("feature-42")
  void theKillSwitchStopsAllOfThemAndClearedAllComes() {
    stage.receiver("budget", TestReceiver.Settings.DEFAULT);
    stage.recipient("budget", "url: ${env:BUDGET_URL}" + IN_ORDER);
    shop(0, "");
    update(1);
    stage.await("shop", 1);
    stage.await("budget", 1);
    stage.awaitIdle();

    assertThat(shown("pause", "--all", "--reason", "wrong prices")).contains("Nothing is sent");
    update(2);
    update(3);
    stage.awaitJournaled();
    shown("redeliver", "shop", "1");
    assertThat(shown("status")).contains("kill switch  SET since", "wrong prices");
    assertThat(run("test", "shop")).isEqualTo(1);
    assertThat(err.toString()).contains("the kill switch is set (wrong prices)");
    stage.stop();
    stage.start(); // it stands over a restart
    assertThat(stage.inbox("shop")).hasSize(1);
    assertThat(stage.inbox("budget")).hasSize(1);

    assertThat(shown("resume", "--all")).contains("The kill switch is cleared");
    stage.await("shop", 4);
    assertThat(stage.await("budget", 3))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("1", "2", "3");
  }

  @Test
  @Tag("feature-39")
  @Tag("feature-44")
  void whatBecameOfADeliveryAndWhyItFails() {
    stage.write("jslt-templates/shop/Article.jslt", "{ \"name\": .data.name }");
    shop(1, "");
    update(1);
    awaitStates("shop", "waiting");

    String one = shown("deliveries", "shop", "--event", "1", "--body");
    assertThat(one)
        .contains("entity     Article 1 Created", "state      waiting", "answered 500")
        .contains("{\"name\":\"One\"}")
        .doesNotContain("cannot be shown");
    JsonNode details = json("deliveries", "shop", "--event", "1", "--body");
    assertThat(details.path("bodyIsAsSent").asBoolean()).isTrue();
    assertThat(details.path("attempts").path(0).path("status").asInt()).isEqualTo(500);
    assertThat(details.path("delivery").path("next").asText()).isNotEmpty();

    JsonNode shop = json("status").path("recipients").path(0);
    assertThat(shop.path("failures").asInt()).isEqualTo(1);
    assertThat(shop.path("waiting").asInt()).isEqualTo(1);
    assertThat(shop.path("lastFailures").path(0).path("error").asText()).contains("500");
    assertThat(shown("status")).contains("capture      streaming since", "1 in 10m");
  }

  /**
   * Some 2^29 calls: longer than the limit, and an end before the tests', which share the machine.
   */
  private static final String ENDLESS =
      "def f(n) if ($n > 0) f($n - 1) + f($n - 1) else 1 { \"n\": f(if (.entityId == 1) 28 else 1) }";

  @Test
  @Tag("feature-13")
  void aTemplateWithoutAnEndIsQuarantinedAndTheOthersGoOn() {
    stage.receiver("other", TestReceiver.Settings.DEFAULT);
    stage.recipient("other", "url: ${env:OTHER_URL}");
    stage.write("jslt-templates/shop/Article.jslt", ENDLESS);
    stage.write("jslt-templates/other/Article.jslt", "{ \"id\": .entityId }");
    shop(0, IN_ORDER);
    update(1);
    update(2);
    awaitStates("shop", "failed", "failed");
    stage.await("other", 2);
    assertThat(shown("deliveries", "shop"))
        .contains("shop/Article.jslt: it ran for longer than 2000 ms, and is in quarantine now")
        .contains("shop/Article.jslt is in quarantine since ");
    assertThat(shown("status"))
        .containsPattern("quarantine   shop/Article.jslt since .*: it ran for longer than 2000 ms");
    stage.write("jslt-templates/shop/Article.jslt", "{ \"mended\": .entityId }");
    Eventually.within(
        LIMIT, "the edit lifts it", () -> json("status").path("quarantine").isEmpty());
    shown("replay", "shop", "--from", "1h", "--failed");
    assertThat(stage.await("shop", 2))
        .extracting(request -> Stage.json(request).toString())
        .containsExactly("{\"mended\":1}", "{\"mended\":2}");
  }

  @Test
  void whatIsNotThereIsSaidInWords() throws IOException {
    shop(0, "");
    assertThat(run("redeliver", "shpo", "1")).isEqualTo(1);
    assertThat(err.toString())
        .contains("rowhook redeliver: there is no recipient 'shpo'. Did you mean shop?");
    assertThat(run("redeliver", "shop", "evt_1")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no event 'evt_1' in the journal");
    assertThat(run("deliveries", "nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("There are: shop.");
    Path file = Path.of(stage.journalFile() + ".admin");
    byte[] left = Files.readAllBytes(file);
    stage.stop();
    assertThat(file).doesNotExist();
    assertThat(run("status")).isEqualTo(1);
    assertThat(err.toString()).contains("the service is not running, or not with this journal");
    Files.write(file, left);
    assertThat(run("status")).isEqualTo(1);
    assertThat(err.toString()).contains("is left over from process");
  }
}
