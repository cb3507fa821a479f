package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read back is never older than its event; silence and kills are never taken for health.
 */
@Tag("slow")
class SchemaTimeTest {

  private static final String ORDERS =
      "Order: { table: ord, contains: { lines: { table: line, key: ord, order-by: id } } }";

  @TempDir Path directory;

  private Erp orders() {
    return new Erp(
            directory,
            "CREATE TABLE ord (id int PRIMARY KEY, note text)",
            "CREATE TABLE line (id serial PRIMARY KEY, ord int, qty int)",
            "CREATE INDEX ON line (ord)",
            "ALTER TABLE ord REPLICA IDENTITY FULL",
            "ALTER TABLE line REPLICA IDENTITY FULL")
        .entities(ORDERS);
  }

  /** The log has the commit, and no other session sees it yet. */
  @Test
  void aCommitThatNobodySeesYet() throws Exception {
    try (Erp erp = orders()) {
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
    try (Erp erp = orders()) {
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
    try (Erp erp = orders()) {
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

  private static RowhookProcess process(Erp erp) {
    RowhookProcess.Setup setup =
        RowhookProcess.run(
            erp.stage().options().config(),
            erp.stage().options().templates(),
            erp.stage().journalFile());
    erp.stage().env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
    return setup.start();
  }

  @Test
  void killedWhileItsSlotIsMadeItStartsAgain() throws Exception {
    try (Erp erp = orders();
        Connection connection = erp.source().connect();
        Statement open = connection.createStatement()) {
      open.execute("BEGIN; INSERT INTO ord VALUES (1)"); // the slot has to wait for its end
      try (RowhookProcess killed = process(erp)) {
        Eventually.within(
            Erp.SOON,
            "the slot is being made",
            () ->
                "1"
                    .equals(
                        erp.source()
                            .query(
                                "SELECT count(*) FROM pg_replication_slots WHERE"
                                    + " database = current_database()")));
        killed.kill();
      }
      open.execute("COMMIT");
      try (RowhookProcess again = process(erp)) {
        again.awaitLine(Erp.SOON, "Streaming from slot");
        erp.sql("INSERT INTO ord VALUES (2)");
        erp.await("Order Created 2");
      }
    }
  }

  @Test
  @Tag("slow")
  void killedWhileItsSlotIsMadeItStartsAgainThoughTheTransactionGoesOn() throws Exception {
    try (Erp erp = orders();
        Connection connection = erp.source().connect();
        Statement open = connection.createStatement()) {
      open.execute("BEGIN; INSERT INTO ord VALUES (1)");
      for (int i = 0; i < 2; i++) {
        try (RowhookProcess killed = process(erp)) {
          Eventually.within(
              Erp.SOON,
              "the slot is being made",
              () ->
                  "1"
                      .equals(
                          erp.source()
                              .query(
                                  "SELECT count(*) FROM pg_replication_slots WHERE active AND"
                                      + " database = current_database()")));
          killed.kill();
        }
      }
      try (RowhookProcess again = process(erp)) {
        java.util.concurrent.locks.LockSupport.parkNanos(3_000_000_000L);
        open.execute("COMMIT");
        again.awaitLine(Erp.SOON, "Streaming from slot");
        erp.sql("INSERT INTO ord VALUES (2)");
        erp.await("Order Created 2");
      }
    }
  }

  @Test
  void theProcesssOwnZoneAndLanguageDoNotMatter() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE item (id int PRIMARY KEY, at timestamptz, t timetz, d date, ts timestamp,"
                + " n numeric, f float8, \"TITLE\" text)",
            "CREATE TABLE bit (id int PRIMARY KEY, item int, at timestamptz, t timetz, n numeric)",
            "CREATE INDEX ON bit (item)",
            "ALTER TABLE bit REPLICA IDENTITY FULL")) {
      erp.entities("Item: { table: item, contains: { bits: { table: bit, key: item } } }");
      RowhookProcess.Setup setup =
          RowhookProcess.run(
                  erp.stage().options().config(),
                  erp.stage().options().templates(),
                  erp.stage().journalFile())
              .jvm(
                  "-Duser.timezone=Pacific/Apia",
                  "-Duser.language=ar",
                  "-Duser.country=EG",
                  "-Duser.extensions=nu-arab",
                  "-Dfile.encoding=ISO-8859-1");
      erp.stage().env().forEach((name, value) -> setup.env(name.replace('.', '_'), value));
      try (RowhookProcess process = setup.start()) {
        process.awaitLine(Erp.SOON, "Streaming from slot");
        erp.sql(
            "BEGIN; INSERT INTO item VALUES (1, '2011-12-30 05:00Z', '10:00+02', '2011-12-30',"
                + " '2011-12-30 05:00', 1234.5, 0.5, 'é'); INSERT INTO bit VALUES (1, 1,"
                + " '2011-12-30 05:00Z', '10:00+02', 1234.5); COMMIT");
        assertJson(
            erp.await("Item Created 1").at("/data"),
            "{'id':1,'at':'2011-12-30T05:00:00Z','t':'08:00:00Z','d':'2011-12-30',"
                + "'ts':'2011-12-30T05:00:00','n':1234.5,'f':0.5,'TITLE':'é',"
                + "'bits':[{'id':1,'item':1,'at':'2011-12-30T05:00:00Z','t':'08:00:00Z','n':1234.5}]}");
      }
    }
  }

  @Test
  @Tag("slow")
  void aRowThatIsTooLargeIsRefusedByNameAndTheNextArrives() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE file (id int PRIMARY KEY, content bytea)",
            "CREATE TABLE item (id int PRIMARY KEY)")) {
      erp.entities("File: { table: file }\nItem: { table: item }");
      try (RowhookProcess process = process(erp)) {
        process.awaitLine(Erp.SOON, "Streaming from slot");
        erp.sql(
            "INSERT INTO file SELECT 1, decode(repeat('ab', 60000000), 'hex')",
            "INSERT INTO item VALUES (1)");
        erp.await("Item Created 1");
        assertThat(process.isAlive()).as("one process, no crash loop").isTrue();
        assertThat(process.output()).contains("public.file");
      }
    }
  }

  @Test
  void aLatestOnlyRecipientThatWasAwayHearsOfACreatedOne() {
    try (Erp erp = orders()) {
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
