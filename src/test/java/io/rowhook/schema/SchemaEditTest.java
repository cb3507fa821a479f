package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edit is in force whole, or not at all; and what is refused keeps nothing else out. */
@Tag("slow")
class SchemaEditTest {

  private static final String BOTH = "Article: { table: article }\nOther: { table: other }\n";

  @TempDir Path directory;

  private Erp articles() {
    Erp erp =
        new Erp(
            directory,
            "CREATE TABLE article (id int PRIMARY KEY, name text)",
            "CREATE TABLE other (id int PRIMARY KEY)",
            "ALTER TABLE article REPLICA IDENTITY FULL",
            "ALTER TABLE other REPLICA IDENTITY FULL");
    erp.stage()
        .write(
            "jslt-templates/first.jslt",
            "{ \"by\": \"first\", \"entityType\": .entityType, \"entityId\": .entityId, \"event\": .event }");
    return erp.entities(BOTH);
  }

  private static void disconnect(Erp erp) {
    erp.listen()
        .sql(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND"
                + " database = current_database()");
    erp.said("Streaming");
  }

  @Test
  void aRefusedMappingIsNotInForceAfterAReconnect() {
    try (Erp erp = articles().start()) {
      erp.listen().entities("Artikle: { table: articel }\nOther: { table: other }\n");
      erp.said("refused", "articel");
      disconnect(erp);
      erp.sql("INSERT INTO article VALUES (1, 'x')");
      erp.await("Article Created 1");
      erp.entities(BOTH);
      disconnect(erp);
      erp.sql("INSERT INTO article VALUES (2, 'x')");
      erp.await("Article Created 2");
    }
  }

  @Test
  void whatWasRefusedForAMissingRightIsTakenOnceTheRightIsThere() {
    try (Erp erp = articles()) {
      String role = erp.role();
      erp.sql(
          "CREATE TABLE line (id int, article int, PRIMARY KEY (article, id))",
          "CREATE PUBLICATION rowhook FOR TABLE article, other, line",
          "GRANT SELECT ON article, other TO " + role);
      erp.connect(role).start();
      erp.listen()
          .entities(
              """
              Article: { table: article, contains: { lines: { table: line, key: article } } }
              Other: { table: other }
              """);
      erp.said("refused", "GRANT SELECT", "line");
      erp.sql("INSERT INTO article VALUES (1, 'x')");
      assertThat(erp.await("Article Created 1").at("/data").has("lines")).isFalse();
      erp.sql("GRANT SELECT ON line TO " + role);
      erp.until("INSERT INTO article SELECT max(id) + 1, 'x' FROM article", "\"lines\":[]");
    }
  }

  @Test
  void oneRecipientsBadFileKeepsNothingElseOut() {
    try (Erp erp = articles()) {
      erp.stage().receiver("good", TestReceiver.Settings.DEFAULT);
      erp.stage().receiver("bad", TestReceiver.Settings.DEFAULT);
      erp.start();
      erp.listen();
      erp.stage().recipient("bad", "url: ${env:BAD_URL}\nprocesing: sequential\n");
      erp.said("refused", "procesing");
      erp.stage().recipient("good", "url: ${env:GOOD_URL}\nsubscriptions: [{ entity: Article }]\n");
      Eventually.within(
          Erp.SOON,
          "the good one gets events",
          () -> {
            erp.sql("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'x' FROM article");
            return !erp.stage().inbox("good").isEmpty();
          });
      erp.entities(BOTH + "Third: { table: third }\n".replace("third", "article_x"));
      erp.sql("CREATE TABLE article_x (id int PRIMARY KEY)");
      erp.until("INSERT INTO article_x SELECT coalesce(max(id), 0) + 1 FROM article_x", "Third");
    }
  }

  @Test
  void anEditOfTheSourceKeepsNothingElseOut() {
    try (Erp erp = articles()) {
      erp.entities("Article: { table: article }\n").start();
      erp.listen().connect("postgres", "max.queue.size=4096");
      erp.said("source.properties", "restart");
      erp.entities(BOTH);
      erp.until("INSERT INTO other SELECT coalesce(max(id), 0) + 1 FROM other", "Other");
    }
  }

