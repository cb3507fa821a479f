package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowhook.capture.catalog.Slot;
import io.rowhook.capture.debezium.PostgresConnections;
import io.rowhook.capture.setup.ClusterHistory;
import io.rowhook.capture.setup.ContinuityCheck;
import io.rowhook.capture.setup.PublicationDrift;
import io.rowhook.capture.setup.ReplicationSetup;
import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where row changes may be missing, capture stops and says which; a person lets it go on. */
final class EpochTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  private static void insert() {
    database.execute("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article");
  }

  /** One row captured, then stopped. */
  private static Rig captured(String name) {
    Rig rig = new Rig(database, name, "public.article");
    rig.start();
    insert();
    rig.awaitRows(1);
    Eventually.within(Rig.SOON, "marked", () -> rig.confirmed().equals(rig.history.watermark()));
    rig.stop();
    Eventually.within(Rig.SOON, "the server has noticed", () -> !rig.active());
    return rig;
  }

  private static SourceException gap(Rig rig) {
    try {
      rig.start();
    } catch (SourceException e) {
      assertThat(e.isGap()).isTrue();
      return e;
    }
    throw new AssertionError("it started");
  }

  @Test
  void aVanishedSlotStops() {
    try (Rig rig = captured("vanished")) {
      Epoch before = rig.history.epoch().orElseThrow();
      Position watermark = rig.history.watermark();
      database.execute("SELECT pg_drop_replication_slot('vanished')");
      insert();

      SourceException gap = gap(rig);

      String now =
          gap.problems().getFirst().replaceAll("(?s).* up to ([0-9A-F/]+), the end.*", "$1");
      assertThat(gap.problems())
          .containsExactly(
              "source.properties: replication slot 'vanished' does not exist any more. Row changes"
                  + " committed after "
                  + watermark
                  + ", the journal's end in the epoch that began "
                  + before.startedAt()
                  + ", may be missing, up to "
                  + now
                  + ", the end of the"
                  + " server's log now. Connect the server that the journal belongs to; or start"
                  + " once with --accept-gap to go on in a new epoch, and resync what recipients"
                  + " must have");
      rig.start(true);
      insert();
      rig.awaitRows(2);
      assertThat(rig.history.epoch().orElseThrow().id()).isNotEqualTo(before.id());
    }
  }

  @Test
  void aSlotAheadOfTheJournalStops() {
    try (Rig rig = captured("ahead")) {
      insert();
      database.execute("SELECT pg_replication_slot_advance('ahead', pg_current_wal_lsn())");
      assertThat(gap(rig)).hasMessageContaining("replication slot 'ahead' is confirmed to ");
      rig.start(true);
      insert();
      rig.awaitRows(2);
    }
  }

  @Test
  void aNewJournalOnAnOldSlotStops() {
    try (Rig rig = captured("forgotten")) {
      rig.forget();
      assertThat(gap(rig))
          .hasMessageContaining("the journal is new, but replication slot 'forgotten' exists");
      insert();
      rig.start(true); // goes on where the slot is
      rig.awaitRows(1);
    }
  }

  @Test
  void anOldCopyOfTheJournalStops() {
    try (Rig rig = captured("copy")) {
      Epoch epoch = rig.history.epoch().orElseThrow();
      Position old = rig.history.watermark();
      rig.start();
      insert();
      rig.awaitRows(2);
      Eventually.within(Rig.SOON, "marked", () -> rig.confirmed().isAfter(old));
      rig.stop();
      rig.history.set(epoch, old);
      assertThat(gap(rig)).hasMessageContaining("or the journal is an old copy");
    }
  }

  @Test
  void anotherClusterStops() {
    try (Rig rig = captured("cluster")) {
      Epoch epoch = rig.history.epoch().orElseThrow();
      rig.history.set(
          new Epoch(epoch.id(), new ClusterHistory("42", 1, "cluster").text(), epoch.startedAt()),
          rig.history.watermark());
      assertThat(gap(rig))
          .hasMessageContaining(
              "the server is another cluster (system identifier "
                  + ClusterHistory.of(epoch).systemIdentifier()
                  + "; the journal is of 42)");
    }
  }

  @Test
  void aRestoredBackupStops() {
    try (Rig rig = captured("restored")) {
      rig.history.set(rig.history.epoch().orElseThrow(), Lsn.parse("FF/0"));
      assertThat(gap(rig)).hasMessageContaining("it was restored from a backup");
    }
  }

  @Test
  void aVanishedPublicationStops() {
    try (Rig rig = captured("unpublished")) {
      database.execute("DROP PUBLICATION unpublished");
      insert();
      assertThat(gap(rig))
          .hasMessageContaining("publication 'unpublished' does not exist any more");
      rig.start(true);
      insert();
      rig.awaitRows(2);
    }
  }

  @Test
  void aSlotLostWhileRunningEndsCapture() {
    Rig rig = new Rig(database, "dropped", "public.article");
    try (rig) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      database.execute(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name ="
              + " 'dropped'",
          "DO $$ BEGIN LOOP BEGIN PERFORM pg_drop_replication_slot('dropped'); EXIT;"
              + " EXCEPTION WHEN object_in_use THEN PERFORM pg_sleep(0.01); END; END LOOP; END $$");
      Eventually.within(
          Rig.SOON,
          "stopped",
          () ->
              supervisor.state() instanceof CaptureState.Stopped(String reason, boolean gap)
                  && gap
                  && reason.contains("'dropped' "));
    }
  }

  @Test
  void aPromotedStandbyWithEverythingGoesOn() {
    SourceConfig source = new Rig(database, "rule", "public.article").source();
    Epoch epoch = new Epoch("e", new ClusterHistory("7", 1, "rule").text(), Instant.EPOCH);
    Lsn watermark = Lsn.parse("0/2000");
    Slot slot =
        new Slot(
            "rule",
            "pgoutput",
            "erp",
            null,
            false,
            "",
            "",
            true,
            watermark,
            0,
            watermark,
            "reserved",
            null,
            null);
    PostgresConnections.Identity promoted =
        new PostgresConnections.Identity("7", 2, Lsn.parse("0/3000"));
    NavigableMap<Integer, Lsn> switches = new TreeMap<>();

    switches.put(1, watermark);
    assertThat(judge(source, epoch, watermark, promoted, slot, switches))
        .isEqualTo(new ContinuityCheck.Verdict.FailedOver());
    switches.put(1, Lsn.parse("0/1FFF"));
    assertThat(judge(source, epoch, watermark, promoted, slot, switches))
        .isInstanceOf(ContinuityCheck.Verdict.Gap.class)
        .asString()
        .contains("timeline 2, which left timeline 1 at 0/1FFF, before the journal's end");
    switches.clear();
    assertThat(judge(source, epoch, watermark, promoted, slot, switches))
        .isInstanceOf(ContinuityCheck.Verdict.Gap.class);
  }

  private static ContinuityCheck.Verdict judge(
      SourceConfig source,
      Epoch epoch,
      Lsn watermark,
      PostgresConnections.Identity server,
      Slot slot,
      NavigableMap<Integer, Lsn> switches) {
    return ContinuityCheck.judge(
        source,
        epoch,
        watermark,
        server,
        Optional.of(slot),
        null,
        switches,
        new PublicationDrift(null, false, Lsn.ZERO, List.of(), List.of()));
  }

  @Test
  void theEngineMakingASlotInSilenceIsNoticed() {
    try (Rig rig = captured("silent")) {
      ReplicationSetup setup = rig.setup();
      setup.confirm();
      database.execute("SELECT pg_drop_replication_slot('silent')");
      insert();
      database.execute("SELECT pg_create_logical_replication_slot('silent', 'pgoutput')");
      assertThatThrownBy(setup::confirm)
          .hasMessageContaining("'silent' was made anew or moved while the engine started");
    }
  }

  /** Else the next start would find a journal that is ahead of where its timeline was left. */
  @Test
  void anAddressThatMovedWhileTheEngineStartedIsNoticed() {
    try (Rig rig = captured("moved")) {
      Epoch epoch = rig.history.epoch().orElseThrow();
      ReplicationSetup setup = rig.setup();
      String promoted =
          new ClusterHistory(ClusterHistory.of(epoch).systemIdentifier(), 2, "moved").text();
      rig.history.set(new Epoch(epoch.id(), promoted, epoch.startedAt()), rig.history.watermark());
      assertThatThrownBy(setup::confirm)
          .hasMessageContaining("is another since the engine started (timeline 1, before it 2)")
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isGap()).isFalse());
    }
  }
}
