package io.rowhook.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowhook.Flow;
import io.rowhook.Observers;
import io.rowhook.Wiring;
import io.rowhook.admin.receive.TestReceiver;
import io.rowhook.settings.SettingsException;
import io.rowhook.testing.SourceDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas as they are found, from the source to the recipient. */
final class OddSchemasTest {

  @AutoClose private static final SourceDatabase source = SourceDatabase.start();

  @TempDir Path directory;

  private Stage stage(String entities) {
    Stage stage = new Stage(source, directory).empty();
    return stage
        .write("connector-config/entities.yaml", entities)
        .receiver("shop", TestReceiver.Settings.DEFAULT)
        .recipient("shop", "url: ${env:SHOP_URL}\nprocessing: sequential\n");
  }

  private static List<String> received(Stage stage, int count) {
    stage.await("shop", count);
    stage.awaitIdle();
    return stage.inbox("shop").stream().map(Stage::json).map(OddSchemasTest::brief).toList();
  }

  private static String brief(JsonNode event) {
    return "%s %s %s %s %s"
        .formatted(
            event.path("event").asText(),
            event.path("entityId"),
            event.path("data"),
            event.path("previous"),
            event.path("changed"));
  }

  private static void execute(String... statements) {
    source.execute(statements);
  }

  /** Stored or virtual, in parts and references too, and though a publication sends them. */
  @Test
  void whatPostgresqlComputesIsInNoEvent() throws Exception {
    String stored = ", up text GENERATED ALWAYS AS (upper(name)) STORED";
    String virtual = newest() ? ", low text GENERATED ALWAYS AS (lower(name)) VIRTUAL" : "";
    execute(
        "CREATE TABLE owner (id int PRIMARY KEY, name text" + stored + virtual + ")",
        "CREATE TABLE house (id int PRIMARY KEY, name text, owner int" + stored + ")",
        "CREATE TABLE room (id int, house int, name text, PRIMARY KEY (house, id)" + virtual + ")",
        "ALTER TABLE house REPLICA IDENTITY FULL",
        "INSERT INTO owner VALUES (1, 'Ada')");
    String entities =
        """
        House:
          table: house
          contains: { rooms: { table: room, key: house } }
          refers: { who: { table: owner, key: owner } }
        """;
    try (Stage stage = stage(entities)) {
      stage.start();
      execute("INSERT INTO house VALUES (7, 'Hut', 1)");
      stage.await("shop", 1);
      execute("INSERT INTO room VALUES (1, 7, 'Hall')");
      stage.await("shop", 2);
      execute("UPDATE room SET name = 'Attic'");
      stage.await("shop", 3);
      execute("UPDATE house SET name = 'Home'");
      String house =
          "{\"id\":7,\"name\":\"%s\",\"owner\":1,\"rooms\":[%s],\"who\":{\"id\":1,\"name\":\"Ada\"}}";
      String room = "{\"id\":1,\"house\":7,\"name\":\"%s\"}";
      assertThat(
              received(stage, 4).stream()
                  .map(event ->
                      event.substring(
                              0, event.indexOf("} ") < 0 ? event.length() : event.indexOf("} "))
                          + "}"))
          .containsExactly(
              "Created 7 " + house.formatted("Hut", ""),
              "Updated 7 " + house.formatted("Hut", room.formatted("Hall")),
              "Updated 7 " + house.formatted("Hut", room.formatted("Attic")),
              "Updated 7 " + house.formatted("Home", room.formatted("Attic")));
      assertThat(Stage.json(stage.inbox("shop").getLast()).path("previous"))
          .hasToString("{\"name\":\"Hut\"}");
      stage.stop();
      stage.recipient(
          "shop", "url: ${env:SHOP_URL}\nsubscriptions:\n  - { entity: House, changed: [up] }\n");
      try (Flow flow = Wiring.flow(stage.options(), stage.env(), Observers.NONE)) {
        assertThatThrownBy(flow::start)
            .isInstanceOf(SettingsException.class)
            .hasMessageStartingWith(
                "recipients/shop.yaml: subscriptions[0].changed names up, which PostgreSQL computes (generated): it is not in the log, so in no event. Name the columns that it is computed from");
      }
    }
  }

  private static boolean newest() {
    return Integer.parseInt(String.valueOf(source.query("SHOW server_version_num"))) >= 180_000;
  }

