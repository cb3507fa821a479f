package io.rowhook.api;

import static io.rowhook.api.TwoInstances.OPERATE;
import static io.rowhook.api.TwoInstances.READ;
import static io.rowhook.api.TwoInstances.name;
import static io.rowhook.api.TwoInstances.servedBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.StatusCommand;
import io.rowhook.admin.api.Caller;
import io.rowhook.journal.AuditEntry;
import io.rowhook.journal.AuditLog;
import io.rowhook.journal.Pause;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import io.rowhook.webhook.DispatcherStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Any instance that shares the journal answers, and has the one asked that alone can. */
class InstancesTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private TwoInstances both;
  private ApiClient client; // of the one that captures
  private ApiClient otherClient;
  private String near; // served by the one that captures
  private String far; // served by the other
  private final ApiDocument document = new ApiDocument();

  @BeforeEach
  void start() {
    both = new TwoInstances(source, directory);
    client = both.client(both.capturing, OPERATE);
    otherClient = both.client(both.other, OPERATE);
    near = servedBy(both.capturing).getFirst();
    far = servedBy(both.other).getFirst();
  }

  @AfterEach
  void stop() {
    both.close();
  }

  private ApiClient.Reply ask(
      int status, ApiClient client, String method, String path, String body) {
    ApiClient.Reply reply = client.ask(method, path, body.isEmpty() ? null : body);
    document.check(document.operation(method, path).orElseThrow(), reply);
    assertThat(reply.status()).as(path + ": " + reply.text()).isEqualTo(status);
    return reply;
  }

  private static String of(String recipient, String what) {
    return "/v1/recipients/" + recipient + "/" + what;
  }

  @Test
  void whicheverIsAskedItIsDoneByTheOneThatOwnsIt() throws Exception {
    source.execute("INSERT INTO article VALUES (1, 'A1', 'Chair', 1.50, 0)");
    both.capturing.await("shop", TwoInstances.RECIPIENTS.size());
    deliveries(client, far);
    deliveries(otherClient, near);
    pauses(client, far, both.other);
    pauses(otherClient, near, both.capturing);
    pauses(ApiClient.of(both.capturing.journalFile()), far, both.other);
    resync();
    assertThat(ask(200, otherClient, "GET", "/v1/source", "").json().path("slot").path("active"))
        .as("only the one that captures knows it")
        .hasToString("true");
    live(otherClient, near);
    refusals();
    sameStatus();
  }

  private void deliveries(ApiClient asked, String recipient) {
    String event = delivered(asked, recipient, 0);
    ask(200, asked, "POST", of(recipient, "deliveries/" + event + "/redeliver"), "{}");
    assertThat(delivered(asked, recipient, 1)).isEqualTo(event);
    assertThat(
            ask(409, asked, "POST", of(recipient, "deliveries/" + event + "/discard"), "").text())
        .contains("nothing to discard");
    assertThat(
            ask(200, asked, "POST", of(recipient, "replay"), "{\"fromSequence\":0,\"dryRun\":true}")
                .json()
                .path("count")
                .asInt())
        .isEqualTo(1);
    ask(200, asked, "POST", of(recipient, "discard"), "{\"dryRun\":true}");
    assertThat(ask(409, asked, "POST", of(recipient, "forget"), "").text()).contains("has a file");
    assertThat(ask(422, asked, "POST", of(recipient, "replay"), "{\"form\":\"2h\"}").text())
        .contains("Did you mean from?");
  }

  /** Waits until its one delivery has come to its end. */
  private String delivered(ApiClient asked, String recipient, int redelivery) {
    return Eventually.until(
        LIMIT,
        "the delivery to " + recipient + " has ended",
        () -> {
          JsonNode one =
              ask(200, asked, "GET", "/v1/deliveries?recipient=" + recipient, "")
                  .json()
                  .path("deliveries")
                  .path(0);
          return one.path("state").asText().equals("delivered")
                  && one.path("redelivery").asInt() == redelivery
              ? one.path("event").asText()
              : null;
        });
  }

  private void pauses(ApiClient asked, String recipient, Stage owner) throws Exception {
    ask(200, asked, "POST", of(recipient, "pause"), "{\"reason\":\"moving house\"}");
    Eventually.within(
        LIMIT,
        "it is paused where it is served",
        () -> {
          Pause pause = dispatcher(owner, recipient).pause();
          return pause != null && pause.reason().equals("moving house");
        });
    assertThat(ask(200, asked, "POST", of(recipient, "test"), "").json().path("acknowledged"))
        .hasToString("true");
    assertThat(ask(200, asked, "POST", of(recipient, "resume"), "").json().path("count"))
        .hasToString("1");
    AuditEntry noted = owner.flow().journal().audit().find(AuditLog.Query.newest(1)).getFirst();
    assertThat(noted.subject()).isEqualTo(recipient);
    assertThat(noted.actor())
        .startsWith("operate token 127.0.0.1, for ")
        .endsWith(" at instance " + name(owner));
  }

  private static DispatcherStatus dispatcher(Stage stage, String recipient) {
    return stage.flow().dispatchers().stream()
        .filter(one -> one.recipient().equals(recipient))
        .findFirst()
        .orElseThrow();
  }

  private void resync() {
    ApiClient.Reply begun =
        ask(202, otherClient, "POST", of(near, "resync"), "{\"entity\":\"Article\"}");
    String place = String.valueOf(begun.header("Location"));
    assertThat(place).isEqualTo("/v1/resyncs/" + begun.json().path("id").asText());
    Eventually.within(
        LIMIT,
        "it is done",
        () -> ask(200, otherClient, "GET", place, "").json().path("state").asText().equals("done"));
    assertThat(ask(409, otherClient, "DELETE", place, "").text()).contains("runs no more");
    assertThat(ask(200, otherClient, "GET", "/v1/resyncs", "").json().path("resyncs")).hasSize(1);
  }

  private void live(ApiClient asked, String recipient) throws Exception {
    try (LiveStream stream = new LiveStream(hostOf(asked), READ, recipient)) {
      source.execute("UPDATE article SET stock = stock + 1 WHERE id = 1");
      assertThat(stream.until("\"outcome\":\"delivered\"")).contains(recipient);
    }
  }

  private String hostOf(ApiClient asked) {
    return URI.create(asked.get("/live").whole().uri().toString()).getAuthority();
  }

  private void refusals() {
    ApiClient.Reply loop =
        ask(
            503,
            client.with(Caller.FORWARDED, "operate token 127.0.0.1"),
            "POST",
            of(far, "pause"),
            "");
    assertThat(loop.text()).contains("was asked as the one that serves recipient " + far);
    assertThat(loop.header("Retry-After")).isEqualTo("10");
    ask(401, both.client(both.capturing, "another"), "POST", of(far, "pause"), "");
    ask(403, both.client(both.capturing, READ), "POST", of(far, "pause"), "");
    String erase = "/v1/entities/Article/1/erase";
    assertThat(
            ask(200, otherClient, "POST", erase, "{\"dryRun\":true}").json().path("events").asInt())
        .isPositive();
    assertThat(ask(409, otherClient, "POST", erase, "").text())
        .contains("other instances of Rowhook share the work", "stop all but one");
  }

  private void sameStatus() {
    JsonNode one = ask(200, client, "GET", "/v1/status", "").json();
    JsonNode two = ask(200, otherClient, "GET", "/v1/status", "").json();
    for (JsonNode status : List.of(one, two)) {
      assertThat(names(status)).isEqualTo(Set.copyOf(TwoInstances.RECIPIENTS));
      for (JsonNode recipient : status.path("recipients")) {
        String name = recipient.path("recipient").asText();
        Stage server = servedBy(both.other).contains(name) ? both.other : both.capturing;
        assertThat(recipient.path("instance").asText()).isEqualTo(name(server));
        assertThat(recipient.path("state").asText()).isEqualTo("active");
        assertThat(recipient.path("unanswered").isNull()).isTrue();
      }
      assertThat(status.path("capture").asText()).startsWith("streaming");
      assertThat(status.path("slot").path("active").asBoolean()).isTrue();
      assertThat(status.path("instances")).hasSize(2);
      assertThat(status.path("instances").findValuesAsText("captures"))
          .containsExactlyInAnyOrder("true", "false");
      for (JsonNode instance : status.path("instances")) {
        Stage stage =
            instance.path("name").asText().equals(name(both.other)) ? both.other : both.capturing;
        assertThat(instance.path("recipients").asInt()).isEqualTo(servedBy(stage).size());
      }
      assertThat(subjects(status)).containsAll(TwoInstances.RECIPIENTS);
    }
    assertThat(command(both.other))
        .contains("instance     " + name(both.other) + " at http://127.0.0.1:", "captures, serves")
        .contains("INSTANCE", "was asked");
    assertThat(one.path("instance").asText()).isEqualTo(name(both.capturing));
    assertThat(two.path("instance").asText()).isEqualTo(name(both.other));
    assertThat(ask(200, otherClient, "GET", "/v1/recipients", "").json().findValues("settings"))
        .isEqualTo(ask(200, client, "GET", "/v1/recipients", "").json().findValues("settings"));
    String metrics = ask(200, client, "GET", "/metrics", "").text();
    servedBy(both.other).forEach(name -> assertThat(metrics).doesNotContain("\"" + name + "\""));
    assertThat(subjects(ask(200, client, "GET", "/health", "").json()))
        .as("health is of one instance")
        .containsExactlyInAnyOrderElementsOf(servedBy(both.capturing));
  }

  private String command(Stage stage) {
    StringWriter out = new StringWriter();
    new CommandLine(new StatusCommand())
        .setOut(new PrintWriter(out, true))
        .execute("--journal", stage.journalFile().toString());
    return out.toString();
  }

  private static Set<String> names(JsonNode status) {
    return new TreeSet<>(status.path("recipients").findValuesAsText("recipient"));
  }

  private static List<String> subjects(JsonNode status) {
    return status.findValuesAsText("subject");
  }
}