  @Test
  void aRotatedPasswordIsUsedAtTheReconnect() {
    try (Erp erp = articles()) {
      String role = erp.role();
      String hba = erp.source().query("SHOW hba_file");
      String before = erp.source().query("SELECT pg_read_file('" + hba + "')");
      erp.sql(
          "ALTER TABLE article OWNER TO " + role,
          "ALTER TABLE other OWNER TO " + role,
          "ALTER ROLE " + role + " PASSWORD 'one'");
      Path secret = directory.resolve("secret");
      erp.stage().write("secret", "one\n");
      erp.stage()
          .write(
              "connector-config/source.properties",
              """
              database.hostname=%s
              database.port=%d
              database.user=%s
              database.password=${file:%s}
              database.dbname=%s
              """
                  .formatted(
                      erp.source().host(),
                      erp.source().port(),
                      role,
                      secret,
                      erp.source().database()));
      try {
        hba(erp, hba, "host all,replication %s all scram-sha-256\n%s".formatted(role, before));
        erp.start();
        erp.sql("INSERT INTO article VALUES (1, 'x')");
        erp.await("Article Created 1");
        erp.sql("ALTER ROLE " + role + " PASSWORD 'two'");
        erp.stage().write("secret", "two\n");
        erp.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                + role
                + "'");
        erp.sql("INSERT INTO article VALUES (2, 'x')");
        erp.await("Article Created 2");
      } finally {
        hba(erp, hba, String.valueOf(before));
      }
    }
  }

  private static void hba(Erp erp, @org.jspecify.annotations.Nullable String file, String text) {
    erp.sql(
        "COPY (SELECT unnest(string_to_array($hba$" + text + "$hba$, E'\\n'))) TO '" + file + "'",
        "SELECT pg_reload_conf()");
  }

  @Test
  void noSettingKillsTheWatch() {
    try (Erp erp = articles().start()) {
      String[] broken = {
        "subscriptions: [{ entity: Article, when: '.data.ref == 99999999999999999999' }]",
        "subscriptions: [{ entity: Article, topic: \"\\UFFFFFFFF\" }]",
        "subscriptions: [{ entity: Article, when: '((((((' }]",
        "subscriptions: [{ entity: Article, id: 99999999999999999999999 }]",
        "timeout: 99999999999999999999s",
        "jobs: 99999999999999999999",
        "? [a, b]\n: c",
        "a: &a [*a]",
        "\u0000\u0001",
        "!!java.net.URL [\"http://localhost\"]"
      };
      for (String bad : broken) {
        erp.listen();
        erp.stage().recipient("other", "url: ${env:ALL_URL}\n" + bad + "\n");
        Eventually.within(
            Erp.SOON, "something is said of " + bad, () -> erp.words().contains("other.yaml"));
        erp.stage()
            .write(
                "connector-config/recipients/other.yaml",
                "url: http://127.0.0.1:1/x\nallow: { http: true, networks: [127.0.0.0/8] }\nsubscriptions: [{ entity: Other }]\n");
      }
      erp.entities(BOTH + "Third: { table: third }\n");
      erp.sql("CREATE TABLE third (id int PRIMARY KEY)");
      erp.until("INSERT INTO third SELECT coalesce(max(id), 0) + 1 FROM third", "Third");
    }
  }

  @Test
  void twoEditsInAHurryAreBothInForce() {
    try (Erp erp = articles()) {
      erp.sql(
          "CREATE TABLE third (id int PRIMARY KEY)", "CREATE TABLE fourth (id int PRIMARY KEY)");
      erp.start();
      erp.entities(BOTH + "Third: { table: third }\n");
      Eventually.within(
          Erp.SOON,
          "the first edit has begun",
          () ->
              "t"
                  .equals(
                      erp.source()
                          .query(
                              "SELECT EXISTS (SELECT FROM pg_publication_tables WHERE tablename ="
                                  + " 'third')")));
      erp.entities(BOTH + "Third: { table: third }\nFourth: { table: fourth }\n");
      erp.until("INSERT INTO fourth SELECT coalesce(max(id), 0) + 1 FROM fourth", "Fourth");
      JsonNode third =
          erp.until("INSERT INTO third SELECT coalesce(max(id), 0) + 1 FROM third", "Third");
      assertThat(third.path("event").asText()).isEqualTo("Created");
    }
  }

  private static void published(Erp erp, String table, boolean is) {
    Eventually.within(
        Erp.SOON,
        table + (is ? " is" : " is not") + " published",
        () ->
            (is ? "t" : "f")
                .equals(
                    erp.source()
                        .query(
                            "SELECT EXISTS (SELECT FROM pg_publication_tables WHERE tablename = '"
                                + table
                                + "')")));
  }

  /** Of what is written from now on nothing is missing, and nothing is said to be. */
  private static void goesOn(Erp erp) {
    erp.until("INSERT INTO other SELECT max(id) + 1 FROM other", "Other");
    erp.sql("INSERT INTO other VALUES (1000)", "INSERT INTO article VALUES (1000, 'x')");
    erp.await("Article Created 1000");
    assertThat(erp.everything()).contains("\"entityId\":1000,\"event\":\"Created\"");
    assertThat(erp.words()).doesNotContain("missing");
  }

  @Test
  void aTableThatWasTakenOutIsPutBackLater() {
    try (Erp erp = articles().start()) {
      erp.listen().entities("Article: { table: article }\n");
      erp.said("entity Other removed");
      erp.said("Streaming");
      erp.sql("INSERT INTO other VALUES (1)");
      erp.listen().entities(BOTH);
      erp.said("entity Other added");
      goesOn(erp);
      assertThat(erp.everything()).doesNotContain("\"entityType\":\"Other\",\"entityId\":1,");
    }
  }

  @Test
  void aTableThatWasTakenOutIsPutBackAtOnce() {
    try (Erp erp = articles().start()) {
      erp.sql("INSERT INTO other VALUES (1)");
      for (int i = 0; i < 3; i++) {
        erp.entities("Article: { table: article }\n");
        published(erp, "other", false);
        erp.entities(BOTH);
        published(erp, "other", true);
      }
      goesOn(erp);
    }
  }

  @Test
  void aTableThatWasTakenOutIsPutBackWhileItIsStopped() {
    try (Erp erp = articles().start()) {
      erp.sql("INSERT INTO other VALUES (1)");
      erp.entities("Article: { table: article }\n");
      published(erp, "other", false);
      erp.stage().stop();
      erp.entities(BOTH).start();
      goesOn(erp);
    }
  }
}
