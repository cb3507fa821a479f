package io.rowhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.story.Stage;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is gone stops nothing but itself, from the source to the recipient. */
@Tag("slow")
final class SuspensionTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  private Stage stage() {
    source.execute(
        "DROP TABLE IF EXISTS house, room, owner CASCADE",
        "CREATE TABLE owner (id int PRIMARY KEY, name text)",
        "CREATE TABLE house (id int PRIMARY KEY, name text, owner int)",
        "CREATE TABLE room (id int, house int, name text, PRIMARY KEY (house, id))",
        "ALTER TABLE house REPLICA IDENTITY FULL",
        "ALTER TABLE room REPLICA IDENTITY FULL",
        "INSERT INTO owner VALUES (1, 'Ada')");
    return new Stage(source, directory)
        .empty()
        .write(
            "connector-config/entities.yaml",
            """
            House:
              table: house
              contains: { rooms: { table: room, key: house } }
              refers: { who: { table: owner, key: owner } }
            """)
        .receiver("shop", TestReceiver.Settings.DEFAULT)
        .recipient("shop", "url: ${env:SHOP_URL}\nprocessing: sequential\n");
  }

  private static JsonNode event(Stage stage, int number) throws Exception {
    return Stage.json(stage.await("shop", number).get(number - 1));
  }

  private static void awaitSuspended(Stage stage, String... tables) {
    Eventually.within(
        SOON,
        List.of(tables) + " are suspended",
        () ->
            stage.flow().suspended().stream()
                .map(one -> one.table().toString())
                .toList()
                .equals(List.of(tables)));
  }

  @Test
  void aPartThatIsGoneIsUnavailable() throws Exception {
    try (Stage stage = stage()) {
      stage.start();
      source.execute(
          "BEGIN; INSERT INTO house VALUES (7, 'Hut', 1); INSERT INTO room VALUES (1, 7, 'Hall');"
              + " COMMIT");
      assertThat(event(stage, 1).path("data").path("rooms")).hasSize(1);
      source.execute("DROP TABLE room");
      awaitSuspended(stage, "public.room");
      source.execute("UPDATE house SET name = 'Home'");
      JsonNode updated = event(stage, 2);
      assertThat(updated.path("data").path("name").asText()).isEqualTo("Home");
      assertThat(updated.path("unavailable")).extracting(JsonNode::asText).contains("rooms");
      assertThat(updated.path("data").path("who").path("name").asText()).isEqualTo("Ada");
      stage.stop();

      source.execute("UPDATE house SET name = 'Villa'");
      stage.start();
      awaitSuspended(stage, "public.room");
      assertThat(event(stage, 3).path("unavailable"))
          .extracting(JsonNode::asText)
          .contains("rooms");

      source.execute(
          "CREATE TABLE room (id int, house int, name text, PRIMARY KEY (house, id))",
          "ALTER TABLE room REPLICA IDENTITY FULL");
      awaitSuspended(stage);
      source.execute("INSERT INTO room VALUES (2, 7, 'Attic')");
      JsonNode again = event(stage, 4);
      assertThat(again.path("data").path("rooms")).hasSize(1);
      assertThat(again.path("unavailable").isMissingNode()).isTrue();
    }
  }

  @Test
  void anEntityThatIsGoneRejectsWhatItsPartsSay() throws Exception {
    try (Stage stage = stage()) {
      stage.start();
      source.execute("INSERT INTO house VALUES (7, 'Hut', 1)");
      stage.await("shop", 1);
      source.execute("ALTER TABLE house RENAME TO villa");
      awaitSuspended(stage, "public.house");
      source.execute("UPDATE villa SET name = 'Home'");
      stage.awaitJournaled();
      assertThat(rejected(stage)).isEqualTo("{\"id\":7}");
      assertThat(status(stage))
          .contains(
              "suspended    public.house since ",
              "its row changes are rejected: ",
              "table public.house does not exist");
      source.execute("ALTER TABLE villa RENAME TO house");
      awaitSuspended(stage);
      source.execute("UPDATE house SET name = 'Castle'");
      assertThat(event(stage, 2).path("data").path("name").asText()).isEqualTo("Castle");
      assertThat(event(stage, 2).path("previous").path("name").asText()).isEqualTo("Home");
      assertThat(status(stage))
          .doesNotContain("suspended    ")
          .contains("rejected     1 row change,", "UPDATE of public.house", "does not exist");
    }
  }

  /** The keys of all rejected rows. */
  private static String rejected(Stage stage) throws Exception {
    try (var connection =
            java.sql.DriverManager.getConnection("jdbc:sqlite:" + stage.journalFile());
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT group_concat(key) FROM rejected_row")) {
      row.next();
      return row.getString(1);
    }
  }

  private static String status(Stage stage) {
    StringWriter out = new StringWriter();
    Main.commandLine(_ -> {})
        .setOut(new PrintWriter(out, true))
        .execute("status", "--journal", stage.journalFile().toString());
    return out.toString();
  }
}
