package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.RowhookProcess;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recipient with {@code start: snapshot} that is new while an instance stands by. */
@Tag("slow")
@Tag("feature-61")
class StandbyStartTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NEW = "recipient late is new: it is sent what is there now";

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;
  @AutoClose private Stage stage;

  @BeforeEach
  void set() {
    stage = new Stage(source, directory).tables();
    stage.receiver("shop", TestReceiver.Settings.DEFAULT);
    stage.receiver("late", TestReceiver.Settings.DEFAULT);
    stage.recipient("shop", "url: ${env:SHOP_URL}");
    source.execute("INSERT INTO article SELECT n, 'A', 'One', 1, 0 FROM generate_series(1, 40) n");
  }

  /** As on a rolling deploy: the old one never reads the file. */
  @Test
  void isSentWhatIsThereAtTheTakeover() throws Exception {
    try (RowhookProcess first = Instances.of(stage, "first").with("--standby").start()) {
      first.awaitLine(LIMIT, "Streaming from slot");
      Instances.freeze(first);
      add();
      try (RowhookProcess second = Instances.of(stage, "second").with("--standby").start()) {
        second.awaitLine(LIMIT, "on standby: slot rowhook is held");
        second.awaitLine(LIMIT, NEW);
        first.kill();
        second.awaitLine(LIMIT, "Streaming from slot");
        stage.await("late", 40);
        assertThat(second.stop()).isZero();
      }
    }
    assertThat(stage.inbox("late"))
        .hasSize(40)
        .allMatch(one -> "Snapshot".equals(one.header("Rowhook-Entity-Event")));
  }

  /** The one that had the slot has read the file long ago. */
  @Test
  void isNotSentItAgainLongAfterwards() throws Exception {
    add();
    try (RowhookProcess first = Instances.of(stage, "first").with("--standby").start()) {
      first.awaitLine(LIMIT, "Streaming from slot");
      stage.await("late", 40);
      try (RowhookProcess second = Instances.of(stage, "second").with("--standby").start()) {
        second.awaitLine(LIMIT, "on standby: slot rowhook is held");
        second.awaitLine(LIMIT, NEW);
        Eventually.within(
            LIMIT, "an hour has passed", () -> pass("second.db", Duration.ofHours(1)));
        first.kill();
        assertThat(second.awaitLine(LIMIT, "The resync of Article for recipient late is not done"))
            .contains("If that one has not done it: rowhook resync late Article");
        source.execute("INSERT INTO article VALUES (41, 'A', 'New', 1, 0)");
        stage.await("late", 41);
        assertThat(second.stop()).isZero();
      }
    }
    assertThat(stage.inbox("late")).hasSize(41);
  }

  private void add() {
    stage.recipient(
        "late",
        """
        url: ${env:LATE_URL}
        start: snapshot
        subscriptions:
          - { entity: Article, events: [Created, Updated, Deleted, Snapshot] }
        """);
  }

  /** In the journal, as if what began had begun earlier; returns whether anything has begun. */
  private boolean pass(String journal, Duration time) {
    String url = "jdbc:sqlite:" + directory.resolve(journal);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
              "UPDATE resync SET began_at = began_at - " + time.toMillis() * 1_000)
          > 0;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
