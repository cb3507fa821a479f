package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the slot, on a source that keeps little log and has much to write. */
@Tag("slow")
class SlotAtRiskTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  @Tag("feature-50")
  void theStatusSaysWhatTheSourceKeepsAndThatTheSlotIsAtRisk() throws Exception {
    try (SourceDatabase source = SourceDatabase.start(Map.of("max_slot_wal_keep_size", "128MB"));
        Stage stage = new Stage(source, directory).tables()) {
      OperatedService service = new OperatedService(stage, source);
      service.shop(0, "");
      Eventually.within(
          LIMIT, "the slot was looked at", () -> service.json("status").path("slot").isObject());
      JsonNode slot = service.json("status").path("slot");
      assertThat(slot.path("limitBytes").asLong()).isEqualTo(128L << 20);
      assertThat(slot.path("safeBytes").asLong()).isGreaterThan(100L << 20);
      assertThat(slot.path("risk").isNull()).isTrue();
      assertThat(service.shown("status"))
          .contains("slot         rowhook: ", "of log for it, and may write ")
          .doesNotContain("AT RISK");

      try (Connection open = source.connect();
          Statement statement = open.createStatement()) {
        open.setAutoCommit(false);
        statement.execute("INSERT INTO article VALUES (7, 'A', 'Open', 1.00, 0)");
        Eventually.within(
            LIMIT,
            "its log is kept until little is left",
            () -> {
              source.execute("SELECT pg_logical_emit_message(false, 'other', repeat('x', 400000))");
              return service.json("status").path("slot").path("risk").isTextual();
            });
        assertThat(service.shown("status"))
            .contains("AT RISK      the ", "which needs no restart") // by which rule, the pace says
            .startsWith("health       degraded: slot since ");
        assertThat(service.run("status")).isEqualTo(3);
        open.commit();
      }
      source.execute("CHECKPOINT");
      Eventually.within(
          LIMIT,
          "it is out of danger once that has ended",
          () -> {
            service.update(1);
            source.execute("CHECKPOINT");
            return service.json("status").path("slot").path("risk").isNull();
          });
      stage.awaitIdle();
    }
  }
}
