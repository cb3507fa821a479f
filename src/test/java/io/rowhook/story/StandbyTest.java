package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.capture.Lsn;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two of them with the same settings, each with a journal of its own, and one slot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class StandbyTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String STREAMS = "Streaming from slot";
  private static final String STANDS_BY = "on standby: slot rowhook is held by server process ";

  private SourceDatabase source;

  @BeforeAll
  void start() {
    source = SourceDatabase.start();
  }

  @AfterAll
  void stop() {
    source.close();
  }

  @Test
  @Tag("feature-61")
  void aStandbyTakesOverFromOneThatIsKilledAndNothingUnconfirmedIsLost(@TempDir Path directory)
      throws Exception {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess first = Instances.of(stage, "first").with("--standby").start()) {
        first.awaitLine(LIMIT, STREAMS);
        try (RowhookProcess second = Instances.of(stage, "second").with("--standby").start()) {
          assertThat(second.awaitLine(LIMIT, STANDS_BY))
              .contains("(Debezium Streaming of user postgres from 127.0.0.1)");
          Instances.ready(directory.resolve("second.db"), "standby since ");

          int last = writeWhileKilled(first);
          second.awaitLine(LIMIT, STREAMS);
          String taken = second.awaitLine(LIMIT, "taken over from server process ");
          Lsn upTo = Lsn.parse(taken.replaceAll(".*what was committed up to (\\S+) is.*", "$1"));

          source.execute("INSERT INTO article VALUES (" + (last + 1) + ", 'A', 'After', 1.00, 0)");
          Set<String> all =
              IntStream.rangeClosed(1, last + 1)
                  .mapToObj(String::valueOf)
                  .collect(Collectors.toSet());
          Set<String> journaled = journaled(directory.resolve("first.db"), upTo);
          Eventually.passes(
              LIMIT,
              "what the journal of the first has not is delivered",
              () -> {
                Set<String> known = new HashSet<>(journaled);
                stage.inbox("shop").stream()
                    .map(request -> String.valueOf(request.header("Rowhook-Entity-Id")))
                    .forEach(known::add);
                assertThat(known).isEqualTo(all);
              });
          assertThat(second.stop()).isZero();
          Set<String> both = new HashSet<>(journaled);
          both.addAll(journaled(directory.resolve("second.db"), new Lsn(Long.MAX_VALUE)));
          assertThat(both).isEqualTo(all);
        }
      }
      try (SqliteJournal second = SqliteJournal.open(directory.resolve("second.db"))) {
        assertThat(second.note("taken-over"))
            .get()
            .asString()
            .contains("What it had not delivered of that waits there");
      }
    }
  }

  @Test
  void aStandbyChangesNothingAndWaitsWhileTheFirstGoesOnWithAnotherEngine(@TempDir Path directory) {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess first = Instances.of(stage, "first").start()) {
        first.awaitLine(LIMIT, STREAMS);
        try (RowhookProcess refused = Instances.of(stage, "refused").start()) {
          assertThat(refused.exitCode(LIMIT)).isEqualTo(1);
          assertThat(refused.output()).contains("is in use by", "rowhook run --standby");
        }
        try (RowhookProcess second = Instances.of(stage, "second").with("--standby").start()) {
          second.awaitLine(LIMIT, STANDS_BY);
          for (int i = 1; i <= 3; i++) {
            source.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
            source.execute("INSERT INTO article VALUES (" + i + ", 'A', 'Cut', 1.00, 0)");
            stage.await("shop", i);
          }
          assertThat(second.output()).doesNotContain(STREAMS, "taking over");
          assertThat(first.stop()).isZero();
          second.awaitLine(LIMIT, STREAMS);
          source.execute("INSERT INTO article VALUES (4, 'A', 'Second', 1.00, 0)");
          stage.awaitEntities("shop", "1", "2", "3", "4");
          assertThat(second.stop()).isZero();
        }
      }
    }
  }

  /** Whoever finds the slot free is not alone with that: its lock decides. */
  @Test
  void ofTwoThatStandByOneTakesOver(@TempDir Path directory) {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess first = Instances.of(stage, "first").with("--standby").start()) {
        first.awaitLine(LIMIT, STREAMS);
        try (RowhookProcess second = Instances.of(stage, "second").with("--standby").start();
            RowhookProcess third = Instances.of(stage, "third").with("--standby").start()) {
          second.awaitLine(LIMIT, STANDS_BY);
          third.awaitLine(LIMIT, STANDS_BY);
          first.kill();
          Eventually.within(
              LIMIT,
              "one streams, and the other stands by for it",
              () -> streams(second) ? looks(third, second) : looks(second, third));
          RowhookProcess winner = streams(second) ? second : third;
          RowhookProcess other = streams(second) ? third : second;
          source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0)");
          stage.await("shop", 1);
          winner.kill();
          other.awaitLine(LIMIT, STREAMS);
          source.execute("INSERT INTO article VALUES (2, 'A', 'Two', 1.00, 0)");
          stage.awaitEntities("shop", "1", "2");
          assertThat(second.output() + third.output())
              .doesNotContain("capture failed", "it is ended", "--accept-gap");
          assertThat(other.stop()).isZero();
        }
      }
    }
  }

  /** As after a power cut: there is no slot yet, or nobody works with it. */
  @Test
  void ofTwoStartedAtOnceOneStandsBy(@TempDir Path directory) {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess one = Instances.of(stage, "one").with("--standby").start();
          RowhookProcess two = Instances.of(stage, "two").with("--standby").start()) {
        Eventually.within(
            LIMIT,
            "one streams, and the other stands by",
            () ->
                (streams(one) && two.output().contains(STANDS_BY))
                    || (streams(two) && one.output().contains(STANDS_BY)));
        source.execute("INSERT INTO article VALUES (1, 'A', 'One', 1.00, 0)");
        stage.await("shop", 1);
        assertThat(one.output() + two.output()).doesNotContain("capture failed", "--accept-gap");
      }
    }
  }

  private static boolean streams(RowhookProcess process) {
    return process.output().contains(STREAMS);
  }

  /** Whether this one, on standby, has seen the other at work. */
  private static boolean looks(RowhookProcess standby, RowhookProcess active) {
    String output = standby.output();
    return streams(active) && output.indexOf(STANDS_BY) != output.lastIndexOf(STANDS_BY);
  }

  @Test
  void oneThatMayStandByOutlivesASourceThatIsAway(@TempDir Path directory) {
    try (SourceDatabase away = SourceDatabase.start();
        Stage stage = new Stage(away, directory).tables()) {
      stage.receiver("shop", TestReceiver.Settings.DEFAULT);
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess alone = Instances.of(stage, "alone").with("--standby").start()) {
        alone.awaitLine(LIMIT, STREAMS);
        away.stop();
        alone.awaitLine(LIMIT, "capture failed, next try in");
        assertThat(alone.awaitLine(LIMIT, "cannot reach the server")).contains("capture failed");
        away.restart();
        away.execute("INSERT INTO article VALUES (1, 'A', 'Back', 1.00, 0)");
        stage.await("shop", 1);
        assertThat(alone.stop()).isZero();
      }
    }
  }

  @Test
  void onesJournalWithABacklogCannotStandBy(@TempDir Path directory) {
    try (Stage stage = new Stage(source, directory).tables()) {
      stage.env("SHOP_URL", "http://127.0.0.1:9/");
      stage.recipient("shop", "url: ${env:SHOP_URL}");
      try (RowhookProcess first = Instances.of(stage, "first").start()) {
        first.awaitLine(LIMIT, STREAMS);
        source.execute("INSERT INTO article VALUES (1, 'A', 'Waits', 1.00, 0)");
        Eventually.passes(
            LIMIT,
            "it is journaled",
            () ->
                assertThat(journaled(directory.resolve("first.db"), new Lsn(Long.MAX_VALUE)))
                    .hasSize(1));
      }
      try (RowhookProcess second = Instances.of(stage, "second").with("--accept-gap").start()) {
        second.awaitLine(LIMIT, STREAMS);
        try (RowhookProcess back = Instances.of(stage, "first").with("--standby").start()) {
          assertThat(back.exitCode(LIMIT)).isEqualTo(1);
          assertThat(back.output())
              .contains("the journal still has a backlog of shop", "cannot stand by");
        }
      }
    }
  }

  /** Inserts articles one by one, and kills the process amid them. Returns the last one's id. */
  private int writeWhileKilled(RowhookProcess first) throws InterruptedException {
    Thread killer = new Thread(first::kill);
    int id = 0;
    while (id < 400) {
      id++;
      source.execute("INSERT INTO article VALUES (" + id + ", 'A', 'One', 1.00, 0)");
      if (id == 200) {
        killer.start();
      }
    }
    killer.join();
    return id;
  }

  /** The articles of which a journal has an event up to this place. */
  private static Set<String> journaled(Path journal, Lsn upTo) {
    Set<String> ids = new HashSet<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + journal);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT entity_id FROM event WHERE position <= " + upTo.stored())) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return ids;
  }
}
