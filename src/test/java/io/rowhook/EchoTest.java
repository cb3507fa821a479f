package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code not-from}, as a person meets it. */
@Tag("feature-62")
class EchoTest {

  private static final Duration LIMIT = Duration.ofSeconds(40);

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

  private static void write(int id, String said) {
    source.execute(
        "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '"
            + said
            + "'); INSERT INTO article VALUES ("
            + id
            + ", 'A', 'One', 1.00, 0); COMMIT");
  }

  @Test
  void itsOwnDoingIsNotToldAlsoInAReplayAndOthersIs() {
    stage
        .receiver("app", TestReceiver.Settings.DEFAULT)
        .receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.recipient("app", "url: " + stage.env().get("APP_URL") + "\nnot-from: [app, 7]");
    stage.recipient("shop", "url: " + stage.env().get("SHOP_URL") + "\nnot-from: shop").start();
    write(1, "{\"from\": \"shop\"}");
    write(2, "{\"from\": \"app\"}");
    write(3, "{\"from\": [\"shop\"]}");
    write(4, "{\"from\": 7}");
    service.update(5);
    stage.awaitEntities("shop", "2", "3", "4", "5");
    stage.awaitEntities("app", "1", "3", "5");
    assertThat(
            service.shown(
                "preview",
                "shop",
                "--entity",
                "Article:1",
                "--config",
                directory.resolve("connector-config").toString(),
                "--templates",
                directory.resolve("jslt-templates").toString()))
        .contains(
            "not-from: its transaction says \"from\": \"shop\", which is not told, whatever the subscriptions say");
    stage.awaitIdle(); // what is pending is not replayed
    service.shown("replay", "shop", "--from", "2020-01-01T00:00:00Z", "--yes");
    stage.await("shop", 8);
    stage.awaitIdle();
    stage.awaitEntities("shop", "2", "3", "4", "5");
  }

  /** What was sent before it is not replayed either, but goes out when it is named by its id. */
  @Test
  void anEditHoldsFromTheNextEventOn() {
    service.shop(0, "");
    write(1, "{\"from\": \"shop\"}");
    String id = OperatedService.ids(stage.await("shop", 1)).getFirst();
    stage.recipient("shop", "url: ${env:SHOP_URL}\nnot-from: shop");
    int[] last = {1};
    Eventually.within(
        LIMIT,
        "the edit is in force",
        () -> {
          write(++last[0], "{\"from\": \"shop\"}");
          stage.awaitIdle();
          String told = stage.inbox("shop").getLast().header("Rowhook-Entity-Id");
          return !Integer.toString(last[0]).equals(told);
        });
    int before = stage.inbox("shop").size();
    service.update(1_000);
    stage.await("shop", before + 1);
    stage.awaitIdle(); // what is pending is not replayed
    service.shown("replay", "shop", "--from", "2020-01-01T00:00:00Z", "--yes");
    stage.awaitIdle();
    assertThat(stage.inbox("shop").subList(before, stage.inbox("shop").size()))
        .isNotEmpty()
        .allMatch(request -> "1000".equals(request.header("Rowhook-Entity-Id")));
    service.shown("redeliver", "shop", id);
    Eventually.within(
        LIMIT,
        "it is sent again",
        () ->
            OperatedService.ids(stage.inbox("shop").subList(before, stage.inbox("shop").size()))
                .contains(id));
  }

  @Test
  void anEmptyListIsRefused() {
    service.shop(0, "");
    stage.recipient("shop", "url: ${env:SHOP_URL}\nnot-from: []");
    Eventually.within(
        LIMIT,
        "it is refused",
        () ->
            stage.flow().problems().stream()
                .anyMatch(problem ->
                    problem.contains(
                        "not-from is an empty list. Name whose changes are not sent, or take it out.")));
  }
}
