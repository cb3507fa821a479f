package io.rowhook.capture.setup;

import static io.rowhook.capture.setup.Articles.last;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.Lsn;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A publication that was narrowed and is whole again: what it missed meanwhile is said, once. */
@Tag("slow")
final class PublicationAlteredBackTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @SuppressWarnings("NullAway.Init")
  private static Articles articles;

  @BeforeAll
  static void startDatabase() {
    articles = new Articles(database);
  }

  /** Nobody saw it altered: what is in the log before and after looks the same. */
  private static void isMissed(String name, int tables, String... statements) {
    isMissed(articles.rig(name), tables, statements);
  }

  private static void isMissed(Rig made, int tables, String... statements) {
    try (Rig rig = made) {
      CaptureSupervisor supervisor = rig.start();
      articles.insert();
      rig.awaitRows(1);
      List<String> all = new ArrayList<>(List.of(statements));
      all.add(1, "UPDATE article SET name = 'between'");
      Lsn before = articles.position();
      database.execute(String.join("; ", all)); // one transaction: no look in between
      Lsn written = articles.position();
      Eventually.passes(
          Rig.SOON, "missed", () -> assertMissed(rig.history.missed(9), tables, before, written));
      awaitNext(rig);
      Eventually.within(
          Rig.SOON, "streams", () -> supervisor.state() instanceof CaptureState.Streaming);
      rig.stop();

      Lsn stopped = articles.position();
      all.forEach(database::execute);
      Lsn altered = articles.position();
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

  private static void awaitNext(Rig rig) {
    articles.insert();
    Eventually.within(Rig.SOON, "goes on", () -> articles.newest().equals(last(rig)));
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
    if (articles.version() < 15) {
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
    if (articles.version() < 15) {
      return; // there are none
    }
    database.execute("CREATE PUBLICATION schema_back FOR TABLES IN SCHEMA public");
    Rig rig = articles.rig("schema_back");
    rig.properties = Map.of("database.user", "visitor"); // which cannot make it one of tables
    isMissed(
        rig,
        2,
        "ALTER PUBLICATION schema_back DROP TABLES IN SCHEMA public",
        "ALTER PUBLICATION schema_back ADD TABLES IN SCHEMA public");
  }

  @Test
  void aTableThatIsPublishedTwiceMissesNothing() {
    if (articles.version() < 15) {
      return; // there are no publications of schemas
    }
    database.execute("CREATE PUBLICATION twice FOR TABLES IN SCHEMA public");
    try (Rig rig = articles.rig("twice")) {
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
    try (Rig rig = articles.rig("owned")) {
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
    try (Rig rig = articles.rig("earlier")) {
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
    try (Rig rig = articles.rig("itself")) {
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
}
