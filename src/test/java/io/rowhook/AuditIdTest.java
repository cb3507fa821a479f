package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit of what is told by another id than its key, and only where a condition holds. */
@Tag("feature-72")
class AuditIdTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @AutoClose private final SourceDatabase source = SourceDatabase.start();
  @AutoClose private final AuditedShop shop = new AuditedShop(source);

  private Stage stage;
  private OperatedService service;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).empty();
    service = new OperatedService(stage, source);
  }

  @AfterEach
  void strike() {
    stage.close();
  }

  @Test
  void mendsWhatHasAnotherIdThanItsKeyAndAWhere() throws Exception {
    source.execute(
        "CREATE SCHEMA audited",
        "CREATE TABLE audited.item (n serial PRIMARY KEY, code text NOT NULL, part char(4) NOT NULL,"
            + " stock int, UNIQUE (code), UNIQUE (part, code))",
        "ALTER TABLE audited.item REPLICA IDENTITY FULL");
    stage.write(
        "connector-config/entities.yaml",
        """
        Item: { table: audited.item, id: [code], where: "stock >= 0" }
        Piece: { table: audited.item, id: [part, code], where: "stock < 1000" }
        """);
    stage.recipient(
        "shop",
        "url: "
            + shop.url()
            + """

            subscriptions:
              - { entity: Item, events: [Created, Updated, Deleted, Snapshot] }
              - { entity: Piece, events: [Created, Updated, Deleted, Snapshot] }
            """);
    stage.start();
    source.execute(
        "INSERT INTO audited.item (code, part, stock)"
            + " SELECT 'c' || n, 'p' || n, n FROM generate_series(1, 9) n");
    stage.awaitJournaled();
    service.awaitSettled();
    source.execute(
        "BEGIN; SELECT pg_logical_emit_message(true, 'rowhook', '{\"mute\": true}');"
            + " UPDATE audited.item SET stock = 70 WHERE code = 'c2';"
            + " UPDATE audited.item SET stock = -1 WHERE code = 'c5';"
            + " DELETE FROM audited.item WHERE code IN ('c4', 'c7');"
            + " UPDATE audited.item SET code = 'c10' WHERE code = 'c9'; COMMIT");
    stage.awaitJournaled();
    mends("Item", 1, 1, 4);
    mends("Piece", 1, 2, 3);
    assertThat(shop.bodies("Item", "Deleted"))
        .extracting(body -> body.path("entityId").asText())
        .containsExactlyInAnyOrder("c4", "c5", "c7", "c9");
    assertThat(shop.bodies("Piece", "Snapshot"))
        .extracting(body -> body.path("entityId").toString())
        .containsExactlyInAnyOrder(
            "{\"part\":\"p2  \",\"code\":\"c2\"}",
            "{\"part\":\"p5  \",\"code\":\"c5\"}",
            "{\"part\":\"p9  \",\"code\":\"c10\"}");
  }

  private void mends(String entity, int missing, int stale, int superfluous) {
    JsonNode found = service.audit("shop", entity, "--repair");
    assertThat(List.of(found.path("missing"), found.path("stale"), found.path("superfluous")))
        .as(found.toString())
        .extracting(JsonNode::asInt)
        .containsExactly(missing, stale, superfluous);
    Eventually.passes(
        LIMIT,
        "it is mended",
        () -> assertThat(service.audit("shop", entity).path("differences")).isEmpty());
  }
}
