package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.HangingCommit;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit that is streamed and that other sessions do not see yet: the whole flow waits. */
@Tag("slow")
class InvisibleCommitTest {

  @TempDir private Path directory;

  @Test
  void anEventIsNeverOlderThanItsTransaction() throws Exception {
    try (SourceDatabase source = SourceDatabase.start();
        Stage stage = new Stage(source, directory)) {
      stage
          .tables()
          .write(
              "connector-config/entities.yaml",
              """
              Order:
                table: sales.sales_order
                contains: { lines: { table: sales.order_line, key: order_id, order-by: line_no } }
                refers: { buyer: { table: crm.customer, key: customer_id } }
              """)
          .receiver("shop", TestReceiver.Settings.DEFAULT)
          .recipient("shop", "url: ${env:SHOP_URL}\n")
          .start();
      source.execute(
          "INSERT INTO crm.customer VALUES (1, 'Ada')",
          "INSERT INTO sales.sales_order VALUES (7, 1, 'new', 1, NULL)",
          "INSERT INTO sales.order_line VALUES (7, 1, 1, 1), (7, 2, 1, 1)");
      stage.await("shop", 2);
      try (HangingCommit hanging =
          new HangingCommit(
              source,
              "UPDATE crm.customer SET name = 'Bob'",
              "UPDATE sales.sales_order SET total = 2",
              "UPDATE sales.order_line SET quantity = 2 WHERE line_no = 1",
              "DELETE FROM sales.order_line WHERE line_no = 2")) {
        Eventually.within(
            Duration.ofSeconds(20),
            "Rowhook looks for it again and again",
            () ->
                Integer.parseInt(
                        String.valueOf(
                            source.query(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                                    + " 'Rowhook' AND query LIKE '%pg_current_snapshot%'"
                                    + " AND query_start > now() - interval '1s'")))
                    > 0);
        assertThat(stage.inbox("shop")).hasSize(2);
        hanging.letGo();
        JsonNode event = Stage.json(stage.await("shop", 3).getLast());
        assertThat(event.at("/data/total").asInt()).isEqualTo(2);
        assertThat(event.at("/data/lines")).hasSize(1);
        assertThat(event.at("/data/lines/0/quantity").asInt()).isEqualTo(2);
        assertThat(event.at("/previous/lines")).hasSize(2);
        assertThat(event.at("/data/buyer/name").asText()).isEqualTo("Bob");
        assertThat(event.has("unavailable")).isFalse();
      }
    }
  }
}
