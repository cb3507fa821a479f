package io.rowhook.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to the publication while it runs: it is said, with what may be missing, and a
 * table that is back is captured again. Never silence.
 */
@Tag("slow")
@Tag("feature-56")
class SchemaPublicationTest {

  @TempDir Path directory;

  private Erp articles() {
    Erp erp =
        new Erp(
            directory,
            "CREATE TABLE article (id int PRIMARY KEY, name text)",
            "CREATE TABLE other (id int PRIMARY KEY)",
            "ALTER TABLE article REPLICA IDENTITY FULL",
            "ALTER TABLE other REPLICA IDENTITY FULL");
    erp.entities("Article: { table: article }\nOther: { table: other }").start();
    erp.sql("INSERT INTO article VALUES (1, 'x')");
    erp.await("Article Created 1");
    return erp;
  }

  /** After this the new rows of the table arrive again without a hand. */
  private void comesBackAfter(String... sql) {
    try (Erp erp = articles()) {
      erp.listen().sql(sql);
      erp.until(
          "INSERT INTO article SELECT coalesce(max(id), 100) + 1, 'back' FROM article", "back");
      erp.said("article", "missing");
    }
  }

  /** After this it says what may be missing, and that a person has to decide. */
  private void isAGapAfter(String named, String... sql) {
    try (Erp erp = articles()) {
      erp.listen().sql(sql);
      erp.sql("INSERT INTO article VALUES (2, 'y')", "INSERT INTO other VALUES (1)");
      String said = erp.said("missing", "--accept-gap");
      assertThat(said).contains(named).containsPattern("[0-9A-F]+/[0-9A-F]+");
    }
  }

  @Test
  void aTableIsSwappedByRenames() {
    comesBackAfter(
        "CREATE TABLE article_new (LIKE article INCLUDING ALL)",
        "INSERT INTO article_new SELECT * FROM article",
        "BEGIN; ALTER TABLE article RENAME TO article_old; ALTER TABLE article_new RENAME TO"
            + " article; COMMIT");
  }

  @Test
  void aTableIsDroppedAndMadeAnew() {
    comesBackAfter(
        "DROP TABLE article",
        "CREATE TABLE article (id int PRIMARY KEY, name text)",
        "ALTER TABLE article REPLICA IDENTITY FULL");
  }

  @Test
  void aTableIsTakenOutOfThePublication() {
    isAGapAfter(
        "Have the owner of the tables run ALTER PUBLICATION \"rowhook\" ADD TABLE"
            + " \"public\".\"article\"; Then start once with --accept-gap to go on",
        "ALTER PUBLICATION rowhook DROP TABLE article");
  }

  @Test
  void thePublicationPublishesInsertsOnly() {
    isAGapAfter(
        "run ALTER PUBLICATION \"rowhook\" SET (publish = 'insert, update, delete, truncate');"
            + " Then",
        "ALTER PUBLICATION rowhook SET (publish = 'insert')",
        "UPDATE article SET name = 'z'");
  }

  @Test
  void aRowFilterIsSet() {
    isAGapAfter(
        "run ALTER PUBLICATION \"rowhook\" SET TABLE \"public\".\"article\",",
        "ALTER PUBLICATION rowhook SET TABLE article WHERE (id > 1000), other");
  }

  @Test
  void aColumnListIsSet() {
    try (Erp erp =
        new Erp(directory, "CREATE TABLE article (id int PRIMARY KEY, name text, price int)")) {
      erp.entities("Article: { table: article }").start();
      erp.sql("INSERT INTO article VALUES (1, 'x', 5)");
      erp.await("Article Created 1");
      erp.sql(
          "ALTER PUBLICATION rowhook SET TABLE article (id, name)",
          "INSERT INTO article VALUES (2, 'x', 5)");
      assertThat(erp.said("missing", "--accept-gap")).contains("article");
    }
  }

  @Test
  void thePublicationIsDroppedAndMadeAnew() {
    try (Erp erp = articles()) {
      erp.sql(
          "DROP PUBLICATION rowhook",
          "INSERT INTO article VALUES (2, 'y')",
          "CREATE PUBLICATION rowhook FOR TABLE article, other",
          "INSERT INTO article VALUES (3, 'z')");
      erp.said("publication", "missing", "--accept-gap");
    }
  }

  /** What was written between is never sent, and nothing else tells of it. */
  @Test
  void aPublicationIsAlteredAndAlteredBack() {
    try (Erp erp = articles()) {
      erp.listen()
          .sql(
              "BEGIN; ALTER PUBLICATION rowhook DROP TABLE article; UPDATE article SET name = 'y';"
                  + " ALTER PUBLICATION rowhook ADD TABLE article; COMMIT");
      erp.said("article", "may be missing", "altered and altered back");
      assertThat(missed(erp)).containsExactly("public.article");
      erp.until(
          "INSERT INTO article SELECT coalesce(max(id), 100) + 1, 'back' FROM article", "back");
      erp.stage().stop();

      erp.listen()
          .sql(
              "ALTER PUBLICATION rowhook SET (publish = 'insert')",
              "UPDATE article SET name = 'z'",
              "ALTER PUBLICATION rowhook SET (publish = 'insert, update, delete, truncate')");
      erp.start();
      erp.said("other", "may be missing", "altered and altered back");
      assertThat(missed(erp))
          .containsExactlyInAnyOrder("public.article", "public.article", "public.other");
      erp.until("INSERT INTO other SELECT coalesce(max(id), 0) + 1 FROM other", "Other");
      erp.stage().stop();

      erp.sql("CREATE TABLE more (id int)", "ALTER PUBLICATION rowhook ADD TABLE more");
      erp.listen().start();
      erp.until("UPDATE article SET name = 'again'", "again");
      assertThat(missed(erp)).as("once each").hasSize(3);
    }
  }

