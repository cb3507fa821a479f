package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.base.Json;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rowhook preview --replay}: files that are not in force, on events that were. */
@Tag("feature-12")
class WhatIfCommandTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Stage stage;
  private Path edited;

  @BeforeEach
  void start() throws IOException {
    stage = new Stage(source, directory.resolve("service")).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.receiver("stock", TestReceiver.Settings.DEFAULT);
    for (String name : new String[] {"shop", "stock"}) {
      stage.recipient(
          name,
          "url: %s\nsubscriptions: [{ entity: Article }]\n"
              .formatted(stage.env().get(name.toUpperCase(java.util.Locale.ROOT) + "_URL")));
    }
    stage.write("jslt-templates/lib/price.jslt", "def price(a) { \"price\": $a.price }");
    stage.write(
        "jslt-templates/Article.jslt",
        "import \"lib/price.jslt\" as p\n{ \"name\": .data.name, \"sold\": p:price(.data) }");
    stage.start();
    source.execute(
        "INSERT INTO article SELECT n, 'A' || n, 'Chair ' || n, n * 1.50, n"
            + " FROM generate_series(1, 20) n");
    stage.await("shop", 20);
    stage.await("stock", 20);
    stage.awaitIdle();
    edited = directory.resolve("edited");
    for (String name :
        new String[] {
          "connector-config/source.properties",
          "connector-config/entities.yaml",
          "connector-config/recipients/shop.yaml",
          "connector-config/recipients/stock.yaml",
          "jslt-templates/lib/price.jslt",
          "jslt-templates/Article.jslt"
        }) {
      write(name, Files.readString(stage.directory().resolve(name)));
    }
    write("jslt-templates/README.md", "A note.");
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private void write(String name, String text) throws IOException {
    Path file = edited.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("preview"));
    all.addAll(List.of(arguments));
    all.addAll(
        List.of(
            "--config",
            edited.resolve("connector-config").toString(),
            "--templates",
            edited.resolve("jslt-templates").toString(),
            "--journal",
            stage.journalFile().toString()));
    return Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  @Test
  void saysWhatTheFilesOnDiskWouldHaveDoneAndSendsNothing() throws Exception {
    assertThat(run("--replay", "7d")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("Nothing would be different of 20 events");

    write("jslt-templates/lib/price.jslt", "def price(a) { \"amount\": $a.price }");
    assertThat(run("--replay", "7d")).as(err.toString()).isEqualTo(3);
    assertThat(out.toString())
        .contains(
            "shop: 20 with another body\n",
            "  keys that appear  sold.amount (20)\n",
            "  keys that vanish  sold.price (20)\n",
            "  changed, for example Article 1 Created, event evt_",
            "    before  {\"name\":\"Chair 1\",\"sold\":{\"price\":1.50}}\n",
            "    after   {\"name\":\"Chair 1\",\"sold\":{\"amount\":1.50}}\n",
            "stock: 20 with another body\n",
            "Nothing was sent.");
    assertThat(run("shop", "--from", "2h", "--to", "0s", "--json")).isEqualTo(3);
    JsonNode json = Json.MAPPER.readTree(out.toString());
    assertThat(json.path("recipients").findValuesAsText("recipient")).containsExactly("shop");
    assertThat(json.path("state").asText()).isEqualTo("done");

    write("jslt-templates/shop/Article.jslt", "{ \"n\": number(.data.name) - 1 }");
    assertThat(run("shop", "--replay", "7d", "--entity", "Article:7")).isEqualTo(1);
    assertThat(out.toString())
        .contains("shop: 1 BROKEN\n", "    why     shop/Article.jslt:1:")
        .doesNotContain("stock");
    write("jslt-templates/shop/Article.jslt", "{ \"name\": .data.name }");
    Files.delete(edited.resolve("connector-config/recipients/stock.yaml"));
    assertThat(run("--replay", "7d")).isEqualTo(3);
    assertThat(out.toString()).contains("stock: 20 no longer wanted\n");
    stage.awaitIdle();
    assertThat(stage.inbox("shop")).as("what happened, and nothing else").hasSize(20);
    assertThat(stage.inbox("stock")).hasSize(20);
  }

  @Test
  void whatCannotBeToldIsRefusedWithItsReason() throws Exception {
    assertThat(run("--replay", "7d", "--from", "2h")).isEqualTo(2);
    assertThat(err.toString()).contains("give one of them");
    assertThat(run("shop", "--replay", "7d", "--event", "7")).isEqualTo(2);
    assertThat(err.toString()).contains("leave out --event");
    assertThat(run("shpo", "--replay", "7d")).isEqualTo(1);
    assertThat(err.toString()).contains("Did you mean shop?");
    write("connector-config/recipients/shop.yaml", "url: shop\n");
    assertThat(run("--replay", "7d")).isEqualTo(1);
    assertThat(err.toString()).contains("shop.yaml:1:6");
    write("connector-config/recipients/shop.yaml", "url: https://shop.example.com/\n");
    stage.stop();
    assertThat(run("--replay", "7d")).isEqualTo(1);
    assertThat(err.toString()).contains("the service is not running");
  }
}
