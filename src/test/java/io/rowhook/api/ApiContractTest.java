package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.api.EndpointFile;
import io.rowhook.admin.api.Operation;
import io.rowhook.admin.api.Operations;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running service answers is what the document says, for each operation. */
class ApiContractTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;
  private ApiClient client;
  private final ApiDocument document = new ApiDocument();
  private final Set<String> answered = new TreeSet<>();

  @BeforeEach
  void start() throws IOException {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.receiver(
        "down",
        TestReceiver.Settings.DEFAULT.withAnswer(TestReceiver.Answer.OK.withFailFirst(1000)));
    stage.recipient(
        "shop",
        """
        url: ${env:SHOP_URL}?token=geheim-geheim
        authentication: { bearer: sehr-geheimes-token }
        subscriptions: [{ entity: Article, events: [Created, Updated, Deleted, Snapshot] }]
        """);
    stage.recipient("down", "url: ${env:DOWN_URL}\nretry: { delays: [1h], jitter: 0 }");
    stage.recipient("gone", "url: ${env:SHOP_URL}");
    stage.start();
    client = ApiClient.of(stage.journalFile());
  }

  @AfterEach
  void stop() {
    client.close();
    stage.close();
  }

  private JsonNode good(String method, String path, String body) {
    ApiClient.Reply reply = client.ask(method, path, body.isEmpty() ? null : body);
    Operation operation = document.operation(method, path).orElseThrow();
    document.check(operation, reply);
    assertThat(reply.status()).as(path + ": " + reply.text()).isLessThan(300);
    answered.add(operation.id());
    return reply.json();
  }

  private ApiClient.Reply problem(int status, String method, String path, String body) {
    ApiClient.Reply reply = client.ask(method, path, body.isEmpty() ? null : body);
    document.check(document.operation(method, path).orElseThrow(), reply);
    assertThat(reply.status()).as(path + ": " + reply.text()).isEqualTo(status);
    assertThat(reply.json().path("instance").asText()).isEqualTo(path.replaceAll("\\?.*", ""));
    return reply;
  }

  @Test
  @Tag("feature-26")
  @Tag("feature-39")
  @Tag("feature-40")
  @Tag("feature-42")
  @Tag("feature-44")
  @Tag("feature-45")
  void everyOperationAnswersAsTheDocumentSays() throws Exception {
    source.execute(
        "INSERT INTO article SELECT n, 'A' || n, 'Chair', n * 1.50, 0 FROM generate_series(1, 3)"
            + " n");
    stage.await("shop", 6); // also what is for gone
    stage.await("down", 3);
    look();
    JsonNode second = good("GET", "/v1/events?entity=Article&id=2", "").path("event");
    String event = deliveries(second.path("id").asText());
    follow();
    change(event);
    whatIf();
    resync();
    audit();
    forget();
    erase();
    answered.addAll(new EditContract(client, document).answered());
    wrong();
    answered.addAll(new HandOverContract(client, document, stage.journalFile()).answered());
    assertThat(answered)
        .containsExactlyInAnyOrderElementsOf(Operations.ALL.stream().map(Operation::id).toList());
  }

  private void erase() {
    String path = "/v1/entities/Article/3/erase";
    assertThat(good("POST", path, "{\"dryRun\":true}").path("events").asLong()).isPositive();
    assertThat(good("POST", path, "").path("done").asBoolean()).isTrue();
    assertThat(good("POST", path, "{\"dryRun\":true}").path("events").asLong()).isZero();
  }

  private void look() {
    for (String path : new String[] {"/live", "/ready"}) {
      ApiClient open = client.with("Authorization", "");
      Eventually.within( // probes are answered by a look that is at most a second old
          Duration.ofSeconds(30), path, () -> open.get(path).status() == 200);
      ApiClient.Reply reply = open.get(path);
      document.check(document.operation("GET", path).orElseThrow(), reply);
      assertThat(reply.text()).isEqualTo("ok\n");
      answered.add(document.operation("GET", path).orElseThrow().id());
    }
    assertThat(good("GET", "/health", "").path("ready").asBoolean()).isTrue();
    assertThat(good("GET", "/openapi.json", "")).hasToString(document.json().toString());
    good("GET", "/metrics", "");
    assertThat(good("GET", "/v1/history", "").path("stepSeconds").asInt()).isEqualTo(15);
    assertThat(good("GET", "/v1/settings", "").toString())
        .contains("\"database.password\":\"***\"", "\"bearer\"")
        .doesNotContain("geheim");
    assertThat(good("GET", "/v1/source", "").path("slot").path("active").asBoolean()).isTrue();
    Eventually.within(
        LIMIT,
        "the failures are counted",
        () -> good("GET", "/v1/status", "").findValue("lastFailures").size() == 3);
  }

  private String deliveries(String event) {
    assertThat(good("GET", "/v1/events/" + event, "").path("event").path("data").path("price"))
        .hasToString("3.00");
    JsonNode first = good("GET", "/v1/deliveries?recipient=shop&limit=2", "");
    assertThat(first.path("deliveries")).hasSize(2);
    JsonNode rest =
        good("GET", "/v1/deliveries?recipient=shop&cursor=" + first.path("next").asText(), "");
    assertThat(rest.path("deliveries")).hasSize(1);
    assertThat(
            good("GET", "/v1/deliveries?state=waiting&state=failed&entity=Article&id=2", "")
                .path("deliveries"))
        .hasSize(1);
    JsonNode one = good("GET", "/v1/recipients/down/deliveries/" + event + "?body=true", "");
    assertThat(one.path("attempts").path(0).path("status").asInt()).isEqualTo(500);
    assertThat(one.path("body").asText()).contains("\"price\":3.00");
    return event;
  }

  private void follow() throws IOException {
    EndpointFile file = EndpointFile.read(EndpointFile.beside(stage.journalFile()));
    try (LiveStream stream = new LiveStream(file.authority(), file.token().reveal(), "shop")) {
      good("POST", "/v1/recipients/shop/pause", "{\"reason\":\"moving house\"}");
      assertThat(stream.until("moving house"))
          .contains("\"kind\":\"person\"", "\"state\":\"paused_person\"");
      good("POST", "/v1/recipients/shop/resume", "");
      assertThat(stream.until("\"state\":\"active\"")).doesNotContain("pause");
      source.execute("UPDATE article SET stock = 1 WHERE id = 1");
      assertThat(stream.until("\"outcome\":\"delivered\""))
          .contains("\"id\":\"1\"", "\"type\":\"Updated\"", "\"status\":200");
      answered.add("followLiveEvents");
    }
  }

  private void change(String event) {
    String shop = "/v1/recipients/shop";
    JsonNode sample = good("POST", shop + "/test", "");
    assertThat(sample.path("acknowledged").asBoolean()).isTrue();
    assertThat(sample.toString()).doesNotContain("geheim");
    JsonNode preview = good("POST", shop + "/preview", "{\"event\":\"" + event + "\"}");
    assertThat(preview.path("wanted").asBoolean()).isTrue();
    assertThat(preview.toString()).doesNotContain("geheim");
    assertThat(
            good(
                    "POST",
                    shop + "/preview",
                    "{\"given\":{\"entityType\":\"Article\",\"entityId\":9,\"event\":\"Created\"}}")
                .path("id")
                .asText())
        .isEqualTo("9");
    assertThat(
            good(
                    "POST",
                    shop + "/preview",
                    "{\"event\":\""
                        + event
                        + "\",\"templates\":{\"shop/Article.jslt\":\"{ \\\"n\\\": 1 }\"}}")
                .path("body")
                .asText())
        .isEqualTo("{\"n\":1}");
    assertThat(good("POST", shop + "/accept", "")).hasToString("{\"done\":true,\"count\":0}");
    assertThat(good("POST", "/v1/missing/accept", ""))
        .hasToString("{\"done\":true,\"count\":0,\"what\":null}");
    good("POST", "/v1/recipients/down/deliveries/" + event + "/redeliver", "{}");
    Eventually.passes( // what is told as delivered may be on its way into the journal yet
        LIMIT,
        "all four are counted",
        () ->
            assertThat(
                    good(
                        "POST",
                        shop + "/replay",
                        "{\"from\":\"2026-01-01T00:00:00Z\",\"atMost\":1}"))
                .hasToString("{\"done\":false,\"count\":4,\"held\":null}"));
    assertThat(good("POST", shop + "/replay", "{\"toSequence\":1}"))
        .hasToString("{\"done\":true,\"count\":1,\"held\":null}");
    good("POST", "/v1/recipients/down/deliveries/" + event + "/discard", "");
    good("POST", "/v1/recipients/down/discard", "{\"dryRun\":true,\"states\":[\"pending\"]}");
    assertThat(good("POST", "/v1/recipients/down/discard", "{}").path("done").asBoolean()).isTrue();
    assertThat(
            good("PUT", "/v1/kill-switch", "{\"reason\":\"wrong prices\"}").path("count").asInt())
        .isEqualTo(1);
    assertThat(good("GET", "/v1/kill-switch", "").path("reason").asText())
        .isEqualTo("wrong prices");
    assertThat(problem(409, "POST", shop + "/test", "").text()).contains("wrong prices");
    good("DELETE", "/v1/kill-switch", "");
  }

  private void whatIf() {
    int sent = stage.inbox("shop").size();
    JsonNode begun =
        good(
            "POST",
            "/v1/what-ifs",
            """
            {"recipients": ["shop", "down"], "entity": "Article", "from": "2026-01-01T00:00:00Z",
             "templates": {"shop/Article.jslt": "{ \\"was\\": .data.price }"},
             "recipientFiles": {"down": "url: https://nowhere.example.com"}}
            """);
    String place = "/v1/what-ifs/" + begun.path("id").asText();
    Eventually.within(
        LIMIT, "it is done", () -> good("GET", place, "").path("state").asText().equals("done"));
    JsonNode done = good("DELETE", place, "");
    assertThat(done.path("state").asText()).as("it had ended").isEqualTo("done");
    assertThat(done.path("recipients").findValuesAsText("changed")).containsExactly("4");
    assertThat(done.path("recipients").path(0).path("keysAppear").toString())
        .isEqualTo("[{\"key\":\"was\",\"count\":4}]");
    assertThat(done.path("unaffected").toString()).isEqualTo("[\"down\"]");
    assertThat(good("GET", "/v1/what-ifs", "").path("whatIfs")).hasSize(1);
    assertThat(problem(422, "POST", "/v1/what-ifs", "{\"recipients\":[\"shpo\"]}").text())
        .contains("Did you mean shop?", "#/recipients/0");
    problem(404, "GET", "/v1/what-ifs/77", "");
    assertThat(stage.inbox("shop")).as("nothing was sent").hasSize(sent);
  }

  private void resync() {
    JsonNode job = good("POST", "/v1/recipients/shop/resync", "{\"entity\":\"Article\"}");
    String place = "/v1/resyncs/" + job.path("id").asText();
    Eventually.within(
        LIMIT, "it is done", () -> good("GET", place, "").path("state").asText().equals("done"));
    assertThat(problem(409, "DELETE", place, "").text()).contains("runs no more");
    source.execute("INSERT INTO article SELECT n, 'A', 'B', 1, 0 FROM generate_series(100, 400) n");
    JsonNode slow =
        good("POST", "/v1/recipients/shop/resync", "{\"entity\":\"Article\",\"rate\":1}");
    good("DELETE", "/v1/resyncs/" + slow.path("id").asText(), "");
    assertThat(good("GET", "/v1/resyncs", "").path("resyncs")).hasSize(2);
    problem(422, "POST", "/v1/recipients/shop/resync", "{\"entity\":\"Artikel\"}");
    problem(
        422, "POST", "/v1/recipients/shop/resync", "{\"entity\":\"Article\",\"where\":\"a;b\"}");
    problem(409, "POST", "/v1/recipients/down/resync", "{\"entity\":\"Article\"}");
  }

  private void audit() {
    JsonNode begun = good("POST", "/v1/audits", "{\"recipient\":\"shop\"}");
    String place = "/v1/audits/" + begun.path("audits").path(0).path("id").asText();
    Eventually.within(
        LIMIT, "it is done", () -> good("GET", place, "").path("state").asText().equals("done"));
    assertThat(good("GET", place + "/differences?limit=1", "").path("differences")).isEmpty();
    assertThat(problem(409, "DELETE", place, "").text()).contains("runs no more");
    JsonNode slow =
        good("POST", "/v1/audits", "{\"recipient\":\"shop\",\"rate\":1}").path("audits").path(0);
    problem(409, "POST", "/v1/audits", "{\"recipient\":\"shop\",\"entity\":\"Article\"}");
    good("DELETE", "/v1/audits/" + slow.path("id").asText(), "");
    assertThat(good("GET", "/v1/audits", "").path("audits")).hasSize(2);
    problem(422, "POST", "/v1/audits", "{\"entity\":\"Artikel\"}");
  }

  private void forget() throws IOException {
    assertThat(problem(409, "POST", "/v1/recipients/gone/forget", "").text())
        .contains("has a file");
    Files.delete(stage.directory().resolve("connector-config/recipients/gone.yaml"));
    Eventually.within(
        LIMIT,
        "nobody serves it",
        () -> client.post("/v1/recipients/gone/forget", "{\"dryRun\":true}").status() == 200);
    good("POST", "/v1/recipients/gone/forget", "{\"dryRun\":true}");
    good("POST", "/v1/recipients/gone/forget", "");
    problem(404, "POST", "/v1/recipients/gone/forget", "");
  }

  private void wrong() {
    JsonNode wrong =
        problem(422, "POST", "/v1/recipients/shop/replay", "{\"form\":\"2h\",\"failed\":\"no\"}")
            .json();
    assertThat(wrong.path("errors").toString())
        .contains("#/form", "Did you mean from?", "#/failed", "must be true or false, got: a text");
    assertThat(problem(400, "GET", "/v1/deliveries?limit=0&state=lost&foo=1", "").text())
        .contains("from 1 to 1000", "got: 'lost'", "foo");
    problem(422, "POST", "/v1/recipients/shop/replay", "{}");
    problem(404, "GET", "/v1/events/evt_1", "");
    assertThat(problem(404, "POST", "/v1/recipients/shpo/pause", "").text())
        .contains("Did you mean shop?");
    problem(400, "POST", "/v1/recipients/shop/pause", "{");
    problem(422, "POST", "/v1/recipients/shop/test", "{\"to\":\"shop\"}");
    problem(415, "DELETE", "/v1/kill-switch", "{}");
  }
}
