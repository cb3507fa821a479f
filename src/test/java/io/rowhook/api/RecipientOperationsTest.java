package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.health.HealthReport;
import io.rowhook.admin.health.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service does when it is asked, where it takes no dispatchers to see it. */
class RecipientOperationsTest {

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
  @Tag("feature-45")
  @Tag("feature-26")
  void aTestShowsWhatWentOutWithoutCredentials() {
    JsonNode sample = client.post("/v1/recipients/shop/test", "").json();
    assertThat(sample.toString())
        .contains("\"v1,6Wm1ZJ9o8...\"", "rowhook.test", "answered 503", "busy")
        .contains("\"acknowledged\":false")
        .doesNotContain("ZXJwOmdlaGVpbQ", "also-secret");
    assertThat(sample.path("headers").path(1).path("value").asText()).isEqualTo("***");
  }

  @Test
  @Tag("feature-45")
  void aTestGoesOutDuringAPauseAndNeverPastTheKillSwitch() {
    client.post("/v1/recipients/shop/pause", "");
    client.post("/v1/recipients/shop/test", "");
    assertThat(rig.tested).containsExactly("shop");
    client.ask("PUT", "/v1/kill-switch", "{\"reason\":\"wrong prices\"}");
    ApiClient.Reply refused = client.post("/v1/recipients/shop/test", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("detail").asText())
        .contains("the kill switch is set until rowhook resume --all clears it (wrong prices)");
    assertThat(rig.tested).hasSize(1);
    client.ask("DELETE", "/v1/kill-switch", (String) null);
    client.post("/v1/recipients/shop/test", "");
    assertThat(rig.tested).hasSize(2);
  }

  @Test
  void whoseFileIsGoneCanBeDiscardedAndResumedButNotSentTo() throws Exception {
    String gone = "/v1/recipients/gone";
    assertThat(client.post(gone + "/replay", "{\"failed\":true}").json().path("detail").asText())
        .contains("there is no recipient 'gone'");
    assertThat(client.post(gone + "/pause", "").json().path("detail").asText())
        .contains("There are: shop.");
    rig.journal.deliveryAdmin().pause("gone", "away", Instant.now());
    assertThat(client.post(gone + "/resume", "").json().path("count").asInt()).isEqualTo(1);
    assertThat(client.post(gone + "/discard", "").json())
        .hasToString("{\"done\":false,\"count\":0}");
    assertThat(client.post(gone + "/forget", "{\"dryRun\":true}").json().path("dropped").asText())
        .isNotEmpty();
    assertThat(client.post(gone + "/forget", "").json().path("done").asBoolean()).isTrue();
  }

  @Test
  void aWrongFieldIsNamed() {
    String replay = "/v1/recipients/shop/replay";
    assertThat(client.post(replay, "{\"from\":\"noon\"}").text())
        .contains("#/from", "must be a time such as 2026-05-24T15:20:44Z, got: 'noon'");
    assertThat(client.post(replay, "{\"id\":\"7\",\"toSequence\":1}").text())
        .contains("name the entity too");
    assertThat(client.post("/v1/recipients/shop/discard", "{\"states\":[\"lost\"]}").text())
        .contains("#/states/0", "must be one of waiting, blocked, failed, pending, got: 'lost'");
    assertThat(client.get("/v1/deliveries?state=lost").text())
        .contains("\"parameter\":\"state.0\"");
  }

  @Test
  void whatTheCatalogSaysOfATableIsShownInPlaceOfWhatTheLastReadingSaid() {
    assertThat(client.get("/v1/status").json().at("/readBack/unreadTables"))
        .extracting(JsonNode::asText)
        .containsExactly("crm.customer: entities.yaml: Order: run GRANT", "public.line: locked");
  }

  @Test
  void probesTellWhetherItDoesItsWork() {
    rig.health =
        new HealthReport(
            List.of(
                new Part(Part.Kind.capture, "", Part.State.failing, "it stalls", Instant.now())),
            List.of(),
            false,
            Instant.now());
    assertThat(client.get("/live").status()).isEqualTo(200);
    assertThat(client.get("/ready").status()).isEqualTo(503);
    assertThat(client.get("/health").json().path("parts").path(0).path("reason").asText())
        .isEqualTo("it stalls");
    rig.health = new HealthReport(List.of(), List.of("it hangs"), true, Instant.now());
    assertThat(client.get("/live").status()).isEqualTo(503);
  }
}
