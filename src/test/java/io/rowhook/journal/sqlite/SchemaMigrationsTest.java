package io.rowhook.journal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.base.Json;
import io.rowhook.capture.MissedRange;
import io.rowhook.capture.Position;
import io.rowhook.capture.TableId;
import io.rowhook.journal.Backlog;
import io.rowhook.journal.Delivery;
import io.rowhook.journal.DeliveryStore;
import io.rowhook.journal.JournalEntry;
import io.rowhook.journal.JournalException;
import io.rowhook.journal.Samples;
import io.rowhook.journal.SqliteJournal;
import io.rowhook.journal.deliveries.DeliveryQueries;
import io.rowhook.journal.tables.BacklogDao;
import io.rowhook.journal.tables.SkippedDao;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journals of earlier versions are brought to the current one; {@code journal-1.sql} is one of
 * version 1.
 */
class SchemaMigrationsTest {

  @TempDir Path directory;
  Path file;

  @BeforeEach
  void fixture() throws IOException, SQLException {
    file = directory.resolve("journal.db");
    try (InputStream in =
            Objects.requireNonNull(
                SchemaMigrationsTest.class.getResourceAsStream("journal-1.sql"));
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static SchemaMigrations with(String... further) {
    List<String> migrations = new ArrayList<>(SchemaMigrations.CURRENT.migrations());
    migrations.addAll(List.of(further));
    return new SchemaMigrations(migrations);
  }

  @Test
  void aJournalOfVersionOneIsReadWithAllThatIsInIt() {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      assertThat(journal.watermark()).hasToString("0/16B3748");
      assertThat(journal.epoch().orElseThrow().id()).isEqualTo("e1");
      JournalEntry entry = journal.read(0, 10, 1_000).getFirst();
      assertThat(entry.sequence()).isEqualTo(41);
      assertThat(entry.event().id()).isEqualTo("evt_00112233445566778899aabbccddeeff");
      assertThat(entry.event().committedAt())
          .isEqualTo(Instant.parse("2026-05-24T15:20:44.123456Z"));
      assertThat(new String(entry.event().json(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":7}");
      assertThat(journal.head()).isEqualTo(42);
      assertThat(journal.deliveries("shop").cursor()).isEqualTo(40);
      Delivery due = journal.deliveries("shop").due(Instant.MAX, 1).getFirst();
      assertThat(due.attempts()).isEqualTo(2);
      assertThat(due.match()).isEqualTo("abc");
      assertThat(journal.queries().attempts("shop", 41)).hasSize(1);
      assertThat(journal.attributeSet("abc")).contains(".");
    }
  }

  @Test
  void theNextVersionsAreAppliedInOrderOnceEach() throws InterruptedException {
    SchemaMigrations third =
        with(
            "ALTER TABLE recipient ADD COLUMN note TEXT NOT NULL DEFAULT 'second'",
            "UPDATE recipient SET note = note || ', third'");
    for (int run = 0; run < 2; run++) {
      try (SqliteJournal journal = SqliteJournal.open(file, third)) {
        String note =
            journal.write(sql ->
                sql.first("SELECT note FROM recipient", row -> row.getString(1)).orElseThrow());
        assertThat(note).isEqualTo("second, third");
        long version = journal.write(sql -> sql.number("PRAGMA user_version"));
        assertThat(version).isEqualTo(SchemaMigrations.CURRENT.version() + 2);
      }
    }
  }

  @Test
  void versionTenHasWhatIsParticularToTheSourceAsText() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String migration : SchemaMigrations.CURRENT.migrations().subList(1, 8)) {
        statement.executeUpdate(migration);
      }
      statement.executeUpdate(
          """
          INSERT INTO publication VALUES (1, 16400, 0x1A0B374D8);
          INSERT INTO captured_table VALUES
            ('public', 'a "b"', 16385, '16385/x', NULL, '["id","no"]'),
            ('public', 'c', 16386, NULL, -1, '[]');
          INSERT INTO slot_intent VALUES (1, '75', 'rowhook');
          INSERT INTO missed_range VALUES (1, 0, 'public', 'c', 16, 32, 'why');
          INSERT INTO rejected_row VALUES (99, 0, 16, 4294967295, 'public.c', 'INSERT', '{}', 'why');
          UPDATE event SET tx = 4294967295;
          UPDATE epoch SET system_identifier = '75', timeline = 2, slot = 'rowhook';
          """);
      statement.executeUpdate("PRAGMA user_version = 8");
    }
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      assertThat(journal.epoch().orElseThrow().history())
          .isEqualTo("{'systemIdentifier':'75','timeline':2,'slot':'rowhook'}".replace('\'', '"'));
      assertThat(journal.note("slot-intent"))
          .contains("{'systemIdentifier':'75','slot':'rowhook'}".replace('\'', '"'));
      assertThat(journal.note("publication-seen")).contains("1/A0B374D8");
      assertThat(Json.MAPPER.readTree(journal.note("publication").orElseThrow()))
          .isEqualTo(
              Json.MAPPER.readTree(
                  """
                  {"oid":16400,"tables":[
                    {"schema":"public","table":"a \\"b\\"","oid":16385,"routes":"16385/x",
                     "lastGood":null,"key":["id","no"]},
                    {"schema":"public","table":"c","oid":16386,"routes":null,
                     "lastGood":"FFFFFFFF/FFFFFFFF","key":[]}]}
                  """));
      assertThat(journal.missed(9))
          .containsExactly(
              new MissedRange(
                  Instant.EPOCH,
                  new TableId("public", "c"),
                  Position.of(16),
                  Position.of(32),
                  "why"));
      for (String table : List.of("event", "rejected_row WHERE n = 99")) {
        List<String> ids =
            journal.write(sql ->
                sql.list("SELECT DISTINCT transaction_id FROM " + table, row -> row.getString(1)));
        assertThat(ids).containsExactly("4294967295");
      }
      assertThat(journal.read(0, 9, 1_000)).hasSize(2);
    }
  }

  @Test
  void aStepThatFailsLeavesTheVersionBeforeIt() throws InterruptedException {
    SchemaMigrations broken =
        with(
            "CREATE TABLE second (a INTEGER)",
            "CREATE TABLE half (a INTEGER); INSERT INTO nowhere VALUES (1)");
    assertThatThrownBy(() -> SqliteJournal.open(file, broken))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("no such table: nowhere");

    try (SqliteJournal journal = SqliteJournal.open(file, with("-- as in the list above"))) {
      long version = journal.write(sql -> sql.number("PRAGMA user_version"));
      long half =
          journal.write(
              sql -> sql.number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
      assertThat(version).isEqualTo(SchemaMigrations.CURRENT.version() + 1);
      assertThat(half).isZero();
      assertThat(journal.head()).isEqualTo(42);
    }
  }

  @Test
  void theDeliveryStoresQuestionsAreAnsweredFromIndexes() throws InterruptedException {
    List<String> plans = new ArrayList<>();
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      for (String question :
          List.of(
              DeliveryQueries.DUE,
              DeliveryQueries.OLDEST_OPEN,
              DeliveryQueries.OLDEST_OPEN_OF_ENTITY,
              DeliveryQueries.ASKED,
              DeliveryQueries.FAILURES,
              BacklogDao.OPEN,
              BacklogDao.OLDEST,
              DeliveryQueries.UNHELD,
              SkippedDao.LATER,
              SkippedDao.EARLIER,
              BacklogDao.REQUESTED,
              DeliveryQueries.OPEN_UNREQUESTED)) {
        plans.add(
            journal.write(sql ->
                String.join(
                    "; ",
                    sql.list("EXPLAIN QUERY PLAN " + question, row -> row.getString("detail")))));
      }
    }
    assertThat(plans.get(0)).contains("INDEX delivery_due").doesNotContain("TEMP B-TREE");
    assertThat(plans.get(1)).contains("INDEX delivery_open (recipient=?)").doesNotContain("SCAN");
    assertThat(plans.get(2))
        .contains("INDEX delivery_entity (recipient=? AND entity_key=?)")
        .doesNotContain("SCAN");
    assertThat(plans.get(3)).contains("INDEX delivery_asked (recipient=?)");
    assertThat(plans.get(3)).doesNotContain("SCAN", "TEMP B-TREE");
    assertThat(plans.get(4)).contains("INDEX attempt_failed (recipient=? AND at>?)");
    assertThat(plans.get(4)).doesNotContain("SCAN", "TEMP B-TREE");
    // Only the entities that were found are gone through, not what stands on disk.
    assertThat(plans.get(7).replaceAll("SCAN (entity\\b|CONSTANT ROW)", ""))
        .contains("INDEX delivery_entity (recipient=? AND entity_key>?)")
        .doesNotContain("SCAN");
    assertThat(plans.get(8))
        .contains("INDEX event_entity (entity_type=? AND entity_id=? AND rowid>?)")
        .doesNotContain("SCAN", "TEMP B-TREE");
    assertThat(plans.get(9))
        .contains("INDEX event_entity (entity_type=? AND entity_id=? AND rowid<?)")
        .doesNotContain("SCAN", "TEMP B-TREE");
    assertThat(plans.get(5))
        .contains("COVERING INDEX delivery_open (recipient=? AND sequence<?)")
        .doesNotContain("SCAN");
    assertThat(plans.get(6)).contains("COVERING INDEX delivery_open (recipient=?)");
    assertThat(plans.get(10)).contains("COVERING INDEX delivery_open (recipient=?)");
    assertThat(plans.get(11)).contains("COVERING INDEX delivery_open (recipient=?)");
  }

  @Test
  void versionTwoKnowsWhatIsOpenInAJournalOfVersionOne() {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      DeliveryStore shop = journal.deliveries("shop");
      Instant committed = Instant.parse("2026-05-24T15:20:44.123456Z");
      // 41, which waits, and 42 are after the cursor
      assertThat(shop.backlog()).isEqualTo(new Backlog(16, Optional.of(committed)));
      assertThat(shop.due(Instant.MAX, 1).getFirst().trials()).isZero();
      assertThat(shop.requested(9)).isEmpty();
      assertThat(shop.pause()).isEmpty();
      assertThat(shop.failures(Instant.EPOCH, 9)).containsExactly(committed);
      assertThat(journal.killSwitch()).isEmpty();
    }
  }

  @Test
  void theSumOfAllEventsGoesOnWhereVersionOneEnded() throws InterruptedException {
    try (SqliteJournal journal = SqliteJournal.open(file)) {
      DeliveryStore shop = journal.deliveries("shop");
      shop.advance(41);
      journal.publish(Samples.transaction(24_000_000), List.of(Samples.event("9", 1)), List.of());
      journal.commit();
      shop.flush();

      List<Long> totals =
          journal.write(
              sql -> sql.list("SELECT total FROM event ORDER BY sequence", row -> row.getLong(1)));
      assertThat(totals).containsExactly(8L, 16L, 26L);
      // 41 is open, 42 and 43 are after the cursor
      assertThat(shop.backlog().bytes()).isEqualTo(26);
    }
  }
}
