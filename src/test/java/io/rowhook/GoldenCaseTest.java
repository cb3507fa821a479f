package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.api.ApiClient;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was right once is kept over HTTP, and holds templates from then on. */
@Tag("feature-12")
class GoldenCaseTest {

  private static final String KEEP = "/v1/recipients/shop/golden-files";
  private static final String TEMPLATE = "jslt-templates/shop/Article.jslt";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private Stage stage;
  private ApiClient client;

  @BeforeEach
  void start() throws IOException {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient(
        "shop",
        """
        url: %s
        subscriptions: [{ entity: Article, when: .data.stock > 0 }]
        """
            .formatted(Objects.requireNonNull(stage.env().get("SHOP_URL"))));
    stage.write(TEMPLATE, "{ \"sku\": .data.sku, \"price\": .data.price }").start();
    client = ApiClient.of(stage.journalFile());
    source.execute(
        "INSERT INTO article VALUES (1, 'A/1', 'Chair', 1234567890.10, 4)",
        "INSERT INTO article VALUES (2, 'A/2', 'Table', 3.00, 0)",
        "UPDATE article SET name = 'Stool' WHERE id = 1");
    stage.await("shop", 2);
    stage.awaitIdle();
  }

  @AfterEach
  void stop() {
    client.close();
    stage.close();
  }

  @Test
  void whatIsKeptHoldsTheTemplate() throws Exception {
    ApiClient.Reply kept = client.post(KEEP, "{\"event\":\"1\"}");
    assertThat(kept.status()).as(kept.text()).isEqualTo(201);
    assertThat(kept.json())
        .hasToString(
            "{\"file\":\"expected/shop/Article-1-Created.event.json\",\"wanted\":true,\"done\":true}");
    assertThat(directory.resolve("jslt-templates/expected/shop/Article-1-Created.body.json"))
        .content()
        .contains("\"price\" : 1234567890.10");
    assertThat(client.post(KEEP, "{\"event\":\"2\",\"case\":\"sold-out\"}").text())
        .contains("expected/shop/sold-out.event.json", "\"wanted\":false");
    assertThat(directory.resolve("jslt-templates/expected/shop/sold-out.skipped")).isEmptyFile();
    assertThat(client.post(KEEP, "{\"event\":\"1\"}").text()).contains("\"done\":false");
    assertThat(check()).as(out.toString()).isZero();
    assertThat(out.toString()).contains("2 of 2 as expected");

    stage.write(TEMPLATE, "{ \"sku\": .data.sku, \"price\": .data.stock }");
    assertThat(check()).isEqualTo(1);
    assertThat(out.toString()).contains("body.price: expected 1234567890.10, got 4");

    Eventually.within(
        Duration.ofSeconds(30),
        "the edit is in force",
        () ->
            !client.get("/v1/audit-log?action=settings.changed").json().path("entries").isEmpty());
    assertThat(client.get("/v1/audit-log?action=settings.changed").json().path("entries"))
        .as("golden cases are no settings")
        .singleElement()
        .satisfies(
            entry -> assertThat(entry.path("subject").asText()).isEqualTo("shop/Article.jslt"));
    assertThat(client.get("/v1/audit-log?action=golden-case.kept").json().path("entries"))
        .hasSize(2)
        .allSatisfy(entry -> assertThat(entry.path("subject").asText()).isEqualTo("shop"));
    assertThat(client.get("/v1/templates").text()).doesNotContain("expected");
  }

  @Test
  void whatCannotBeKeptIsRefused() throws Exception {
    client.post(KEEP, "{\"event\":\"1\",\"case\":\"chair\"}");
    ApiClient.Reply other = client.post(KEEP, "{\"event\":\"3\",\"case\":\"chair\"}");
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.text()).contains("chair.event.json", "another name");
    assertThat(client.post(KEEP, "{\"event\":\"2\",\"case\":\"chair\"}").status()).isEqualTo(409);
    assertThat(client.post(KEEP, "{\"event\":\"1\",\"case\":\"../chair\"}").status())
        .isEqualTo(422);
    assertThat(client.post(KEEP, "{\"event\":\"1\",\"case\":\"README\"}").status()).isEqualTo(422);
    assertThat(client.post(KEEP, "{\"event\":\"77\"}").status()).isEqualTo(404);
    assertThat(client.post("/v1/recipients/shp/golden-files", "{\"event\":\"1\"}").status())
        .isEqualTo(404);
    Path folder = directory.resolve("jslt-templates/expected/shop");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    ApiClient.Reply readOnly = client.post(KEEP, "{\"event\":\"2\"}");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(readOnly.status()).isEqualTo(403);
    assertThat(readOnly.text()).contains("read-only", "Edit it where it comes from");
    assertThat(check()).as(out.toString()).isZero();
    assertThat(out.toString()).contains("1 of 1 as expected");
  }

  private int check() {
    out.getBuffer().setLength(0);
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(
            "preview",
            "--check",
            directory.resolve("jslt-templates/expected").toString(),
            "--config",
            directory.resolve("connector-config").toString(),
            "--templates",
            directory.resolve("jslt-templates").toString());
  }
}
