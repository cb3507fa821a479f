package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read back is never older than its event; silence and kills are never taken for health.
 */
@Tag("slow")
class SchemaTimeTest {

  @TempDir Path directory;

  /** The log has the commit, and no other session sees it yet. */
  @Test
  void aCommitThatNobodySeesYet() throws Exception {
    try (Erp erp = Erp.orders(directory)) {
      erp.start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1, 'a'); INSERT INTO line (ord, qty) VALUES (1, 5), (1,"
              + " 6); COMMIT");
      erp.await("Order Created 1");
      Thread writer;
      erp.source().set("synchronous_standby_names", "nobody");
      try {
        Eventually.within(
            Erp.SOON,
            "it waits for a standby",
            () -> "nobody".equals(erp.source().query("SHOW synchronous_standby_names")));
        writer =
            Thread.ofVirtual()
                .start(() -> erp.sql("UPDATE line SET qty = qty + 10; UPDATE ord SET note = 'b'"));
        Eventually.within(
            Erp.SOON,
            "the commit waits",
            () ->
                !"0"
                    .equals(
                        erp.source()
                            .query(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                    + " AND query LIKE '%UPDATE ord%'")));
        java.util.concurrent.locks.LockSupport.parkNanos(1_500_000_000L); // it may be sent now
      } finally {
        erp.source().set("synchronous_standby_names", "");
      }
      writer.join();
      JsonNode updated = erp.await("Order Updated 1");
      assertJson(
          updated.at("/data/lines"), "[{'id':1,'ord':1,'qty':15},{'id':2,'ord':1,'qty':16}]");
      assertJson(
          updated.at("/previous/lines"), "[{'id':1,'ord':1,'qty':5},{'id':2,'ord':1,'qty':6}]");
      assertThat(updated.at("/data/note").asText()).isEqualTo("b");
    }
  }

  @Test
  void previousLinesAreTheLinesAsTheyWereHoweverMuchFollows() {
    try (Erp erp = Erp.orders(directory)) {
      erp.start();
      erp.sql(
          "BEGIN; INSERT INTO ord VALUES (1); INSERT INTO line (ord, qty) VALUES (1, 0); COMMIT");
      erp.await("Order Created 1");
      StringBuilder burst = new StringBuilder();
      for (int i = 1; i <= 200; i++) {
        burst.append("BEGIN; UPDATE line SET qty = %d; COMMIT;".formatted(i));
      }
      erp.sql(burst.toString());
      for (int i = 1; i <= 200; i++) {
        JsonNode updated = erp.await("Order Updated 1");
        assertThat(updated.at("/data/lines/0/qty").asInt()).isEqualTo(i);
        assertThat(updated.at("/previous/lines/0/qty").asInt()).isEqualTo(i - 1);
      }
    }
  }

  @Test
  void linesThatComeLaterAreInNoEarlierEvent() {
    try (Erp erp = Erp.orders(directory)) {
      erp.start();
      erp.sql("INSERT INTO ord VALUES (1)");
      erp.await("Order Created 1");
      StringBuilder burst = new StringBuilder();
      for (int i = 1; i <= 300; i++) {
        burst.append("BEGIN; INSERT INTO line (ord, qty) VALUES (1, %d); COMMIT;".formatted(i));
      }
      erp.sql(burst.toString());
      for (int i = 1; i <= 300; i++) {
        JsonNode updated = erp.await("Order Updated 1");
        assertThat(updated.at("/data/lines")).hasSize(i);
        assertThat(updated.at("/previous/lines")).hasSize(i - 1);
      }
    }
  }

  /** Orders with lines, these with pieces, all told by keys of their own. */
  private Erp pieces(String... more) {
    return new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY)",
            "CREATE TABLE line (id serial PRIMARY KEY, ord int)",
            "CREATE TABLE piece (id serial PRIMARY KEY, line int, name text)",
            "CREATE INDEX ON line (ord)",
            "CREATE INDEX ON piece (line)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL",
            "ALTER TABLE piece REPLICA IDENTITY FULL")
        .sql(more);
  }

  @Test
  void aLatestOnlyRecipientThatWasAwayHearsOfACreatedOne() {
    try (Erp erp = Erp.orders(directory)) {
      erp.stage().receiver("late", TestReceiver.Settings.DEFAULT);
      int port = erp.stage().silence("late");
      erp.stage()
          .recipient(
              "late",
              "url: ${env:LATE_URL}\nprocessing: sequential\nretry: { delays: [1s, 1s, 1s, 1s, 1s,"
                  + " 1s, 1s, 1s, 1s, 1s], jitter: 0 }\nsubscriptions: [{ entity: Order,"
                  + " latest-only: true }]\n");
      erp.start();
      erp.sql("INSERT INTO ord VALUES (99)"); // is attempted, and holds the others back
      erp.await("Order Created 99");
      erp.sql(
          "INSERT INTO ord VALUES (1, 'a')",
          "DELETE FROM ord WHERE id = 1",
          "BEGIN; INSERT INTO ord VALUES (1, 'b'); INSERT INTO line (ord, qty) VALUES (1, 7); COMMIT");
      erp.await("Order Created 1");
      erp.await("Order Deleted 1");
      erp.await("Order Created 1");
      erp.stage().receiver("late", TestReceiver.Settings.DEFAULT.withPort(port));
      JsonNode latest = io.rowhook.story.Stage.json(erp.stage().await("late", 2).get(1));
      assertThat(Erp.name(latest)).isEqualTo("Order Created 1");
      assertJson(latest.at("/data/lines"), "[{'id':1,'ord':1,'qty':7}]");
    }
  }

  /** All of it came while Rowhook was away: the source shows nothing of the moments between. */
  @Test
  void aPartsPartBelongsToWhatItsPartBelongedToThen() {
    try (Erp erp =
        pieces("INSERT INTO ord VALUES (1), (2)", "INSERT INTO line VALUES (10, 1), (11, 1)")) {
      erp.entities(
          "Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: id,"
              + " contains: { pieces: { table: piece, key: line } } } } }");
      erp.start().sql("INSERT INTO ord VALUES (3)");
      erp.await("Order Created 3");
      erp.stage().stop();
      erp.sql(
          "INSERT INTO piece VALUES (100, 10, 'a')",
          "INSERT INTO piece VALUES (101, 11, 'b')",
          "UPDATE line SET ord = 2 WHERE id = 10",
          "DELETE FROM piece WHERE id = 101",
          "DELETE FROM line WHERE id = 11");
      erp.start();
      assertJson(
          erp.await("Order Updated 1").at("/data/lines"),
          "[{'id':10,'ord':1,'pieces':[{'id':100,'line':10,'name':'a'}]},{'id':11,'ord':1,'pieces':[]}]");
      JsonNode second = erp.await("Order Updated 1");
      assertJson(
          second.at("/data/lines/1"),
          "{'id':11,'ord':1,'pieces':[{'id':101,'line':11,'name':'b'}]}");
      assertJson(
          second.at("/previous/lines"),
          "[{'id':10,'ord':1,'pieces':[{'id':100,'line':10,'name':'a'}]},{'id':11,'ord':1,'pieces':[]}]");
      assertThat(erp.everything()).doesNotContain("no event can be made");
    }
  }

  /** Its part was hidden, was shown, and was hidden again before Rowhook came to it. */
  @Test
  void aPartsPartIsShownWhileItsPartWasShown() {
    try (Erp erp =
        pieces(
            "ALTER TABLE line ADD COLUMN hidden bool",
            "INSERT INTO ord VALUES (7)",
            "INSERT INTO line VALUES (71, 7, true)",
            "INSERT INTO piece VALUES (70, 71, 'old')")) {
      erp.entities(
          "Order: { table: ord, contains: { lines: { table: line, key: ord, where: not hidden,"
              + " contains: { pieces: { table: piece, key: line, order-by: id } } } } }");
      erp.start().sql("INSERT INTO ord VALUES (3)");
      erp.await("Order Created 3");
      erp.stage().stop();
      erp.sql(
          "UPDATE line SET hidden = false",
          "INSERT INTO piece VALUES (76, 71, 'new')",
          "UPDATE line SET hidden = true",
          "UPDATE piece SET name = 'LATER' WHERE id = 70",
          "INSERT INTO ord VALUES (4)");
      erp.start();
      String shown =
          "[{'id':71,'ord':7,'hidden':false,'pieces':[{'id':70,'line':71,'name':'old'}]}]";
      String two =
          "[{'id':71,'ord':7,'hidden':false,'pieces':[{'id':70,'line':71,'name':'old'},{'id':76,'line':71,'name':'new'}]}]";
      JsonNode first = erp.await("Order Updated 7");
      assertJson(first.at("/data/lines"), shown);
      assertJson(first.at("/previous/lines"), "[]");
      JsonNode second = erp.await("Order Updated 7");
      assertJson(second.at("/data/lines"), two);
      assertJson(second.at("/previous/lines"), shown);
      JsonNode third = erp.await("Order Updated 7");
      assertJson(third.at("/data/lines"), "[]");
      assertJson(third.at("/previous/lines"), two);
      erp.await("Order Created 4");
    }
  }
}
