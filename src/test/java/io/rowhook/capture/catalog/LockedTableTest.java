package io.rowhook.capture.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.CaptureSupervisor;
import io.rowhook.capture.CapturedTable;
import io.rowhook.capture.Generation;
import io.rowhook.capture.Rig;
import io.rowhook.capture.SourceException;
import io.rowhook.capture.SuspendedTable;
import io.rowhook.capture.TableId;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lock that somebody holds on one captured table keeps no other table waiting. */
@Tag("slow")
final class LockedTableTest {

  private static final TableId ARTICLE = new TableId("public", "article");

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  private static int named;

  @BeforeEach
  void tables() {
    database.execute(
        "DROP TABLE IF EXISTS article, other, parted CASCADE",
        "CREATE TABLE article (id int PRIMARY KEY, name text)",
        "CREATE TABLE other (id int PRIMARY KEY, note text)",
        "CREATE TABLE parted (id int PRIMARY KEY, note text) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100)",
        "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (100) TO (200)");
  }

  private static Rig rig() {
    return new Rig(database, "locked" + ++named, "public.article", "public.other", "public.parted");
  }

  /** Held until it is closed. */
  private static Connection lock(String what) throws SQLException {
    Connection connection = database.connect();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + what);
    }
    return connection;
  }

  private static void othersGoOn(Rig rig) {
    long before = others(rig);
    database.execute("INSERT INTO other (id) SELECT coalesce(max(id), 0) + 1 FROM other");
    Eventually.within(
        Rig.SOON, () -> "a row of other comes; " + rig.failures, () -> others(rig) == before + 1);
  }

  private static long others(Rig rig) {
    return rig.sink.rows().stream().filter(row -> row.table().name().equals("other")).count();
  }

  @Test
  void aPlannedRestartDoesNotWaitForIt() throws SQLException {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor = rig.start();
      othersGoOn(rig);
      try (Connection _ = lock("article, parted, parted_low")) {
        database.execute("ALTER TABLE other ADD COLUMN extra int");
        othersGoOn(rig);
        assertThat(supervisor.suspended()).isEmpty();
      }
      database.execute("INSERT INTO article VALUES (1, 'a')", "INSERT INTO parted VALUES (1, 'a')");
      rig.awaitRows(4);
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void aBrokenConnectionDoesNotWaitForIt() throws SQLException {
    try (Rig rig = rig()) {
      rig.start();
      othersGoOn(rig);
      try (Connection _ = lock("article, parted, parted_low")) {
        database.execute(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                + rig.name
                + "'");
        othersGoOn(rig);
      }
    }
  }

  @Test
  void aStartDoesNotWaitForIt() throws SQLException {
    try (Rig rig = rig()) {
      rig.start();
      othersGoOn(rig);
      rig.stop();
      try (Connection _ = lock("article, parted, parted_low")) {
        rig.start();
        othersGoOn(rig);
      }
    }
  }

  /** A publication of a schema or of all tables is looked at as well, each second. */
  @Test
  void aPublicationOfManyTablesIsLookedAt() throws SQLException {
    for (String scope : List.of("ALL TABLES", "TABLES IN SCHEMA public")) {
      for (String option : List.of("", " WITH (publish_via_partition_root = true)")) {
        try (Rig rig = rig()) {
          database.execute("CREATE PUBLICATION " + rig.name + " FOR " + scope + option);
          rig.start();
          othersGoOn(rig);
          try (Connection _ = lock("article, parted, parted_low")) {
            rig.stop();
            rig.start();
            othersGoOn(rig);
          }
        }
      }
    }
  }

  @Test
  void policiesAreLookedAt() throws SQLException {
    try (Rig rig = rig()) {
      database.execute(
          "ALTER TABLE article ENABLE ROW LEVEL SECURITY",
          "CREATE POLICY all_rows ON article FOR SELECT USING (true)",
          "CREATE ROLE " + rig.name + " LOGIN REPLICATION",
          "GRANT SELECT ON article TO " + rig.name);
      try (Connection _ = lock("article");
          Connection connection =
              PostgresConnections.connect(rig.source(Map.of("database.user", rig.name)))) {
        PostgresConnections.giveUpLocks(connection);
        assertThat(TableColumns.read(connection, ARTICLE).policed()).isTrue();
      }
    }
  }

  /** What is not published yet cannot be published under a lock: it waits by itself. */
  @Test
  void aFirstStartSuspendsWhatIsLocked() throws SQLException {
    try (Rig rig = rig()) {
      CaptureSupervisor supervisor;
      try (Connection _ = lock("article IN SHARE MODE")) { // one that lets a slot be made
        supervisor = rig.start();
        assertThat(supervisor.suspended())
            .extracting(SuspendedTable::table)
            .containsExactly(ARTICLE);
        assertThat(supervisor.suspended().getFirst().reason())
            .contains("source.properties: table public.article is locked by another session")
            .contains("ShareLock");
        othersGoOn(rig);
        Instant since = supervisor.suspended().getFirst().since();
        database.execute("ALTER TABLE other ADD COLUMN extra int");
        othersGoOn(rig);
        assertThat(supervisor.suspended()).extracting(SuspendedTable::since).containsExactly(since);
      }
      Eventually.within(Rig.SOON, "it is taken in", () -> supervisor.suspended().isEmpty());
      database.execute("INSERT INTO article VALUES (1, 'a')");
      rig.awaitRows(3);
      assertThat(rig.failures).isEmpty();
    }
  }

  @Test
  void anEditThatNeedsItSaysSo() throws SQLException, InterruptedException {
    try (Rig rig = new Rig(database, "locked" + ++named, "public.other")) {
      CaptureSupervisor supervisor = rig.start();
      CapturedTable article = new CapturedTable(ARTICLE, List.of());
      Generation more = new Generation(List.of(rig.tables.getFirst(), article), rig.sink);
      try (Connection _ = lock("article")) {
        assertThatThrownBy(() -> supervisor.restart(more))
            .isInstanceOf(SourceException.class)
            .hasMessageContaining("table public.article is locked by another session");
        othersGoOn(rig);
      }
      supervisor.restart(more);
      database.execute("INSERT INTO article VALUES (1, 'a')");
      rig.awaitRows(2);
    }
  }
}
