package io.rowhook.capture.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A publication that somebody has narrowed is a gap, whether Rowhook ran meanwhile or not, and may
 * mend it or not.
 */
final class PublicationTest {

  @SuppressWarnings("NullAway.Init")
  private static SourceDatabase database;

  @BeforeAll
  static void startDatabase() {
    database = SourceDatabase.start();
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text)",
        "CREATE TABLE other (id int PRIMARY KEY)",
        "CREATE TABLE extra (id int PRIMARY KEY)",
        "CREATE ROLE visitor LOGIN REPLICATION",
        "GRANT SELECT ON article, other TO visitor");
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  private static void insert() {
    database.execute("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article");
  }

  private static Rig rig(String name) {
    return new Rig(database, name, "public.article", "public.other");
  }

  private static void isAGap(String name, String says, String... statements) {
    try (Rig rig = rig(name)) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      database.execute(statements);
      Eventually.passes(
          Rig.SOON,
          "stopped",
          () ->
              assertThat(supervisor.state())
                  .isInstanceOfSatisfying(
                      CaptureState.Stopped.class,
                      stopped -> {
                        assertThat(stopped.gap()).isTrue();
                        assertThat(stopped.reason()).contains(says, "--accept-gap");
                      }));
      insert();
      assertThatThrownBy(rig::start).hasMessageContaining(says);
      rig.start(true);
      insert();
      Eventually.within(
          Rig.SOON, "goes on", () -> !rig.sink.rows().isEmpty() && newest().equals(last(rig)));
      rig.stop();
      rig.start(); // accepted once and for all
    }
  }

  private static int version() {
    return Integer.parseInt(String.valueOf(database.query("SHOW server_version_num"))) / 10_000;
  }

  private static String newest() {
    return String.valueOf(database.query("SELECT max(id) FROM article"));
  }

  private static String last(Rig rig) {
    return rig.sink.rows().getLast().key().get("id").asText();
  }

  @Test
  void aTableTakenOut() {
    isAGap(
        "taken_out",
        "publication 'taken_out' does not hold all of public.article any more",
        "ALTER PUBLICATION taken_out DROP TABLE article");
  }

  @Test
  void operationsTakenOut() {
    isAGap(
        "operations",
        "publication 'operations' does not publish insert, update and delete any more",
        "ALTER PUBLICATION operations SET (publish = 'insert')");
  }

  @Test
  void aRowFilter() {
    if (version() < 15) {
      return; // there are none
    }
    isAGap(
        "filtered",
        "does not hold all of public.article any more",
        "ALTER PUBLICATION filtered SET TABLE article WHERE (id > 5), other");
  }

  @Test
  void aColumnList() {
    if (version() < 15) {
      return; // there are none
    }
    isAGap(
        "columns",
        "does not hold all of public.article any more",
        "ALTER PUBLICATION columns SET TABLE article (id), other");
  }

  @Test
  void aPublicationMadeAnew() {
    isAGap(
        "remade",
        "publication 'remade' was dropped and made anew",
        "DROP PUBLICATION remade; CREATE PUBLICATION remade FOR TABLE article, other");
  }

  /** What was written without it cannot be read with it, ever. */
  @Test
  void aPublicationMadeAnewWithARowBetween() {
    isAGap(
        "between",
        "publication 'between' ",
        "DROP PUBLICATION between",
        "INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article",
        "CREATE PUBLICATION between FOR TABLE article, other");
  }

  /** As a journal that was written before Rowhook noted which publication it was. */
  @Test
  void aPublicationMadeAnewThatWasNotKnownIsNoEndlessFailure() {
    try (Rig rig = rig("unknown")) {
      rig.start();
      insert();
      rig.awaitRows(1);
      rig.stop();
      database.execute("DROP PUBLICATION unknown");
      insert();
      database.execute("CREATE PUBLICATION unknown FOR TABLE article, other");
      long oid =
          Long.parseLong(
              String.valueOf(
                  database.query("SELECT oid FROM pg_publication WHERE pubname = 'unknown'")));
      PublishedTables known = new Checkpoints(rig.history).published().orElseThrow();
      new Checkpoints(rig.history)
          .published(new PublishedTables(oid, known.seenAt(), known.tables()), List.of());
      CaptureSupervisor supervisor = rig.build();
      supervisor.start();
      if (version() < 18) { // from 18 on it leaves these rows out, and says so in its log only
        Eventually.within(
            Rig.SOON,
            "stopped",
            () ->
                supervisor.state() instanceof CaptureState.Stopped(String reason, boolean gap)
                    && gap
                    && reason.contains("nor anything after it"));
        rig.start(true);
      }
      insert();
      Eventually.within(Rig.SOON, "goes on", () -> newest().equals(last(rig)));
    }
  }

  @Test
  void whatMayNotBeMendedIsAGapAllTheSame() {
    database.execute(
        "CREATE ROLE guest LOGIN REPLICATION",
        "GRANT SELECT ON article, other TO guest",
        "CREATE PUBLICATION rights FOR TABLE article, other");
    try (Rig rig = rig("rights")) {
      rig.properties = Map.of("database.user", "guest");
      rig.start();
      insert();
      rig.awaitRows(1);
      rig.stop();
      database.execute("ALTER PUBLICATION rights DROP TABLE article");
      assertThatThrownBy(rig::start)
          .hasMessageContaining("does not hold all of public.article any more")
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isGap()).isTrue());
      assertThatThrownBy(() -> rig.start(true)).hasMessageContaining("may not change that");
    }
  }

  /** As if the process were killed once the publication is altered, and the edit undone then. */
  @Test
  void whatAnEditTookOutIsNone() {
    try (Rig rig = rig("edited")) {
      rig.start();
      insert();
      rig.awaitRows(1);
      rig.stop();
      List<CapturedTable> fewer =
          List.of(new CapturedTable(TableId.parse("public.other"), List.of()));
      rig.setup().publish(SourceValidator.tables(rig.source(), fewer).tables(), Set.of());
      insert();
      rig.start();
      insert();
      Eventually.within(Rig.SOON, "goes on", () -> newest().equals(last(rig)));
      assertThat(rig.sink.rows()).hasSize(2);
    }
  }

  /** Nobody saw it altered: what is in the log before and after looks the same. */
  private static void isMissed(String name, int tables, String... statements) {
    isMissed(rig(name), tables, statements);
  }

  private static void isMissed(Rig made, int tables, String... statements) {
    try (Rig rig = made) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      List<String> all = new ArrayList<>(List.of(statements));
      all.add(1, "UPDATE article SET name = 'between'");
      Lsn before = position();
      database.execute(String.join("; ", all)); // one transaction: no look in between
      Lsn written = position();
      Eventually.passes(
          Rig.SOON, "missed", () -> assertMissed(rig.history.missed(9), tables, before, written));
      awaitNext(rig);
      Eventually.within(
          Rig.SOON, "streams", () -> supervisor.state() instanceof CaptureState.Streaming);
      rig.stop();

      Lsn stopped = position();
      all.forEach(database::execute);
      Lsn altered = position();
      rig.start();
      awaitNext(rig);
      assertMissed(rig.history.missed(tables), tables, stopped, altered);
      rig.stop();
      rig.start();
      awaitNext(rig);
      assertThat(rig.history.missed(9)).as("said once each").hasSize(2 * tables);
      assertThat(rig.failures).isEmpty();
    }
  }

  private static void assertMissed(List<MissedRange> missed, int tables, Lsn after, Lsn upTo) {
    assertThat(missed)
        .hasSize(tables)
        .anySatisfy(one -> assertThat(one.table()).hasToString("public.article"))
        .allSatisfy(one -> {
          assertThat(one.after().isAfter(after)).isFalse();
          assertThat(upTo.isAfter(one.upTo())).isFalse();
          assertThat(one.reason()).contains("was altered and altered back");
        });
  }

  private static Lsn position() {
    return Lsn.parse(String.valueOf(database.query("SELECT pg_current_wal_lsn()")));
  }

  private static void awaitNext(Rig rig) {
    insert();
    Eventually.within(Rig.SOON, "goes on", () -> newest().equals(last(rig)));
  }

  @Test
  void aTableTakenOutAndAddedAgain() {
    isMissed(
        "out_and_in",
        1,
        "ALTER PUBLICATION out_and_in DROP TABLE article",
        "ALTER PUBLICATION out_and_in ADD TABLE article");
  }

  @Test
  void operationsTakenOutAndAddedAgain() {
    isMissed(
        "operations_back",
        2,
        "ALTER PUBLICATION operations_back SET (publish = 'insert')",
        "ALTER PUBLICATION operations_back SET (publish = 'insert, update, delete, truncate')");
  }

  @Test
  void aRowFilterSetAndRemoved() {
    if (version() < 15) {
      return; // there are none
    }
    isMissed(
        "filter_back",
        1,
        "ALTER PUBLICATION filter_back SET TABLE article WHERE (id > 1000), other",
        "ALTER PUBLICATION filter_back SET TABLE article, other");
  }

  @Test
  void aSchemaTakenOutAndAddedAgain() {
    if (version() < 15) {
      return; // there are none
    }
    database.execute("CREATE PUBLICATION schema_back FOR TABLES IN SCHEMA public");
    Rig rig = rig("schema_back");
    rig.properties = Map.of("database.user", "visitor"); // which cannot make it one of tables
    isMissed(
        rig,
        2,
        "ALTER PUBLICATION schema_back DROP TABLES IN SCHEMA public",
        "ALTER PUBLICATION schema_back ADD TABLES IN SCHEMA public");
  }

  @Test
  void aTableThatIsPublishedTwiceMissesNothing() {
    if (version() < 15) {
      return; // there are no publications of schemas
    }
    database.execute("CREATE PUBLICATION twice FOR TABLES IN SCHEMA public");
    try (Rig rig = rig("twice")) {
      rig.properties = Map.of("database.user", "visitor");
      rig.start();
      awaitNext(rig);
      database.execute("ALTER PUBLICATION twice ADD TABLE article");
      awaitNext(rig);
      database.execute("ALTER PUBLICATION twice DROP TABLE article");
      awaitNext(rig);
      rig.stop();
      rig.start();
      awaitNext(rig);
      assertThat(rig.history.missed(1)).isEmpty();
    }
  }

  /** Who owns it changes nothing that is sent. */
  @Test
  void anotherOwnerMissesNothing() {
    try (Rig rig = rig("owned")) {
      rig.start();
      awaitNext(rig);
      var known = new Checkpoints(rig.history).published().orElseThrow().tables();
      database.execute("CREATE ROLE heir SUPERUSER", "ALTER PUBLICATION owned OWNER TO heir");
      Eventually.within(
          Rig.SOON,
          "it has been looked at",
          () -> !new Checkpoints(rig.history).published().orElseThrow().tables().equals(known));
      awaitNext(rig);
      rig.stop();
      database.execute("ALTER PUBLICATION owned OWNER TO CURRENT_USER");
      rig.start();
      awaitNext(rig);
      rig.stop();
      rig.start();
      awaitNext(rig);
      assertThat(rig.history.missed(9)).isEmpty();
      assertThat(rig.failures).isEmpty();
    }
  }

  /** One that an earlier version wrote takes over what is. */
  @Test
  void aJournalThatDoesNotKnowHowTablesArePublishedTakesItOver() {
    try (Rig rig = rig("earlier")) {
      rig.start();
      awaitNext(rig);
      rig.stop();
      PublishedTables known = new Checkpoints(rig.history).published().orElseThrow();
      Map<TableId, PublishedTables.Table> earlier = new HashMap<>(known.tables());
      earlier.replaceAll(
          (name, table) -> new PublishedTables.Table(table.oid(), null, null, List.of()));
      new Checkpoints(rig.history)
          .published(new PublishedTables(known.publication(), known.seenAt(), earlier), List.of());
      rig.start();
      awaitNext(rig);
      assertThat(rig.history.missed(1)).isEmpty();
      assertThat(new Checkpoints(rig.history).published().orElseThrow().tables())
          .isEqualTo(known.tables());
    }
  }

  /** What Rowhook alters itself is no alarm; what somebody altered just before is one. */
  @Test
  void whatRowhookAltersItselfIsNotMissed() {
    try (Rig rig = rig("itself")) {
      rig.start();
      awaitNext(rig);
      rig.stop();
      database.execute("ALTER PUBLICATION itself SET (publish = 'insert, update, delete')");
      rig.start();
      rig.stop();
      int missed = rig.history.missed(9).size();
      database.execute("ALTER PUBLICATION itself ADD TABLE ONLY extra");
      rig.setup().publish(SourceValidator.tables(rig.source(), rig.tables).tables(), Set.of());
      rig.start();
      awaitNext(rig);
      assertThat(rig.history.missed(9)).hasSize(missed);
    }
  }

  @Test
  void aPublicationThatGrowsIsNone() {
    try (Rig rig = new Rig(database, "grown", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      database.execute("ALTER PUBLICATION grown ADD TABLE other", "INSERT INTO other VALUES (1)");
      insert();
      rig.awaitRows(2);
      assertThat(supervisor.state()).isInstanceOf(CaptureState.Streaming.class);
      assertThat(rig.history.missed(1)).isEqualTo(List.of());
    }
  }
}
