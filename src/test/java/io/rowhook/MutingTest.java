package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.ReceivedRequest;
import io.rowhook.story.Stage;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction says of itself, as a person sees it who runs Rowhook. */
@Tag("feature-62")
@Tag("slow")
class MutingTest {

  private static final String MUTE =
      "SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}')";

  /** More than is held in memory. */
  private static final String IMPORT =
      "INSERT INTO article SELECT i, 'A', repeat('x', 900), 1.00, 0 FROM generate_series(%d, %d) i";

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

  @Test
  void aMutedImportLargerThanMemoryMakesNoEventsAndIsCounted() {
    service.shop(0, "");
    assertThat(service.json("status").path("muted").toString()).isEqualTo("{\"transactions\":0}");
    assertThat(service.shown("status")).doesNotContain("muted");

    String id =
        source.query(
            MUTE.replace("SELECT ", "WITH said AS (SELECT ")
                + "), made AS ("
                + IMPORT.formatted(1, 40_000)
                + " RETURNING 1) SELECT pg_current_xact_id() FROM said WHERE EXISTS (SELECT 1 FROM made)");
    service.update(50_000);
    stage.await("shop", 1);
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("50000");
    JsonNode muted = service.json("status").path("muted");
    assertThat(muted.path("transactions").asLong()).isEqualTo(1);
    assertThat(muted.path("lastTxId").asText()).isEqualTo(id);
    assertThat(service.shown("status"))
        .containsPattern(
            "muted        1 transaction that asked for no events, since the start; the last, "
                + id
                + ", committed 20");

    service.update(1);
    JsonNode next = Stage.json(stage.await("shop", 2).getLast());
    assertThat(next.path("event").asText()).isEqualTo("Updated");
    assertThat(next.path("previous").toString()).isEqualTo("{\"stock\":0}");
  }

  @Test
  void allEventsOfATransactionLargerThanMemoryHaveItsContext() {
    service.shop(
        0, "\nsubscriptions: [{ entity: Article, when: '.entityId > 29990', attributes: full }]");
    source.execute(
        "BEGIN; "
            + IMPORT.formatted(1, 30_000)
            + "; SELECT pg_logical_emit_message(true, 'rowhook', '{\"who\": \"import\"}'); COMMIT");
    List<ReceivedRequest> inbox = stage.await("shop", 10);
    assertThat(inbox)
        .hasSize(10)
        .allSatisfy(request ->
            assertThat(Stage.json(request).path("context").toString())
                .isEqualTo("{\"who\":\"import\"}"));
  }

  /** Nobody was told, so what came before it is not told again either. */
  @Test
  void aRestartNeitherTellsNorCountsItAgain() {
    service.shop(0, "");
    source.execute(
        "BEGIN; " + MUTE + "; INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0); COMMIT");
    stage.awaitJournaled();
    stage.stop();
    source.execute(
        "BEGIN; INSERT INTO article VALUES (2, 'A', 'One', 1.00, 0); " + MUTE + "; COMMIT",
        "INSERT INTO article VALUES (3, 'A', 'One', 1.00, 0)");
    stage.start();
    source.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
    stage.awaitJournaled();
    stage.awaitIdle();
    assertThat(stage.inbox("shop"))
        .extracting(request -> request.header("Rowhook-Entity-Id"))
        .containsExactly("3");
    assertThat(service.json("status").path("muted").path("transactions").asLong()).isEqualTo(1);
  }

  @Test
  void whatCannotBeUsedIsCountedAndStopsNothing() {
    service.shop(0, "");
    source.execute(
        "BEGIN; INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0); "
            + "SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": \"yes\"}'), "
            + "pg_logical_emit_message(true, 'rowhook', 'secret'); COMMIT");
    assertThat(Stage.json(stage.await("shop", 1).getFirst()).has("context")).isFalse();
    JsonNode status = service.json("status");
    assertThat(status.path("ignoredMessages").asLong()).isEqualTo(2);
    assertThat(status.path("muted").path("transactions").asLong()).isZero();
    assertThat(service.shown("status"))
        .contains(
            "ignored      2 messages with the prefix rowhook, since the start: the log says by which rule");
  }
}