  /**
   * From PostgreSQL 18 on a publication without them makes it refuse the ERP's own UPDATEs, where
   * old rows are logged whole.
   */
  @Test
  void thatARowIsCapturedNeverKeepsItFromBeingChanged() {
    execute(
        "CREATE TABLE shed (id int PRIMARY KEY, name text, up text GENERATED ALWAYS AS (upper(name)) STORED)",
        "ALTER TABLE shed REPLICA IDENTITY FULL");
    try (Stage stage = stage("Shed: { table: shed }\n")) {
      execute("CREATE PUBLICATION rowhook FOR TABLE shed");
      stage.start();
      execute(
          "INSERT INTO shed VALUES (1, 'old')", "UPDATE shed SET name = 'new'", "DELETE FROM shed");
      assertThat(received(stage, 3))
          .containsExactly(
              "Created 1 {\"id\":1,\"name\":\"old\"} {} []",
              "Updated 1 {\"id\":1,\"name\":\"new\"} {\"name\":\"old\"} [\"name\"]",
              "Deleted 1 {\"id\":1,\"name\":\"new\"} {} []");
    }
    if (newest()) {
      execute("ALTER TABLE shed ADD low text GENERATED ALWAYS AS (lower(name)) VIRTUAL");
      try (Stage stage = stage("Shed: { table: shed }\n")) {
        assertThatThrownBy(stage::start)
            .hasStackTraceContaining(
                "table public.shed has REPLICA IDENTITY FULL, and a column low that is computed when it is read (VIRTUAL), with which the source would refuse every UPDATE and DELETE once it is published. Run ALTER TABLE \"public\".\"shed\" REPLICA IDENTITY DEFAULT;");
      }
    }
  }

