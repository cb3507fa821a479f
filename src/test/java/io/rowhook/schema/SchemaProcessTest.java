package io.rowhook.schema;

import static io.rowhook.schema.Erp.assertJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process itself: killed, in another zone and language, with a row that is too large. */
@Tag("slow")
class SchemaProcessTest {

  @TempDir Path directory;

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
    try (Erp erp = Erp.orders(directory);
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
    try (Erp erp = Erp.orders(directory);
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
}
