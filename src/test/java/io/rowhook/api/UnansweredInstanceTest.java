package io.rowhook.api;

import static io.rowhook.api.TwoInstances.OPERATE;
import static io.rowhook.api.TwoInstances.name;
import static io.rowhook.api.TwoInstances.servedBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instance says where the one that could answer cannot be asked. */
class UnansweredInstanceTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private TwoInstances both;
  private ApiClient client;
  private String far; // served by the one that is not asked
  private final ApiDocument document = new ApiDocument();

  @BeforeEach
  void start() {
    both = new TwoInstances(source, directory);
    client = both.client(both.capturing, OPERATE);
    far = servedBy(both.other).getFirst();
  }

  @AfterEach
  void stop() {
    both.close();
  }

  @Test
  void whatCannotBeAskedIsSaid() {
    both.wayToOther.leadNowhere();
    ApiClient.Reply away = ask(503, "POST", of(far, "pause"));
    assertThat(away.header("Retry-After")).isEqualTo("10");
    assertThat(away.text())
        .contains("instance " + name(both.other), "serves recipient " + far, "does not answer")
        .contains("another takes over within about 10 seconds");
    unanswered("does not answer");
    both.wayToOther.moveTo(both.otherPort);
    both.wayToOther.swallow();
    long before = System.nanoTime();
    unanswered("no answer within 2 s");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    both.wayToOther.letThrough();

    both.otherHasToken("a-token-of-its-own");
    Eventually.within(
        LIMIT,
        "the other does not take the token",
        () -> client.post(of(far, "discard"), "{\"dryRun\":true}").status() == 503);
    assertThat(ask(503, "POST", of(far, "pause")).text())
        .contains("does not take this", "401", "the same admin.tokens");

    both.otherSaysNotWhere();
    far = servedBy(both.other).getFirst();
    assertThat(ask(503, "POST", of(far, "pause")).text())
        .contains("does not say where its API is", "advertised.api");
    unanswered("does not say where its API is");

    both.other.stop();
    Eventually.within(
        LIMIT,
        "the one that is left has taken over",
        () -> client.post(of(far, "pause"), "").status() == 200);
  }

  private void unanswered(String why) {
    JsonNode status = ask(200, "GET", "/v1/status").json();
    assertThat(new TreeSet<>(status.path("recipients").findValuesAsText("recipient")))
        .isEqualTo(Set.copyOf(TwoInstances.RECIPIENTS));
    for (JsonNode one : status.path("recipients")) {
      if (servedBy(both.other).contains(one.path("recipient").asText())) {
        assertThat(one.path("unanswered").asText()).contains(name(both.other), why);
        assertThat(one.path("state").asText()).isEqualTo("active");
      } else {
        assertThat(one.path("unanswered").isNull()).isTrue();
      }
    }
    assertThat(status.path("health").path("state").asText()).isNotEqualTo("ok");
    JsonNode part =
        status
            .path("health")
            .path("parts")
            .valueStream()
            .filter(one -> one.path("part").asText().equals("instance"))
            .findFirst()
            .orElseThrow();
    assertThat(part.path("subject").asText()).isEqualTo(name(both.other));
    assertThat(ask(200, "GET", "/ready").text()).isEqualTo("ok\n");
  }

  private ApiClient.Reply ask(int status, String method, String path) {
    ApiClient.Reply reply = client.ask(method, path, method.equals("POST") ? "" : (String) null);
    document.check(document.operation(method, path).orElseThrow(), reply);
    assertThat(reply.status()).as(path + ": " + reply.text()).isEqualTo(status);
    return reply;
  }

  private static String of(String recipient, String what) {
    return "/v1/recipients/" + recipient + "/" + what;
  }
}
