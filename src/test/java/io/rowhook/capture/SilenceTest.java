package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.MovingAddress;
import io.rowhook.testing.SourceDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A connection through which nothing comes is no streaming. */
@Tag("slow")
final class SilenceTest {

  @AutoClose private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  private static void insert() {
    database.execute("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article");
  }

  private static void awaitNotStreaming(CaptureSupervisor supervisor) {
    Eventually.within(
        Rig.FAST.silence().multipliedBy(2),
        "it is noticed",
        () -> !(supervisor.state() instanceof CaptureState.Streaming));
  }

  @Test
  void aBlackHoleIsNoticedAndLeft() {
    try (MovingAddress address = new MovingAddress(database.port());
        Rig rig = new Rig(database, "black_hole", "public.article")) {
      rig.properties = Map.of("database.port", String.valueOf(address.port()));
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);

      address.swallow();
      insert();
      awaitNotStreaming(supervisor);
      Eventually.within(
          Rig.SOON, "the slot is not seen", () -> supervisor.slot().orElseThrow().away());

      address.letThrough();
      rig.awaitRows(2);
      Eventually.within(
          Rig.SOON, "it is seen again", () -> !supervisor.slot().orElseThrow().away());
      Eventually.within(
          Rig.SOON, "streams again", () -> supervisor.state() instanceof CaptureState.Streaming);
    }
  }

  @Test
  void aBlackHoleForTheEngineAloneIsLeftByItself() {
    try (MovingAddress address = new MovingAddress(database.port());
        Rig rig = new Rig(database, "one_way", "public.article")) {
      rig.properties = Map.of("database.port", String.valueOf(address.port()));
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);

      address.swallowConnected();
      insert();
      rig.awaitRows(2);
      assertThat(rig.failures.getFirst())
          .contains("nothing has come from database 'erp' at ", "not even a heartbeat");
      Eventually.within(
          Rig.SOON, "streams again", () -> supervisor.state() instanceof CaptureState.Streaming);
    }
  }

  @Test
  void aStoppedSenderIsNoticed() throws Exception {
    try (Rig rig = new Rig(database, "stopped_sender", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      String pid =
          database.query(
              "SELECT active_pid FROM pg_replication_slots WHERE slot_name = 'stopped_sender'");
      signal("STOP", pid);
      try {
        insert();
        Eventually.within(
            Rig.FAST.silence().multipliedBy(2),
            "it is noticed",
            () -> supervisor.state() instanceof CaptureState.Stalled);
      } finally {
        signal("CONT", pid);
      }
      rig.awaitRows(2);
      Eventually.within(
          Rig.SOON, "streams again", () -> supervisor.state() instanceof CaptureState.Streaming);
    }
  }

  /** The server answers, so there is nothing to connect anew for, and yet nothing comes. */
  @Test
  void aSenderThatWaitsForAStandbyIsNoticed() {
    database.execute("SELECT pg_create_physical_replication_slot('late', true)");
    try (Rig rig = new Rig(database, "waiting_sender", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      database.set("synchronized_standby_slots", "late");
      try {
        Eventually.within(
            Rig.SOON, "it is noticed", () -> supervisor.state() instanceof CaptureState.Stalled);
        insert();
      } finally {
        database.set("synchronized_standby_slots", "");
      }
      rig.awaitRows(2);
      Eventually.within(
          Rig.SOON, "streams again", () -> supervisor.state() instanceof CaptureState.Streaming);
      assertThat(rig.failures).isEmpty();
    } finally {
      database.execute("SELECT pg_drop_replication_slot('late')");
    }
  }

  @Test
  void inProductionSilenceIsNoticedWithinHalfAMinute() {
    assertThat(CaptureTimeouts.DEFAULT.silence()).isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(CaptureTimeouts.DEFAULT.heartbeat())
        .isLessThan(CaptureTimeouts.DEFAULT.silence().dividedBy(2));
  }

  @Test
  void anIdleSourceIsNotStalledAndSeesFewMessages() throws Exception {
    try (Rig rig = new Rig(database, "idle", "public.article")) {
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      int before = rig.sink.all().size();
      Duration watched = Rig.FAST.silence().plus(Rig.FAST.heartbeat().multipliedBy(2));
      Eventually.always(
          watched, "streaming", () -> supervisor.state() instanceof CaptureState.Streaming);
      assertThat(rig.failures).isEmpty();
      assertThat(rig.sink.all().size() - before)
          .isBetween(1, (int) watched.dividedBy(Rig.FAST.heartbeat()) + 1);
    }
  }

  @Test
  void aRoleThatMayNotSendHeartbeatsIsNotRestarted() throws Exception {
    database.execute(
        "CREATE ROLE mute LOGIN REPLICATION",
        "GRANT SELECT ON article TO mute",
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE proname ="
            + " 'pg_logical_emit_message' LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM"
            + " PUBLIC'; END LOOP; END $$",
        "CREATE PUBLICATION mute FOR TABLE article");
    try (Rig rig = new Rig(database, "mute", "public.article")) {
      rig.properties = Map.of("database.user", "mute");
      CaptureSupervisor supervisor = rig.start();
      insert();
      rig.awaitRows(1);
      Eventually.always(
          Rig.FAST.silence().multipliedBy(2),
          "streaming",
          () -> supervisor.state() instanceof CaptureState.Streaming);
      assertThat(rig.failures).isEmpty();

      String pid =
          database.query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = 'mute'");
      signal("STOP", pid);
      try {
        awaitNotStreaming(supervisor);
      } finally {
        signal("CONT", pid);
      }
    }
  }

  private static void signal(String name, @Nullable String pid)
      throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Objects.requireNonNull(pid))
            .inheritIO()
            .start()
            .waitFor();
    assertThat(status).isZero();
  }
}
