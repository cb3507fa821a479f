package io.rowhook.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowhook.testing.Eventually;
import io.rowhook.testing.SourceDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Capture of a process that shares a journal with others, and captures in turn with them. */
class TurnsTest {

  private static final SourceDatabase database = SourceDatabase.start();

  @BeforeAll
  static void startDatabase() {
    database.execute("CREATE TABLE article (id int PRIMARY KEY, name text)");
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  private static void insert() {
    database.execute("INSERT INTO article SELECT coalesce(max(id), 0) + 1, 'a' FROM article");
  }

  /** One that was stopped where it was while it took over: another has read on since. */
  @Test
  void whoHasLostItsTurnFindsNoGap() throws Exception {
    try (Rig rig = new Rig(database, "turns", "public.article")) {
      CaptureSupervisor supervisor = behind(rig);
      Position end = rig.history.watermark();
      rig.history.isElsewhere(true);
      rig.history.set(rig.history.epoch().orElseThrow(), Position.of(end.stored() - 1));
      supervisor.startAside();
      supervisor.turn(true);
      Eventually.within(
          Rig.SOON,
          "it is not sure",
          () ->
              supervisor.state() instanceof CaptureState.Waiting(String reason, _)
                  && reason.contains("it may be another instance's turn by now"));

      supervisor.turn(false);
      rig.history.isElsewhere(false);
      rig.history.set(rig.history.epoch().orElseThrow(), end);
      supervisor.turn(true);
      Eventually.within(
          Rig.SOON, "streaming", () -> supervisor.state() instanceof CaptureState.Streaming);
      insert();
      rig.awaitRows(2);
    }
  }

  @Test
  void aGapOfWhoseTurnItIsStops() throws Exception {
    try (Rig rig = new Rig(database, "gap", "public.article")) {
      CaptureSupervisor supervisor = behind(rig);
      Position end = rig.history.watermark();
      rig.history.set(rig.history.epoch().orElseThrow(), Position.of(end.stored() - 1));
      supervisor.startAside();
      supervisor.turn(true);
      Eventually.within(
          Rig.SOON,
          "stopped",
          () -> supervisor.state() instanceof CaptureState.Stopped(_, boolean gap) && gap);
      assertThat(Checkpoints.stopped(rig.history)).isPresent();
    }
  }

  /** One row is captured; another process, at rest, is to go on from there. */
  private static CaptureSupervisor behind(Rig rig) {
    rig.start();
    insert();
    rig.awaitRows(1);
    Eventually.within(Rig.SOON, "marked", () -> rig.confirmed().equals(rig.history.watermark()));
    rig.stop();
    Eventually.within(Rig.SOON, "the server has noticed", () -> !rig.active());
    return rig.build();
  }
}
