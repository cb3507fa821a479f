package io.rowhook.capture;

import static io.rowhook.capture.Rig.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever ends or cuts capture, it goes on where the slot stands, and nothing is lost. */
@Tag("slow")
final class CaptureRestartTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute(
        "CREATE TABLE article (id int PRIMARY KEY, name text NOT NULL, stock int)",
        "ALTER TABLE article REPLICA IDENTITY FULL",
        "CREATE TABLE other (id int PRIMARY KEY, text text)");
  }

  @Test
  void theSlotStandsAtTheLastEndMarked() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "marked", "public.article")) {
      rig.start();
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1)", "INSERT INTO article VALUES (2, 'a', 1)");
      rig.awaitRows(2);
      Position end = rig.sink.transactions().getLast().transaction().end();

      Eventually.within(Rig.SOON, "the slot has moved", () -> rig.confirmed().equals(end));
      assertThat(rig.history.watermark()).isEqualTo(end);
    }
  }

  @Test
  void theSlotMovesWhileOnlyOtherTablesChange() throws Exception {
    try (Rig rig = new Rig(database, "others", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      Lsn start = rig.confirmed();
      database.execute(
          "INSERT INTO other SELECT i, repeat('x', 100) FROM generate_series(1, 2000) i ON CONFLICT DO NOTHING",
          "UPDATE other SET text = repeat('y', 100)");
      Lsn written = Lsn.parse(String.valueOf(database.query("SELECT pg_current_wal_lsn()")));

      Eventually.within(
          Rig.SOON, "the slot has moved past it", () -> !written.isAfter(rig.confirmed()));
      assertThat(rig.confirmed().isAfter(start)).isTrue();
      assertThat(rig.confirmed()).isEqualTo(rig.history.watermark());
      assertThat(rig.sink.transactions()).isEmpty();
      assertThat(supervisor.slot()).isPresent();
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  @Tag("feature-37")
  void whatIsWrittenWhileStoppedArrives() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "stopped", "public.article")) {
      rig.start();
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      rig.awaitRows(1);
      Eventually.within(Rig.SOON, "marked", () -> rig.confirmed().equals(rig.history.watermark()));
      rig.stop();
      assertThat(rig.active()).isFalse();
      database.execute(
          "INSERT INTO article VALUES (2, 'a', 1), (3, 'a', 1)",
          "DELETE FROM article WHERE id = 1");
      rig.start();
      rig.awaitRows(4);
      assertThat(rig.sink.transactions()).hasSize(3);
      assertThat(rig.sink.replayed()).isEmpty(); // all was marked: nothing comes twice
    }
  }

  @Test
  void closeFreesTheSlotWithinSeconds() throws Exception {
    try (Rig rig = new Rig(database, "closed", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      long begun = System.nanoTime();
      supervisor.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      assertThat(rig.active()).isFalse();
      assertThat(supervisor.state()).isEqualTo(new CaptureState.Stopped("closed", false));
    }
  }

  @Test
  void aCutConnectionLosesNothing() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "cut", "public.article");
        Connection connection = database.connect()) {
      rig.start();
      Set<Integer> expected = new TreeSet<>();
      for (int i = 1; i <= 300; i++) {
        run(connection, "INSERT INTO article VALUES (%d, 'a', 1)".formatted(i));
        expected.add(i);
        if (i % 100 == 50) {
          run(
              connection,
              "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = 'cut'");
        }
      }
      rig.awaitRows(300);
      assertThat(rig.sink.rows())
          .extracting(r -> r.key().get("id").asInt())
          .containsExactlyElementsOf(expected);
      assertThat(rig.failures).isNotEmpty();
      assertThat(rig.sink.restarts()).isGreaterThan(1);
    }
  }

  @Test
  void whatIsNotCommittedComesAgainInWholeTransactions() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "failing", "public.article")) {
      rig.start();
      Lsn before = rig.confirmed();
      rig.sink.failCommits(new IllegalStateException("the journal is full"));
      database.execute(
          "INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)",
          "INSERT INTO article VALUES (3, 'a', 1)");
      Eventually.within(Rig.SOON, "failed twice", () -> rig.failures.size() >= 2);
      assertThat(rig.failures.getFirst()).contains("the journal is full");
      assertThat(rig.confirmed()).isEqualTo(before);
      rig.sink.failCommits(null);
      rig.awaitRows(3);
      assertThat(rig.sink.transactions()).extracting(w -> w.rows().size()).containsExactly(2, 1);
    }
  }

  @Test
  void aRetriableExceptionSkipsNothing() throws Exception {
    database.execute("TRUNCATE article");
    try (Rig rig = new Rig(database, "retriable", "public.article")) {
      rig.start();
      rig.sink.failCommits(
          new org.apache.kafka.connect.errors.RetriableException("would skip the batch"));
      database.execute("INSERT INTO article VALUES (1, 'a', 1)");
      Eventually.within(Rig.SOON, "failed", () -> !rig.failures.isEmpty());
      rig.sink.failCommits(null);
      database.execute("INSERT INTO article VALUES (2, 'a', 1)");
      rig.awaitRows(2);
      assertThat(rig.sink.rows()).extracting(r -> r.key().get("id").asInt()).containsExactly(1, 2);
    }
  }
}
