package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each problem of the source is a whole sentence that says what mends it. */
final class SourceValidatorTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text)",
        "CREATE TABLE keyless (id int)",
        "CREATE TABLE nothing (id int PRIMARY KEY)",
        "ALTER TABLE nothing REPLICA IDENTITY NOTHING",
        "CREATE TABLE unkeyed (id int PRIMARY KEY, sku text NOT NULL UNIQUE)",
        "ALTER TABLE unkeyed REPLICA IDENTITY USING INDEX unkeyed_sku_key",
        "CREATE VIEW seen AS SELECT * FROM article",
        "CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY)",
        "CREATE ROLE reader LOGIN",
        "CREATE ROLE replicator LOGIN REPLICATION",
        "CREATE ROLE locked LOGIN PASSWORD 'right'");
  }

  private static Rig rig(String name, String... tables) {
    return new Rig(database, name, tables);
  }

  private static List<String> problems(SourceConfig source, String... tables) {
    try {
      SourceValidator.run(
          source,
          Arrays.stream(tables).map(t -> new CapturedTable(TableId.parse(t), List.of())).toList());
    } catch (SourceException e) {
      assertThat(e.isGap()).isFalse();
      return e.problems();
    }
    return List.of();
  }

  private static String at() {
    return "127.0.0.1:" + database.port();
  }

  @Test
  void aWrongPasswordIsSaid() throws Exception {
    Path rules = Path.of(String.valueOf(database.query("SHOW hba_file")));
    String before = Files.readString(rules);
    Files.writeString(rules, "host all locked 127.0.0.1/32 scram-sha-256\n" + before);
    database.execute("SELECT pg_reload_conf()");
    try {
      Map<String, String> properties = new HashMap<>(database.connectorProperties("locked"));
      properties.put("database.password", "wrong");
      SourceConfig source = SourceConfig.of(properties, "source.properties");
      Eventually.passes(
          Duration.ofSeconds(10),
          "the server asks for a password",
          () ->
              assertThat(problems(source, "article"))
                  .containsExactly(
                      "source.properties: database.user 'locked' cannot log in to database 'erp'"
                          + " at "
                          + at()
                          + ": the password (database.password) is wrong"));
    } finally {
      Files.writeString(rules, before);
      database.execute("SELECT pg_reload_conf()");
    }
  }

  @Test
  void aGoodSourceHasFactsAndWarnings() {
    SourceValidator.Checked checked =
        SourceValidator.run(
            rig("good").source(), List.of(new CapturedTable(TableId.parse("article"), List.of())));
    assertThat(checked.tables())
        .containsExactly(
            new TableMetadata(
                TableId.parse("article"),
                Long.parseLong(
                    Objects.requireNonNull(database.query("SELECT 'article'::regclass::oid"))),
                List.of(
                    new TableMetadata.Column("id", 23, true, false),
                    new TableMetadata.Column("name", 25, false, false)),
                List.of("id"),
                TableMetadata.ReplicaIdentity.DEFAULT,
                List.of("id"),
                List.of(List.of("id"))));
    assertThat(checked.warnings())
        .extracting(SourceWarning::text)
        .containsExactly(
            "source.properties: table public.article logs only id of a row's old state, so 'previous', 'changed' and a Deleted's data are unknown, and so is a large value that an UPDATE leaves alone. Run ALTER TABLE \"public\".\"article\" REPLICA IDENTITY FULL;");
  }

  @Test
  void noServer() {
    SourceConfig source = rig("none").source(Map.of("database.port", "1"));
    assertThat(problems(source, "article"))
        .singleElement()
        .asString()
        .startsWith(
            "source.properties: cannot reach the server at database.hostname=127.0.0.1, database.port=1: ");
  }

  @Test
  void noDatabase() {
    SourceConfig source = rig("none").source(Map.of("database.dbname", "crm"));
    assertThat(problems(source, "article"))
        .containsExactly(
            "source.properties: database.dbname is 'crm', but the server at "
                + at()
                + " has no such database");
  }

  @Test
  void noSuchRole() {
    SourceConfig source = rig("none").source(Map.of("database.user", "nobody"));
    assertThat(problems(source, "article"))
        .containsExactly(
            "source.properties: database.user 'nobody' may not log in to database 'erp' at "
                + at()
                + "; the server says: FATAL: role \"nobody\" does not exist. Mend the role or the server's pg_hba.conf");
  }

  @Test
  void tablesThatCannotBeCaptured() {
    assertThat(
            problems(
                rig("tables").source(),
                "public.artikle",
                "keyless",
                "nothing",
                "unkeyed",
                "seen",
                "unlogged"))
        .containsExactly(
            "source.properties: table public.artikle does not exist in database 'erp'; the nearest is public.article",
            "source.properties: table public.keyless has no primary key, but Rowhook needs one to tell its rows apart. Run ALTER TABLE \"public\".\"keyless\" ADD PRIMARY KEY (...);",
            "source.properties: table public.nothing has REPLICA IDENTITY NOTHING, with which the source would refuse every UPDATE and DELETE once it is published. Run ALTER TABLE \"public\".\"nothing\" REPLICA IDENTITY FULL;",
            "source.properties: table public.unkeyed has a REPLICA IDENTITY without its primary key, so a deleted row could not be told. Run ALTER TABLE \"public\".\"unkeyed\" REPLICA IDENTITY FULL;",
            "source.properties: table public.seen is a view, but Rowhook captures ordinary tables only. Name the table that the rows stand in",
            "source.properties: table public.unlogged is an unlogged table, but Rowhook captures ordinary tables only. Run ALTER TABLE \"public\".\"unlogged\" SET LOGGED;");
  }

  /** One bad table need not stop the others: what is wrong is told by table. */
  @Test
  void problemsAreToldApart() {
    SourceValidator.Checked checked =
        SourceValidator.look(
            rig("apart").source(),
            List.of(
                new CapturedTable(TableId.parse("article"), List.of()),
                new CapturedTable(TableId.parse("keyless"), List.of()),
                new CapturedTable(
                    TableId.parse("nothing"),
                    List.of(),
                    List.of(new TableRequirement.Id("entities.yaml: Nothing.id", List.of("no"))))));
    assertThat(checked.problems()).isEmpty();
    assertThat(checked.tables())
        .extracting(TableMetadata::table)
        .containsExactly(TableId.parse("article"));
    assertThat(checked.suspended())
        .containsOnlyKeys(TableId.parse("keyless"), TableId.parse("nothing"));
  }

  @Test
  void excludedColumns() {
    try {
      SourceValidator.run(
          rig("excluded").source(),
          List.of(new CapturedTable(TableId.parse("article"), List.of("id", "nam"))));
    } catch (SourceException e) {
      assertThat(e.problems())
          .containsExactly(
              "source.properties: table public.article column id is excluded, but is in the primary key",
              "source.properties: table public.article column nam is excluded, but does not exist; the nearest is name");
      return;
    }
    throw new AssertionError("accepted");
  }

  @Test
  void noTables() {
    assertThat(problems(rig("empty").source()))
        .containsExactly("source.properties: no table is captured. Name one in entities.yaml");
  }

  @Test
  void noRights() {
    SourceConfig source = rig("rights").source(Map.of("database.user", "reader"));
    assertThat(problems(source, "article"))
        .containsExactly(
            "source.properties: database.user 'reader' may not replicate. Run ALTER ROLE \"reader\" REPLICATION;",
            "source.properties: publication.name 'rights' does not exist, and database.user 'reader' may not change that. Have the owner of the tables run CREATE PUBLICATION \"rights\" FOR TABLE \"public\".\"article\";");
  }

  @Test
  void aPublicationOfSomeoneElse() {
    try (Rig rig = rig("foreign")) {
      SourceConfig source = rig.source(Map.of("database.user", "replicator"));
      database.execute(
          "CREATE TABLE line (id int PRIMARY KEY)",
          "CREATE PUBLICATION \"foreign\" FOR TABLE article WHERE (id > 5) WITH (publish = 'insert')");
      assertThat(problems(source, "article", "line"))
          .containsExactly(
              "source.properties: publication.name 'foreign' is not as it must be, and database.user 'replicator' may not change that. Have the owner of the tables run ALTER PUBLICATION \"foreign\" SET (publish = 'insert, update, delete, truncate'); ALTER PUBLICATION \"foreign\" SET TABLE \"public\".\"article\", \"public\".\"line\";");
      database.execute(
          "ALTER PUBLICATION \"foreign\" SET (publish = 'insert, update, delete, truncate')",
          "ALTER PUBLICATION \"foreign\" SET TABLE article, line");
      assertThat(problems(source, "article")).isEmpty(); // one too many does no harm
    }
  }

  /** With REPLICATION, and a publication made by the owner, no right on the tables is needed. */
  @Test
  void aUserWithoutRightsOnTheTablesCaptures() {
    try (Rig rig = rig("unprivileged", "public.article")) {
      database.execute("CREATE PUBLICATION unprivileged FOR TABLE article");
      try (CaptureSupervisor supervisor =
          new CaptureSupervisor(
              rig.source(Map.of("database.user", "replicator")),
              rig.generation(),
              rig.history,
              rig.listener,
              Rig.FAST,
              false,
              HeadStart.none(rig.source()))) {
        supervisor.start();
        database.execute(
            "INSERT INTO article SELECT max(id) + 1, 'x' FROM (SELECT 0 id UNION SELECT id FROM article) a");
        rig.awaitRows(1);
      }
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aSlotThatCannotBeUsed() throws Exception {
    database.execute(
        "SELECT pg_create_logical_replication_slot('decoding', 'test_decoding')",
        "CREATE DATABASE crm");
    assertThat(problems(rig("decoding").source(), "article"))
        .containsExactly(
            "source.properties: slot.name 'decoding' is a slot of plugin 'test_decoding', but Rowhook needs one of 'pgoutput'. Choose another slot.name");
    database.execute("SELECT pg_drop_replication_slot('decoding')");
    try (Connection crm =
            java.sql.DriverManager.getConnection(
                database.jdbcUrl().replace("/erp", "/crm"), database.user(), "");
        Statement statement = crm.createStatement()) {
      statement.execute("SELECT pg_create_logical_replication_slot('elsewhere', 'pgoutput')");
      assertThat(problems(rig("elsewhere").source(), "article"))
          .containsExactly(
              "source.properties: slot.name 'elsewhere' is a slot of database 'crm', but database.dbname is 'erp'. Choose another slot.name");
      statement.execute("SELECT pg_drop_replication_slot('elsewhere')");
    }
  }

  @Test
  void aSlotInUse() {
    try (Rig rig = rig("used", "public.article")) {
      rig.start();
      String pid =
          Objects.requireNonNull(
              database.query(
                  "SELECT active_pid FROM pg_replication_slots WHERE slot_name = 'used'"));
      assertThat(problems(rig.source(), "article"))
          .containsExactly(
              "source.properties: slot.name 'used' is in use by server process "
                  + pid
                  + " (Debezium Streaming of user postgres from 127.0.0.1), but a slot has one reader. Stop that client, or wait for its end by rowhook run --standby, or choose another slot.name and publication.name; a client that is gone is ended by SELECT pg_terminate_backend("
                  + pid
                  + ");");
    }
  }

  @Test
  void aServerThatCannotReplicate() {
    try (SourceDatabase replica =
        SourceDatabase.start(
            Map.of(
                "wal_level", "replica",
                "max_replication_slots", "0",
                "max_wal_senders", "0",
                "max_slot_wal_keep_size", "64MB"))) {
      replica.execute("CREATE TABLE article (id int PRIMARY KEY)");
      assertThat(problems(new Rig(replica, "replica").source(), "article"))
          .containsExactly(
              "source.properties: wal_level of the server at 127.0.0.1:%d is 'replica', but must be 'logical'. Run ALTER SYSTEM SET wal_level = 'logical'; SELECT pg_reload_conf(); and restart the server"
                  .formatted(replica.port()),
              "source.properties: all 0 of the server's max_replication_slots are in use. Run ALTER SYSTEM SET max_replication_slots = 5; SELECT pg_reload_conf(); and restart the server",
              "source.properties: all 0 of the server's max_wal_senders are in use. Run ALTER SYSTEM SET max_wal_senders = 5; SELECT pg_reload_conf(); and restart the server");
    }
  }
}