  /** PostgreSQL deletes it in one partition and inserts it in another. */
  @Test
  void aRowThatMovesBetweenPartitionsIsOneUpdated() {
    execute(
        "CREATE TABLE trip (id int, region text, n int, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
        "CREATE TABLE trip_eu PARTITION OF trip FOR VALUES IN ('eu')",
        "CREATE TABLE trip_us (n int, region text NOT NULL, id int NOT NULL)",
        "ALTER TABLE trip ATTACH PARTITION trip_us FOR VALUES IN ('us')");
    for (String table : List.of("trip", "trip_eu", "trip_us")) {
      execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
    try (Stage stage = stage("Trip: { table: trip, id: id }\n")) {
      stage.start();
      execute(
          "INSERT INTO trip VALUES (1, 'eu', 5)",
          "UPDATE trip SET region = 'us' WHERE id = 1",
          "BEGIN; UPDATE trip SET region = 'eu' WHERE id = 1; UPDATE trip SET n = 6 WHERE id = 1; COMMIT",
          "DELETE FROM trip WHERE id = 1");
      assertThat(received(stage, 4))
          .containsExactly(
              "Created 1 {\"id\":1,\"region\":\"eu\",\"n\":5} {} []",
              "Updated 1 {\"id\":1,\"region\":\"us\",\"n\":5} {\"region\":\"eu\"} [\"region\"]",
              "Updated 1 {\"id\":1,\"region\":\"eu\",\"n\":6} {\"region\":\"us\",\"n\":5} [\"region\",\"n\"]",
              "Deleted 1 {\"id\":1,\"region\":\"eu\",\"n\":6} {} []");
    }
  }

  @Test
  void partsStandInPartitions() {
    execute(
        "CREATE TABLE tour (id int PRIMARY KEY)",
        "CREATE TABLE leg (no int, tour int, zone int, PRIMARY KEY (no, zone)) PARTITION BY LIST (zone)",
        "CREATE TABLE leg_1 PARTITION OF leg FOR VALUES IN (1)",
        "CREATE TABLE leg_2 PARTITION OF leg FOR VALUES IN (2)");
    for (String table : List.of("tour", "leg", "leg_1", "leg_2")) {
      execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
    String entities =
        "Tour: { table: tour, contains: { legs: { table: leg, key: tour, order-by: no } } }\n";
    try (Stage stage = stage(entities)) {
      stage.start();
      execute(
          "BEGIN; INSERT INTO tour VALUES (7); INSERT INTO leg VALUES (1, 7, 1), (2, 7, 2); COMMIT");
      stage.await("shop", 1);
      execute("UPDATE leg SET zone = 2 WHERE no = 1");
      String data =
          "{\"id\":7,\"legs\":[{\"no\":1,\"tour\":7,\"zone\":%d},{\"no\":2,\"tour\":7,\"zone\":2}]}";
      assertThat(received(stage, 2))
          .containsExactly(
              "Created 7 " + data.formatted(1) + " {} []",
              "Updated 7 "
                  + data.formatted(2)
                  + " {\"legs\":[{\"no\":1,\"tour\":7,\"zone\":1},{\"no\":2,\"tour\":7,\"zone\":2}]} [\"legs\"]");
    }
  }

  /** Two rows change keys: while they do, one key has two rows. */
  @Test
  void rowsWithADeferrableKeyChangeKeys() {
    execute(
        "CREATE TABLE seat (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, who text)",
        "ALTER TABLE seat REPLICA IDENTITY FULL");
    try (Stage stage = stage("Seat: { table: seat }\n")) {
      stage.start();
      execute(
          "INSERT INTO seat VALUES (1, 'Ada'), (2, 'Bob')",
          "UPDATE seat SET id = 3 - id",
          "BEGIN; INSERT INTO seat VALUES (1, 'Eve'); DELETE FROM seat WHERE who = 'Bob'; COMMIT",
          "BEGIN; INSERT INTO seat VALUES (1, 'Kim'); DELETE FROM seat WHERE who = 'Kim';"
              + " DELETE FROM seat WHERE who = 'Eve'; COMMIT");
      assertThat(received(stage, 6))
          .containsExactly(
              "Created 1 {\"id\":1,\"who\":\"Ada\"} {} []",
              "Created 2 {\"id\":2,\"who\":\"Bob\"} {} []",
              "Updated 1 {\"id\":1,\"who\":\"Bob\"} {\"who\":\"Ada\"} [\"who\"]",
              "Updated 2 {\"id\":2,\"who\":\"Ada\"} {\"who\":\"Bob\"} [\"who\"]",
              "Updated 1 {\"id\":1,\"who\":\"Eve\"} {\"who\":\"Bob\"} [\"who\"]",
              "Deleted 1 {\"id\":1,\"who\":\"Eve\"} {} []");
    }
  }

  /** Names that differ in case only, and with all that a name may hold. */
  @Test
  void oddNames() {
    String longest = "ä".repeat(31) + "x";
    execute(
        "CREATE SCHEMA \"my.schema\"",
        "CREATE TABLE \"my.schema\".\"Größe $1 \"\"neu\"\"\" (\"Id\" int PRIMARY KEY, \"id\" text, \"a.b, c\" text, \"%s\" int)"
            .formatted(longest),
        "CREATE TABLE \"my.schema\".\"größe $1 \"\"neu\"\"\" (\"x y\" int PRIMARY KEY, parent int)",
        "CREATE TABLE \"my.schema\".\"a.b\" (k int PRIMARY KEY, \"V\" text, \"v\" text)",
        "ALTER TABLE \"my.schema\".\"Größe $1 \"\"neu\"\"\" REPLICA IDENTITY FULL",
        "ALTER TABLE \"my.schema\".\"größe $1 \"\"neu\"\"\" REPLICA IDENTITY FULL",
        "INSERT INTO \"my.schema\".\"a.b\" VALUES (3, 'big', 'small')");
    String entities =
        """
        Large:
          table: '"my.schema"."Größe $1 ""neu""\"'
          contains: { small: { table: '"my.schema"."größe $1 ""neu""\"', key: parent, order-by: x y } }
          refers: { other: { table: '"my.schema"."a.b"', key: %s } }
        """
            .formatted(longest);
    try (Stage stage = stage(entities)) {
      stage.start();
      execute("INSERT INTO \"my.schema\".\"Größe $1 \"\"neu\"\"\" VALUES (1, 'one', 'é', 3)");
      stage.await("shop", 1);
      execute("INSERT INTO \"my.schema\".\"größe $1 \"\"neu\"\"\" VALUES (5, 1)");
      stage.await("shop", 2);
      execute("UPDATE \"my.schema\".\"Größe $1 \"\"neu\"\"\" SET id = 'two'");
      String data =
          "{\"Id\":1,\"id\":\"%s\",\"a.b, c\":\"é\",\""
              + longest
              + "\":3,\"small\":[%s],\"other\":{\"k\":3,\"V\":\"big\",\"v\":\"small\"}}";
      String small = "{\"x y\":5,\"parent\":1}";
      assertThat(received(stage, 3))
          .containsExactly(
              "Created 1 " + data.formatted("one", "") + " {} []",
              "Updated 1 " + data.formatted("one", small) + " {\"small\":[]} [\"small\"]",
              "Updated 1 " + data.formatted("two", small) + " {\"id\":\"one\"} [\"id\"]");
    }
    execute("DROP SCHEMA \"my.schema\" CASCADE");
  }
}