  private static List<String> missed(Erp erp) {
    return erp.status()
        .lines()
        .filter(line -> line.startsWith("missed "))
        .map(line -> line.substring("missed ".length(), line.indexOf(',')).strip())
        .toList();
  }

  /**
   * What is said of a table that is not captured is true, and ends in the range that is missing.
   */
  @Test
  void aTableIsSwappedForOneWithoutAKey() {
    try (Erp erp = articles()) {
      String before = erp.source().query("SELECT pg_current_wal_lsn()");
      erp.listen()
          .sql(
              "BEGIN; ALTER TABLE article RENAME TO article_old;"
                  + " CREATE TABLE article (id int, name text);"
                  + " INSERT INTO article VALUES (2, 'never sent'); COMMIT");
      erp.said("article", "suspended", "has no primary key");
      assertThat(erp.status()).contains("public.article", "its row changes are missing");
      erp.stage().stop();
      erp.start();
      erp.said("article", "suspended", "has no primary key");
      erp.sql("ALTER TABLE article ADD PRIMARY KEY (id)");
      erp.until(
          "INSERT INTO article SELECT coalesce(max(id), 100) + 1, 'back' FROM article", "back");
      String said = erp.said("article", "may be missing");
      String after = said.replaceAll("(?s).*committed after (\\S+) .*", "$1");
      assertThat(erp.source().query("SELECT '" + after + "'::pg_lsn <= '" + before + "'::pg_lsn"))
          .as("%s; the table was as it must be at %s", said, before)
          .isEqualTo("t");
    }
  }

  @Test
  void aTableLeavesWhileItIsStopped() {
    try (Erp erp = articles()) {
      erp.stage().stop();
      erp.sql(
          "ALTER PUBLICATION rowhook DROP TABLE article", "INSERT INTO article VALUES (2, 'y')");
      assertThat(erp.refused()).contains("article", "missing", "--accept-gap");
    }
  }

  @Test
  void anothersPublicationOfAllTablesDoes() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE TABLE article (id int PRIMARY KEY, name text)",
            "CREATE TABLE noise (id int PRIMARY KEY, t text)",
            "CREATE PUBLICATION rowhook FOR ALL TABLES")) {
      erp.entities("Article: { table: article }").start();
      erp.sql(
          "INSERT INTO noise VALUES (1, 'x')",
          "INSERT INTO article VALUES (1, 'x')",
          "CREATE TABLE fresh (id int PRIMARY KEY, t json)",
          "INSERT INTO fresh VALUES (1, '{\"n\":1e10000}')",
          "DROP TABLE article",
          "CREATE TABLE article (id int PRIMARY KEY, name text)",
          "INSERT INTO article VALUES (2, 'y')");
      erp.await("Article Created 1");
      erp.until("INSERT INTO article SELECT max(id) + 1, 'back' FROM article", "back");
    }
  }

  @Test
  void anothersPublicationOfSchemasDoes() {
    try (Erp erp =
        new Erp(
            directory,
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.article (id int PRIMARY KEY, name text)",
            "CREATE TABLE sales.noise (id int PRIMARY KEY)",
            "CREATE TABLE sales.part (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST"
                + " (year)",
            "CREATE TABLE sales.part_26 PARTITION OF sales.part FOR VALUES IN (2026)",
            "CREATE TABLE other (id int PRIMARY KEY)")) {
      if (Integer.parseInt(String.valueOf(erp.source().query("SHOW server_version_num")))
          < 150_000) {
        return; // there is none
      }
      erp.sql("CREATE PUBLICATION rowhook FOR TABLES IN SCHEMA sales");
      erp.connect(erp.role());
      String entities = "Article: { table: sales.article }\nPart: { table: sales.part, id: id }\n";
      erp.entities(entities).start();
      erp.listen().entities(entities + "Other: { table: other }");
      erp.said("refused", "ALTER PUBLICATION \"rowhook\" ADD TABLE \"public\".\"other\";");
      erp.listen().sql("ALTER PUBLICATION rowhook ADD TABLE other");
      erp.said("entity Other added");
      erp.sql(
          "INSERT INTO sales.noise VALUES (1)",
          "INSERT INTO sales.article VALUES (1, 'x')",
          "INSERT INTO sales.part VALUES (1, 2026)",
          "INSERT INTO other VALUES (1)");
      erp.await("Article Created 1");
      erp.await("Part Created 1");
      erp.await("Other Created 1");
      erp.listen().sql("ALTER PUBLICATION rowhook DROP TABLES IN SCHEMA sales");
      assertThat(erp.said("missing", "--accept-gap")).contains("sales.article");
    }
  }
}
