package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings are edited over HTTP by several at once, and nobody's edit is lost unseen. */
class EditOperationsTest {

  private static final String SHOP = "/v1/recipients/shop";

  @TempDir Path directory;
  private ApiRig rig;
  private ApiClient client;

  @BeforeEach
  void start() throws IOException {
    rig = new ApiRig(directory, Optional.empty());
    client = rig.local();
  }

  @AfterEach
  void stop() {
    client.close();
    rig.close();
  }

  @Test
  @Tag("feature-1")
  void ofEditsAtOnceOneWinsAndTheOthersAreTold() throws Exception {
    ApiClient.Reply read = client.get(SHOP);
    String etag = String.valueOf(read.header("ETag"));
    assertThat(read.json().path("etag").asText()).isEqualTo(etag);
    List<Callable<ApiClient.Reply>> edits = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      String body =
          "{\"settings\":{\"url\":\"https://shop.example.com/hook\",\"jobs\":%d}}"
              .formatted(10 + i);
      edits.add(() -> client.with("If-Match", etag).ask("PUT", SHOP, body));
    }
    List<ApiClient.Reply> replies = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<ApiClient.Reply> edit : threads.invokeAll(edits)) {
        replies.add(edit.get());
      }
    }
    assertThat(replies)
        .extracting(ApiClient.Reply::status)
        .containsExactlyInAnyOrder(200, 412, 412, 412, 412, 412);
    ApiClient.Reply won = replies.stream().filter(one -> one.status() == 200).findFirst().get();
    assertThat(won.json().path("inForce").asBoolean()).as(won.text()).isTrue();
    assertThat(client.get(SHOP).header("ETag")).isEqualTo(won.header("ETag"));
    assertThat(client.get("/v1/audit-log").json().path("entries"))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.path("detail").asText()).isEqualTo("recipient shop: jobs changed");
          assertThat(entry.path("actor").asText()).contains("127.0.0.1");
        });
  }

  @Test
  @Tag("feature-26")
  void whatIsRefusedSaysWhereAndWhy() throws Exception {
    String etag = client.get(SHOP).json().path("etag").asText();
    ApiClient known = client.with("If-Match", etag);
    ApiClient.Reply wrong =
        known.ask("PUT", SHOP, "{\"settings\":{\"url\":\"shop\",\"headers\":{\"X-Key\":\"***\"}}}");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.json().path("errors").findValuesAsText("pointer"))
        .containsExactly("#/headers/X-Key");
    wrong = known.ask("PUT", SHOP, "{\"yaml\":\"url: shop\\ntimeuot: canary\\n\"}");
    assertThat(wrong.json().path("errors").findValuesAsText("pointer"))
        .containsExactly("#/url", "#/timeuot");
    assertThat(wrong.text())
        .contains("shop.yaml:1:6", "Did you mean timeout?")
        .doesNotContain("canary");
    assertThat(known.ask("PUT", SHOP, "{}").text()).contains("either settings or yaml");
    assertThat(client.ask("PUT", SHOP, "{\"yaml\":\"\"}").status()).isEqualTo(428);
    assertThat(client.get("/v1/recipients/nobody").status()).isEqualTo(404);
    assertThat(client.get("/v1/recipients/..%2Fsource").status()).isEqualTo(400);
    assertThat(client.get("/v1/templates/..%2F..%2Fjournal.jslt").status()).isEqualTo(400);
    assertThat(
            client
                .post("/v1/recipients", "{\"name\":\"shop\",\"yaml\":\"url: https://a.example\"}")
                .status())
        .isEqualTo(409);
    ApiClient.Reply template =
        client.post(
            "/v1/templates/shop%2FOrder.jslt/validate", "{\"text\":\"{\\n  \\\"a\\\": }\"}");
    assertThat(template.json().path("problems").path(0).path("line").asInt()).isEqualTo(2);

    Path recipients = directory.resolve("config/recipients");
    Files.setPosixFilePermissions(recipients, PosixFilePermissions.fromString("r-xr-xr-x"));
    ApiClient.Reply readOnly =
        known.ask("PUT", SHOP, "{\"yaml\":\"url: https://other.example.com\"}");
    Files.setPosixFilePermissions(recipients, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(readOnly.status()).isEqualTo(403);
    assertThat(readOnly.text()).contains("read-only", "Edit it where it comes from");
  }

  @Test
  void whatIsDoneIsNotedWithWhoHasDoneIt() {
    client.post("/v1/recipients/shop/pause", "{\"reason\":\"moving house\"}");
    client.post("/v1/recipients/shop/pause", ""); // was so before: nothing was done
    client.post("/v1/recipients/shop/resume", "");
    client.ask("PUT", "/v1/kill-switch", "{\"reason\":\"wrong prices\"}");
    client.ask("DELETE", "/v1/kill-switch", (String) null);
    client.post("/v1/recipients/gone/forget", "{\"dryRun\":true}");
    client.post("/v1/recipients/gone/forget", "");
    assertThat(client.get("/v1/audit-log").json().path("entries").findValuesAsText("action"))
        .containsExactly(
            "recipient.forgotten",
            "kill-switch.cleared",
            "kill-switch.set",
            "recipient.resumed",
            "recipient.paused");
    assertThat(Json.text(client.get("/v1/audit-log?action=recipient.paused").json()))
        .contains("moving house", "\"subject\":\"shop\"");
    String next =
        client.get("/v1/audit-log?limit=2").json().path("next").textValue(); // as of each list
    assertThat(client.get("/v1/audit-log?limit=5&cursor=" + next).json().path("entries"))
        .hasSize(3);
  }

  @Test
  void aFileMayBeAsLargeAsOneThatIsWrittenByHand() {
    String etag = client.get(SHOP).json().path("etag").asText();
    String line = "# a line that somebody has written of the shop\\n";
    String good = "url: https://shop.example.com/hook\\n" + line.repeat(20_000);
    ApiClient.Reply large =
        client.with("If-Match", etag).ask("PUT", SHOP, "{\"yaml\":\"" + good + "\"}");
    assertThat(large.status()).as(large.text()).isEqualTo(200);
    assertThat(client.get(SHOP).json().path("yaml").asText().length()).isGreaterThan(900_000);
    ApiClient.Reply larger =
        client
            .with("If-Match", large.json().path("etag").asText())
            .ask("PUT", SHOP, "{\"yaml\":\"" + line.repeat(50_000) + "\"}");
    assertThat(larger.status()).isEqualTo(413);
    assertThat(larger.json().path("detail").asText()).contains("may have 2048 kB");
  }

  @Test
  void whatIsNoETagIsSaid() {
    for (String none : List.of("*", "4f0c", "W/\"4f0c\"")) {
      ApiClient.Reply reply =
          client.with("If-Match", none).ask("PUT", SHOP, "{\"yaml\":\"url: https://a.example\"}");
      assertThat(reply.status()).isEqualTo(428);
      assertThat(reply.json().path("detail").asText())
          .contains("must be the ETag that the file was read with", "got: " + none);
    }
  }

  @Test
  void aWrongNameIsNamedWhereItStands() {
    ApiClient.Reply body =
        client.post("/v1/recipients", "{\"name\":\"The Shop\",\"yaml\":\"url: https://a\"}");
    assertThat(body.status()).isEqualTo(422);
    assertThat(body.json().path("errors").findValuesAsText("pointer")).containsExactly("#/name");
    ApiClient.Reply path = client.get("/v1/recipients/The%20Shop");
    assertThat(path.status()).isEqualTo(400);
    assertThat(path.json().path("errors").findValuesAsText("parameter"))
        .containsExactly("recipient");
    ApiClient.Reply filter = client.get("/v1/deliveries?id=7");
    assertThat(filter.json().path("errors").findValuesAsText("parameter")).containsExactly("id");
    ApiClient.Reply range =
        client.post("/v1/recipients/shop/replay", "{\"id\":\"7\",\"failed\":true}");
    assertThat(range.status()).isEqualTo(422);
    assertThat(range.json().path("errors").findValuesAsText("pointer")).containsExactly("#/id");
  }
}
