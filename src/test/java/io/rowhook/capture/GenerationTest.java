package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is captured changes while capture runs: whole, or not at all. */
class GenerationTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text NOT NULL, stock int)",
        "ALTER TABLE article REPLICA IDENTITY FULL",
        "CREATE TABLE other (id int PRIMARY KEY, text text)");
  }

  @BeforeEach
  void empty() {
    database.execute("TRUNCATE article", "TRUNCATE other");
  }

  /**
   * The engine that still runs leaves out the new table, so it must not mark what it takes from
   * when the caller knows that the table is captured.
   */
  @Test
  void whatIsCommittedOnceATableIsTakenInArrives() throws Exception {
    try (Rig rig = new Rig(database, "taken_in", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      CapturedTable other = new CapturedTable(new TableId("public", "other"), List.of());
      for (int i = 0; i < 6; i++) {
        boolean in = i % 2 == 0;
        supervisor.restart(
            new Generation(in ? List.of(rig.tables.getFirst(), other) : rig.tables, rig.sink));
        database.execute("INSERT INTO other VALUES (" + i + ", 'x')");
        database.execute("INSERT INTO article VALUES (" + i + ", 'a', 1)");
        rig.awaitRows(i + 1 + i / 2 + 1);
      }
      assertThat(rig.sink.rows())
          .extracting(r -> r.table().name() + r.key().get("id"))
          .containsExactly(
              "other0",
              "article0",
              "article1",
              "other2",
              "article2",
              "article3",
              "other4",
              "article4",
              "article5");
      assertThat(rig.failures).isEmpty();
    }
  }

  /** Each of them stops the one before, which may not have begun. */
  @Test
  void ofManyEditsInARowTheLastIsInForce() throws Exception {
    try (Rig rig = new Rig(database, "edited_often", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      CapturedTable other = new CapturedTable(new TableId("public", "other"), List.of());
      MemorySink last = new MemorySink(rig.history);
      for (int i = 0; i < 5; i++) {
        supervisor.restart(new Generation(rig.tables, new MemorySink(rig.history)));
        supervisor.restart(
            new Generation(
                List.of(rig.tables.getFirst(), other), i < 4 ? new MemorySink(rig.history) : last));
      }
      database.execute("INSERT INTO other VALUES (1, 'x')");
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      Eventually.within(Rig.SOON, "both rows by the last sink", () -> last.rows().size() == 2);
      assertThat(rig.sink.rows()).isEmpty();
      assertThat(rig.failures).isEmpty();
    }
  }

  /** The publication is not ours, or the source is away: what was before goes on. */
  @Test
  void ofARefusedEditNothingIsInForceAfterAReconnect() throws Exception {
    try (Rig rig = new Rig(database, "refused_edit", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      CapturedTable missing = new CapturedTable(new TableId("public", "missing"), List.of());
      MemorySink refused = new MemorySink(rig.history);
      assertThatThrownBy(() -> supervisor.restart(new Generation(List.of(missing), refused)))
          .isInstanceOf(SourceException.class);
      int restarts = rig.sink.restarts();
      database.execute(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = 'refused_edit'");
      Eventually.within(Rig.SOON, "a new engine", () -> rig.sink.restarts() > restarts);
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      rig.awaitRows(1);
      assertThat(refused.restarts()).isZero();
    }
  }

  /** It was refused whole, so that nothing could be edited while a table was away. */
  @Test
  void anEditThatStillNamesASuspendedTableIsTaken() throws Exception {
    database.execute("CREATE TABLE passing (id int PRIMARY KEY, text text)");
    try (Rig rig = new Rig(database, "edited_suspended", "public.article", "public.passing")) {
      CaptureSupervisor supervisor = rig.start();
      database.execute("INSERT INTO article VALUES (1, 'a', 1)", "INSERT INTO passing VALUES (1)");
      rig.awaitRows(2);
      database.execute("ALTER TABLE passing RENAME TO passing_away");
      Eventually.within(Rig.SOON, "suspended", () -> supervisor.suspended().size() == 1);
      List<CapturedTable> wanted = new ArrayList<>(rig.tables);
      wanted.add(new CapturedTable(new TableId("public", "other"), List.of()));
      assertThat(supervisor.look(wanted))
          .extracting(facts -> facts.table().name())
          .containsExactlyInAnyOrder("article", "other");
      supervisor.restart(new Generation(wanted, rig.sink));
      database.execute("INSERT INTO other VALUES (1, 'x')");
      rig.awaitRows(3);
      assertThat(supervisor.suspended()).hasSize(1);
      wanted.add(new CapturedTable(new TableId("public", "missing"), List.of()));
      assertThatThrownBy(() -> supervisor.restart(new Generation(wanted, rig.sink)))
          .isInstanceOf(SourceException.class)
          .hasMessageContaining("missing")
          .hasMessageNotContaining("passing");
      database.execute("ALTER TABLE passing_away RENAME TO passing");
      Eventually.within(Rig.SOON, "captured again", () -> supervisor.suspended().isEmpty());
      database.execute("INSERT INTO passing VALUES (2)");
      rig.awaitRows(4);
      assertThat(rig.history.missed(9)).isEmpty();
    } finally {
      database.execute("DROP TABLE IF EXISTS passing, passing_away");
    }
  }

  /** It was lost: the engine that was about to start began without it, and nothing asked again. */
  @Test
  void anEditWhileAnEngineStartsIsTaken() throws Exception {
    try (Rig rig = new Rig(database, "edited_at_start", "public.article")) {
      CapturedTable other = new CapturedTable(new TableId("public", "other"), List.of());
      MemorySink last = new MemorySink(rig.history);
      AtomicReference<CaptureSupervisor> supervisor = new AtomicReference<>();
      rig.sink.onRestart(() -> {
        try {
          Eventually.until(Rig.SOON, "started", supervisor::get)
              .restart(new Generation(List.of(rig.tables.getFirst(), other), last));
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      CaptureSupervisor built = rig.build();
      supervisor.set(built);
      built.start();
      Eventually.within(Rig.SOON, "an engine with the second", () -> last.restarts() == 1);
      Eventually.within(
          Rig.SOON, "streaming", () -> built.state() instanceof CaptureState.Streaming);
      database.execute("INSERT INTO other VALUES (1, 'x')");
      Eventually.within(Rig.SOON, "the row", () -> last.rows().size() == 1);
      assertThat(rig.failures).isEmpty();
    }
  }
}
