package io.rowhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.NpmPackages;
import io.rowhook.testing.Ports;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running Rowhook and its documents, held by tools that nobody here wrote: {@code fast-check} and
 * {@code json-schema-faker} draw from the API's document, {@code ajv} judges what is answered;
 * Redocly, AsyncAPI's parser and ajv read what is said of the API and of each recipient. Needs Node
 * and npm: {@code mvn -Pnpm test}; {@code -Dapi.requests} and {@code -Dapi.seed} ask for more.
 */
@Tag("npm")
class OutsideFuzzerTest {

  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String READ = "read-read-read-read";
  private static final String OPERATE = "operate-operate-operate";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient(
        "shop",
        "url: ${env:SHOP_URL}\n"
            + "subscriptions: [{ entity: Article, events: [Created, Updated, Deleted, Snapshot]"
            + " }]");
    stage.recipient("down", "url: http://127.0.0.1:9/\nretry: { delays: [] }");
    stage.write("jslt-templates/down/Order.jslt", "{ \"id\": .entityId }");
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  private RowhookProcess start(RowhookProcess.Setup setup) {
    stage.env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup.start();
  }

  private Path settings() {
    return stage.directory().resolve("connector-config");
  }

  private Path templates() {
    return stage.directory().resolve("jslt-templates");
  }

  @Test
  void whateverIsAskedIsAnsweredAsTheDocumentSays() throws IOException {
    int port = Ports.free();
    stage.write(
        "connector-config/rowhook.yaml",
        "admin: { address: '127.0.0.1:%d', tokens: { read: %s, operate: %s } }\n"
            .formatted(port, READ, OPERATE));
    try (RowhookProcess rowhook =
        start(RowhookProcess.run(settings(), templates(), stage.journalFile()))) {
      rowhook.awaitLine(LIMIT, "Streaming from slot");
      rowhook.awaitLine(LIMIT, "started in");
      source.execute(
          "INSERT INTO article SELECT n, 'A' || n, 'Chair', n, 0 FROM generate_series(1, 20) n");
      stage.await("shop", 20);
      NpmPackages.run(
          NpmPackages.node(
              "api-fuzz.mjs",
              "http://127.0.0.1:" + port,
              READ,
              OPERATE,
              Integer.toString(Integer.getInteger("api.requests", 400)),
              Long.toString(Long.getLong("api.seed", 1))),
          LIMIT);
      assertThat(rowhook.output()).doesNotContain(" ERROR ");
    }
  }

  @Test
  void theDocumentsAreWhatTheyClaimToBe() throws IOException {
    Path made = stage.directory().resolve("made");
    RowhookProcess.Setup catalog =
        RowhookProcess.command(
            "catalog",
            "--config",
            settings().toString(),
            "--templates",
            templates().toString(),
            "--out",
            made.toString());
    try (RowhookProcess process = start(catalog)) {
      assertThat(process.exitCode(LIMIT)).as(process.output()).isZero();
    }
    Files.writeString(made.resolve("api.openapi.json"), new ApiDocument().json().toString());
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(made)) {
      all.map(Path::toString).filter(file -> file.endsWith(".json")).sorted().forEach(files::add);
    }
    assertThat(files).hasSize(7); // of each recipient three
    NpmPackages.run(NpmPackages.node("documents.mjs", files.toArray(String[]::new)), LIMIT);
  }
}
