package io.rowhook.capture;

import static io.rowhook.capture.Structure.ARTICLE;
import static io.rowhook.capture.Structure.assertMissed;
import static io.rowhook.capture.Structure.assertSuspended;
import static io.rowhook.capture.Structure.await;
import static io.rowhook.capture.Structure.awaitAgain;
import static io.rowhook.capture.Structure.awaitRejected;
import static io.rowhook.capture.Structure.othersGoOn;
import static io.rowhook.capture.Structure.position;
import static io.rowhook.capture.Structure.rig;
import static io.rowhook.capture.Structure.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A captured table that is swapped, dropped, renamed or moved: no change of it is told wrongly, and
 * others go on.
 */
@Tag("slow")
final class StructureTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeEach
  void tables() {
    Structure.tables(database);
  }

  @Test
  void aTableSwappedByRenamesIsTakenInAgain() {
    try (Rig rig = rig(database)) {
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
    try (Rig rig = rig(database)) {
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
    try (Rig rig = rig(database)) {
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

  @Test
  void aTableDroppedForGoodIsSuspended() {
    try (Rig rig = rig(database)) {
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

  /** Swapped for one without a key: what is missed begins when the old one was there last. */
  @Test
  void aTableSwappedForOneThatDoesNotFitIsMissedFromTheSwapOn() {
    try (Rig rig = rig(database)) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'old', 1)");
      await(rig, "article", 1);
      Lsn before = position(database);
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
      Lsn written = position(database);
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

  @Test
  void rowsOfATableThatIsGoneAreRejectedWithTheKeyOfItsIdentity() {
    try (Rig rig = rig(database)) {
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

  @Test
  void aTableNeverCapturedThatIsMissingRefusesTheStart() {
    try (Rig rig = rig(database)) {
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
    try (Rig rig = rig(database)) {
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
    try (Rig rig = rig(database)) {
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
}
