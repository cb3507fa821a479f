package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is done to a captured table: no change of it is told wrongly, and others go on. */
final class StructureTest {

  private static final TableId ARTICLE = new TableId("public", "article");

  @SuppressWarnings("NullAway.Init")
  private static SourceDatabase database;

  private static int named;

  @BeforeAll
  static void startDatabase() {
    database = SourceDatabase.start();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void tables() {
    database.execute(
        "DROP TABLE IF EXISTS article, article_old, other, line CASCADE",
        "DROP SCHEMA IF EXISTS attic CASCADE",
        "CREATE TABLE article (id int PRIMARY KEY, name text, stock int)",
        "CREATE TABLE other (id int PRIMARY KEY, note text)",
        "CREATE TABLE line (id int PRIMARY KEY, article_id int, note text)",
        "CREATE INDEX ON line (article_id)",
        "ALTER TABLE article REPLICA IDENTITY FULL",
        "ALTER TABLE line REPLICA IDENTITY FULL");
  }

  private static Rig rig(String... tables) {
    return new Rig(database, "structure" + ++named, tables);
  }

  private static Rig rig() {
    return rig("public.article", "public.other");
  }

  /** Rows of one table as they came. */
  private static List<String> rows(Rig rig, String table) {
    return rig.sink.rows().stream()
        .filter(row -> row.table().equals(TableId.parse(table)))
        .map(row -> row.operation() + " " + row.key() + " " + row.before() + " -> " + row.after())
        .toList();
  }

  private static void await(Rig rig, String table, int count) {
    Eventually.within(
        Rig.SOON,
        () -> count + " rows of " + table + ", there are " + rows(rig, table) + rig.failures,
        () -> rows(rig, table).size() == count);
  }

  private static void othersGoOn(Rig rig) {
    int before = rows(rig, "other").size();
    database.execute("INSERT INTO other SELECT coalesce(max(id), 0) + 1 FROM other");
    await(rig, "other", before + 1);
  }

  /** So that what follows is not taken for what was before. */
  private static void awaitAgain(Rig rig, CaptureSupervisor supervisor) {
    Eventually.within(Rig.SOON, "no table is suspended", () -> supervisor.suspended().isEmpty());
    Eventually.within(
        Rig.SOON,
        "the table is in the publication",
        () ->
            "t"
                .equals(
                    database.query(
                        "SELECT EXISTS (SELECT FROM pg_publication_tables WHERE pubname = '"
                            + rig.name
                            + "' AND tablename = 'article')")));
  }

  @Test
  void aTableSwappedByRenamesIsTakenInAgain() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      database.execute(
          "BEGIN; ALTER TABLE article RENAME TO article_old;"
              + " CREATE TABLE article (LIKE article_old INCLUDING ALL); COMMIT");
      awaitAgain(rig, supervisor);
      database.execute(
          "INSERT INTO article_old VALUES (2, 'not the article any more', 1)",
          "INSERT INTO article VALUES (3, 'new', 1)");
      await(rig, "article", 2);
      assertThat(rows(rig, "article").getLast()).contains("\"name\":\"new\"");
      assertMissed(rig);
      othersGoOn(rig);
    }
  }

  @Test
  void aTableDroppedAndMadeAnewIsTakenInAgain() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)", "DROP TABLE article");
      database.execute("CREATE TABLE article (id int PRIMARY KEY, name text, stock int)");
      awaitAgain(rig, supervisor);
      database.execute("INSERT INTO article VALUES (3, 'new', 1)");
      await(rig, "article", 2);
      assertMissed(rig);
      othersGoOn(rig);
    }
  }

  @Test
  void aTableSwappedWhileStoppedIsTakenInAgain() {
    try (Rig rig = rig()) {
      rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      rig.stop();
      database.execute(
          "INSERT INTO article VALUES (2, 'still in the log', 1)",
          "ALTER TABLE article RENAME TO article_old",
          "CREATE TABLE article (LIKE article_old INCLUDING ALL)",
          "INSERT INTO article VALUES (3, 'missed', 1)");
      rig.start();
      database.execute("INSERT INTO article VALUES (4, 'new', 1)");
      await(rig, "article", 3);
      assertMissed(rig);
      othersGoOn(rig);
    }
  }

  private static void assertMissed(Rig rig) {
    MissedRange missed = rig.history.missed(1).getFirst();
    assertThat(missed.table()).isEqualTo(ARTICLE);
    assertThat(missed.upTo().isAfter(missed.after())).isTrue();
    assertThat(missed.reason()).contains("another table (OID ", "has taken the name");
  }

  @Test
  void aTableDroppedForGoodIsSuspended() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      database.execute("DROP TABLE article");
      assertSuspended(supervisor, "table public.article does not exist in database 'erp'");
      othersGoOn(rig);
      rig.stop();

      CaptureSupervisor later = rig.start();
      assertSuspended(later, "does not exist");
      othersGoOn(rig);

      database.execute(
          "CREATE TABLE article (id int PRIMARY KEY, name text, stock int)",
          "ALTER TABLE article REPLICA IDENTITY FULL");
      awaitAgain(rig, later);
      database.execute("INSERT INTO article VALUES (3, 'new', 1)");
      await(rig, "article", 2);
    }
  }

  private static void assertSuspended(CaptureSupervisor supervisor, String reason) {
    Eventually.passes(
        Rig.SOON,
        "suspended",
        () ->
            assertThat(supervisor.suspended())
                .singleElement()
                .satisfies(one -> assertThat(one.reason()).contains(reason)));
  }

  /** Swapped for one without a key: what is missed begins when the old one was there last. */
  @Test
  void aTableSwappedForOneThatDoesNotFitIsMissedFromTheSwapOn() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      Lsn before = position();
      database.execute(
          "BEGIN; ALTER TABLE article RENAME TO article_old;"
              + " CREATE TABLE article (id int, name text, stock int);"
              + " INSERT INTO article VALUES (2, 'never sent', 1); COMMIT");
      assertSuspended(supervisor, "has no primary key");
      assertThat(supervisor.suspended().getFirst().effect())
          .contains("missing", "the publication does not hold all of it");
      othersGoOn(rig);
      for (int i = 0; i < 2; i++) {
        rig.stop();
        supervisor = rig.start();
        assertSuspended(supervisor, "has no primary key");
        othersGoOn(rig);
      }
      database.execute("INSERT INTO article VALUES (3, 'nor this', 1)");
      Lsn written = position();
      database.execute("ALTER TABLE article ADD PRIMARY KEY (id)");
      awaitAgain(rig, supervisor);
      database.execute("INSERT INTO article VALUES (4, 'new', 1)");
      await(rig, "article", 2);
      assertMissed(rig);
      assertThat(rig.history.missed(9)).hasSize(1);
      MissedRange missed = rig.history.missed(1).getFirst();
      assertThat(missed.after().isAfter(before)).isFalse();
      assertThat(written.isAfter(missed.upTo())).isFalse();
      assertThat(rig.sink.rejected()).isEmpty();
    }
  }

  private static Lsn position() {
    return Lsn.parse(String.valueOf(database.query("SELECT pg_current_wal_lsn()")));
  }

  /** Rejected rows can be found again: by the key that was known, or that the log names. */
  @Test
  void rowsOfASuspendedTableAreRejectedWithTheirKeys() {
    try (Rig rig = rig()) {
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

  @Test
  void rowsOfATableThatIsGoneAreRejectedWithTheKeyOfItsIdentity() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO other VALUES (1, 'a')");
      await(rig, "other", 1);
      database.execute(
          "ALTER TABLE other RENAME id TO no",
          "ALTER TABLE other RENAME TO something",
          "UPDATE something SET note = 'b'",
          "DELETE FROM something",
          "DROP TABLE something");
      assertSuspended(supervisor, "does not exist");
      awaitRejected(rig, "UPDATE {\"no\":1}", "DELETE {\"no\":1}");
    }
  }

  private static void awaitRejected(Rig rig, String... rows) {
    Eventually.passes(
        Rig.SOON,
        "rejected",
        () ->
            assertThat(rig.sink.rejected())
                .extracting(row -> row.operation() + " " + row.key())
                .containsExactly(rows));
  }

  @Test
  void aTableNeverCapturedThatIsMissingRefusesTheStart() {
    try (Rig rig = rig()) {
      rig.start();
      rig.stop();
      Rig typo = new Rig(database, rig.name, "public.article", "public.othr");
      typo.history = rig.history;
      assertThat(catchStart(typo)).contains("table public.othr does not exist", "public.other");
    }
  }

  private static String catchStart(Rig rig) {
    try {
      rig.start();
      throw new AssertionError("it started");
    } catch (SourceException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aRenamedTableIsSuspendedAndItsRowsAreRejected() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      database.execute(
          "ALTER TABLE article RENAME TO article_old",
          "ALTER TABLE article_old ADD extra int",
          "INSERT INTO article_old VALUES (2, 'renamed', 1, 1)");
      assertSuspended(supervisor, "does not exist");
      Eventually.within(Rig.SOON, "rejected", () -> rig.sink.rejected().size() == 1);
      assertThat(rig.sink.rejected().getFirst().table()).isEqualTo(ARTICLE);
      othersGoOn(rig);

      database.execute("ALTER TABLE article_old RENAME TO article");
      awaitAgain(rig, supervisor);
      database.execute("INSERT INTO article VALUES (3, 'back', 1, 2)");
      await(rig, "article", 2);
      assertThat(rows(rig, "article").getLast()).contains("\"extra\":2");
      assertThat(rig.history.missed(9)).isEmpty();
    }
  }

  @Test
  void aTableMovedToAnotherSchemaIsSuspended() {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      database.execute(
          "CREATE SCHEMA attic",
          "ALTER TABLE article SET SCHEMA attic",
          "INSERT INTO attic.article VALUES (2, 'moved', 1)");
      assertSuspended(supervisor, "does not exist");
      Eventually.within(Rig.SOON, "rejected", () -> rig.sink.rejected().size() == 1);
      assertThat(rows(rig, "article")).hasSize(1);
      othersGoOn(rig);
    }
  }

  @Test
  void anIdentityTakenAwayIsNoticed() {
    try (Rig rig = rig()) {
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
    try (Rig rig = rig()) {
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
    try (Rig rig = rig()) {
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
    try (Rig rig = rig()) {
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
    try (Rig rig = new Rig(database, "structure" + ++named, tables)) {
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
