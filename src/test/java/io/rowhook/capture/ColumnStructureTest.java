package io.rowhook.capture;

import static io.rowhook.capture.Structure.ARTICLE;
import static io.rowhook.capture.Structure.assertSuspended;
import static io.rowhook.capture.Structure.await;
import static io.rowhook.capture.Structure.awaitRejected;
import static io.rowhook.capture.Structure.othersGoOn;
import static io.rowhook.capture.Structure.rig;
import static io.rowhook.capture.Structure.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Keys, identities and columns altered under a captured table: each row is read as it was, or
 * rejected.
 */
@Tag("slow")
final class ColumnStructureTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeEach
  void tables() {
    Structure.tables(database);
  }

  /** Rejected rows can be found again: by the key that was known, or that the log names. */
  @Test
  void rowsOfASuspendedTableAreRejectedWithTheirKeys() {
    try (Rig rig = rig(database)) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      await(rig, "article", 1);
      database.execute(
          "ALTER TABLE article DROP CONSTRAINT article_pkey", // all old rows are logged whole
          "INSERT INTO article VALUES (2, 'b', 1)",
          "UPDATE article SET id = 3 WHERE id = 2");
      assertSuspended(supervisor, "has no primary key");
      awaitRejected(rig, "INSERT {\"id\":2}", "UPDATE {\"id\":3}");
      rig.stop();
      rig.start();
      database.execute("DELETE FROM article WHERE id = 3", "TRUNCATE article");
      awaitRejected(
          rig, "INSERT {\"id\":2}", "UPDATE {\"id\":3}", "DELETE {\"id\":3}", "TRUNCATE {}");
    }
  }

  /** Rights on single columns do not hold for one that the ERP adds: the others go on. */
  @Test
  void aColumnThatMayNotBeLookedUpIsSaidUntilItMayBe() {
    database.execute(
        "DROP ROLE IF EXISTS clerk",
        "CREATE ROLE clerk LOGIN REPLICATION",
        "GRANT SELECT ON article TO clerk",
        "GRANT SELECT (id, article_id) ON line TO clerk");
    TableRequirement part =
        new TableRequirement.Part(
            "entities.yaml: Article.contains.lines",
            "lines",
            List.of("article_id"),
            ARTICLE,
            List.of());
    List<CapturedTable> tables =
        List.of(
            new CapturedTable(ARTICLE, List.of()),
            new CapturedTable(TableId.parse("line"), List.of("note"), List.of(part)));
    try (Rig rig = rig(database, tables)) {
      rig.properties = Map.of("database.user", "clerk");
      database.execute("CREATE PUBLICATION " + rig.name + " FOR TABLE article, line");
      assertThat(rig.start().unread()).isEmpty();
      rig.stop();
      database.execute("ALTER TABLE line ADD colour text");
      CaptureSupervisor supervisor = rig.start();
      assertThat(supervisor.unread())
          .singleElement()
          .satisfies(one ->
              assertThat(one.text())
                  .endsWith(
                      "(columns colour). Run GRANT SELECT (\"colour\") ON \"public\".\"line\" TO"
                          + " \"clerk\";"));
      database.execute("GRANT SELECT (colour) ON line TO clerk");
      Eventually.within(Rig.SOON, "it is seen", () -> supervisor.unread().isEmpty());
      database.execute("ALTER TABLE line ADD size int");
      Eventually.within(Rig.SOON, "while it runs", () -> supervisor.unread().size() == 1);
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      await(rig, "article", 1);
    } finally {
      database.execute("DROP OWNED BY clerk", "DROP ROLE clerk");
    }
  }

  @Test
  void anIdentityTakenAwayIsNoticed() {
    try (Rig rig = rig(database)) {
      rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1)",
          "UPDATE article SET stock = 2",
          "ALTER TABLE article REPLICA IDENTITY DEFAULT",
          "UPDATE article SET stock = 3",
          "UPDATE article SET id = 2",
          "DELETE FROM article");
      await(rig, "article", 6);
      assertThat(rows(rig, "article"))
          .containsExactly(
              "INSERT {\"id\":1} null -> {\"id\":1,\"name\":\"a\",\"stock\":1}",
              "UPDATE {\"id\":1} {\"id\":1,\"name\":\"a\",\"stock\":1} -> {\"id\":1,\"name\":\"a\",\"stock\":2}",
              "UPDATE {\"id\":1} null -> {\"id\":1,\"name\":\"a\",\"stock\":3}",
              "DELETE {\"id\":1} {\"id\":1} -> null",
              "INSERT {\"id\":2} null -> {\"id\":2,\"name\":\"a\",\"stock\":3}",
              "DELETE {\"id\":2} {\"id\":2} -> null");
      rig.stop();
      database.execute(
          "ALTER TABLE article REPLICA IDENTITY FULL",
          "INSERT INTO article VALUES (3, 'b', 1)",
          "ALTER TABLE article REPLICA IDENTITY DEFAULT",
          "UPDATE article SET stock = 4");
      rig.start();
      await(rig, "article", 8);
      assertThat(rows(rig, "article").getLast()).startsWith("UPDATE {\"id\":3} null -> ");
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aPrimaryKeyThatIsRenamedOrOtherIsTold() {
    try (Rig rig = rig(database)) {
      CaptureSupervisor supervisor = rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1)",
          "ALTER TABLE article RENAME id TO nr",
          "UPDATE article SET stock = 2",
          "ALTER TABLE article DROP CONSTRAINT article_pkey",
          "ALTER TABLE article ADD PRIMARY KEY (nr, name)",
          "UPDATE article SET stock = 3");
      await(rig, "article", 3);
      assertThat(rows(rig, "article").get(0)).startsWith("INSERT {\"");
      assertThat(rows(rig, "article").get(2)).startsWith("UPDATE {\"nr\":1,\"name\":\"a\"}");
      assertThat(rig.sink.rejected()).isEmpty();

      database.execute("ALTER TABLE article DROP CONSTRAINT article_pkey");
      assertSuspended(supervisor, "has no primary key");
      database.execute("UPDATE article SET stock = 4");
      Eventually.within(Rig.SOON, "rejected", () -> rig.sink.rejected().size() == 1);
      othersGoOn(rig);
      database.execute("ALTER TABLE article ADD PRIMARY KEY (name)");
      Eventually.within(Rig.SOON, "captured again", () -> supervisor.suspended().isEmpty());
      database.execute("UPDATE article SET stock = 5");
      await(rig, "article", 4);
      assertThat(rows(rig, "article").getLast()).startsWith("UPDATE {\"name\":\"a\"}");
    }
  }

  @Test
  void aKeyRenamedWhileStoppedIsKnownByItsPlace() {
    try (Rig rig = rig(database)) {
      rig.start();
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      await(rig, "article", 1);
      rig.stop();
      database.execute(
          "UPDATE article SET stock = 2",
          "ALTER TABLE article RENAME id TO nr",
          "ALTER TABLE article RENAME name TO title",
          "UPDATE article SET stock = 3");
      rig.start();
      await(rig, "article", 3);
      assertThat(rows(rig, "article").subList(1, 3))
          .containsExactly(
              "UPDATE {\"nr\":1} {\"nr\":1,\"name\":\"a\",\"stock\":1} -> {\"nr\":1,\"name\":\"a\",\"stock\":2}",
              "UPDATE {\"nr\":1} {\"nr\":1,\"title\":\"a\",\"stock\":2} -> {\"nr\":1,\"title\":\"a\",\"stock\":3}");
    }
  }

  @Test
  void aColumnOfAnotherTypeIsReadAsItWas() {
    try (Rig rig = rig(database)) {
      rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1)",
          "ALTER TABLE article ALTER stock TYPE text USING stock::text",
          "UPDATE article SET stock = 'many'",
          "ALTER TABLE article DROP name",
          "ALTER TABLE article ADD price numeric DEFAULT 1.50",
          "UPDATE article SET stock = 'few'");
      await(rig, "article", 3);
      assertThat(rows(rig, "article"))
          .containsExactly(
              "INSERT {\"id\":1} null -> {\"id\":1,\"name\":\"a\",\"stock\":1}",
              "UPDATE {\"id\":1} {\"id\":1,\"name\":\"a\",\"stock\":\"1\"} -> {\"id\":1,\"name\":\"a\",\"stock\":\"many\"}",
              "UPDATE {\"id\":1} {\"id\":1,\"stock\":\"many\",\"price\":1.50} -> {\"id\":1,\"stock\":\"few\",\"price\":1.50}");
    }
  }

  @Test
  void aPartsKeyThatIsRenamedSuspendsThePartOnly() {
    TableRequirement part =
        new TableRequirement.Part(
            "entities.yaml: Article.contains.lines",
            "lines",
            List.of("article_id"),
            ARTICLE,
            List.of());
    List<CapturedTable> tables =
        List.of(
            new CapturedTable(ARTICLE, List.of()),
            new CapturedTable(new TableId("public", "line"), List.of(), List.of(part)),
            new CapturedTable(new TableId("public", "other"), List.of()));
    try (Rig rig = rig(database, tables)) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO line VALUES (1, 1)");
      await(rig, "line", 1);
      database.execute(
          "ALTER TABLE line RENAME article_id TO item", "INSERT INTO line VALUES (2, 1)");
      assertSuspended(supervisor, "table public.line has no column article_id");
      Eventually.within(Rig.SOON, "rejected", () -> rig.sink.rejected().size() == 1);
      othersGoOn(rig);
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      await(rig, "article", 1);

      database.execute("ALTER TABLE line RENAME item TO article_id");
      Eventually.within(Rig.SOON, "captured again", () -> supervisor.suspended().isEmpty());
      database.execute("INSERT INTO line VALUES (3, 1)");
      await(rig, "line", 2);
    }
  }
}
