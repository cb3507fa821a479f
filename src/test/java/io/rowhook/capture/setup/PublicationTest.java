package io.rowhook.capture.setup;

import static io.rowhook.capture.setup.Articles.last;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.CaptureState;
import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Checkpoints;
import io.rowhook.capture.PublishedTables;
import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SourceValidator;
import io.rowhook.capture.TableId;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A publication that somebody has narrowed is a gap, whether Rowhook ran meanwhile or not, and may
 * mend it or not.
 */
@Tag("slow")
final class PublicationTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @SuppressWarnings("NullAway.Init")
  private static Articles articles;

  @BeforeAll
  static void startDatabase() {
    articles = new Articles(database);
  }

  private static void isAGap(String name, String says, String... statements) {
    try (Rig rig = articles.rig(name)) {
      CaptureSupervisor supervisor = rig.start();
      articles.insert();
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
      articles.insert();
      assertThatThrownBy(rig::start).hasMessageContaining(says);
      rig.start(true);
      articles.insert();
      Eventually.within(
          Rig.SOON,
          "goes on",
          () -> !rig.sink.rows().isEmpty() && articles.newest().equals(last(rig)));
      rig.stop();
      rig.start(); // accepted once and for all
    }
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
    if (articles.version() < 15) {
      return; // there are none
    }
    isAGap(
        "filtered",
        "does not hold all of public.article any more",
        "ALTER PUBLICATION filtered SET TABLE article WHERE (id > 5), other");
  }

  @Test
  void aColumnList() {
    if (articles.version() < 15) {
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
    try (Rig rig = articles.rig("unknown")) {
      rig.start();
      articles.insert();
      rig.awaitRows(1);
      rig.stop();
      database.execute("DROP PUBLICATION unknown");
      articles.insert();
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
      if (articles.version()
          < 18) { // from 18 on it leaves these rows out, and says so in its log only
        Eventually.within(
            Rig.SOON,
            "stopped",
            () ->
                supervisor.state() instanceof CaptureState.Stopped(String reason, boolean gap)
                    && gap
                    && reason.contains("nor anything after it"));
        rig.start(true);
      }
      articles.insert();
      Eventually.within(Rig.SOON, "goes on", () -> articles.newest().equals(last(rig)));
    }
  }

  @Test
  void whatMayNotBeMendedIsAGapAllTheSame() {
    database.execute(
        "CREATE ROLE guest LOGIN REPLICATION",
        "GRANT SELECT ON article, other TO guest",
        "CREATE PUBLICATION rights FOR TABLE article, other");
    try (Rig rig = articles.rig("rights")) {
      rig.properties = Map.of("database.user", "guest");
      rig.start();
      articles.insert();
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
    try (Rig rig = articles.rig("edited")) {
      rig.start();
      articles.insert();
      rig.awaitRows(1);
      rig.stop();
      List<CapturedTable> fewer =
          List.of(new CapturedTable(TableId.parse("public.other"), List.of()));
      rig.setup().publish(SourceValidator.tables(rig.source(), fewer).tables(), Set.of());
      articles.insert();
      rig.start();
      articles.insert();
      Eventually.within(Rig.SOON, "goes on", () -> articles.newest().equals(last(rig)));
      assertThat(rig.sink.rows()).hasSize(2);
    }
  }

  @Test
  void aPublicationThatGrowsIsNone() {
    try (Rig rig = new Rig(database, "grown", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      articles.insert();
      rig.awaitRows(1);
      database.execute("ALTER PUBLICATION grown ADD TABLE other", "INSERT INTO other VALUES (1)");
      articles.insert();
      rig.awaitRows(2);
      assertThat(supervisor.state()).isInstanceOf(CaptureState.Streaming.class);
      assertThat(rig.history.missed(1)).isEqualTo(List.of());
    }
  }
}
